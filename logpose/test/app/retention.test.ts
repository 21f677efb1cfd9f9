import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { system } from '../../src/base/clock.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { World } from './app-kit.ts';
import { counts, words } from './counting-topology.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = 20_000 * dayMs;

suite('records older than their topic keeps records', () => {
  test('are warned about once, when the first are committed, by name of the topic', async (t) => {
    await using world = await World.open();
    const warnings = listen(t);
    await sendAt(world, nowMs - 3 * dayMs, nowMs - 3 * dayMs + 1);

    const app = world.app({ topology: perHour() }, { surroundings: clock() });
    await app.runUntilEnd();

    // An hour of the window, no grace, and the day that changelogs are kept longer.
    assert.deepEqual(behind(app), ['app-per-hour-changelog']);
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]), /app-per-hour-changelog .* \(retention\.ms 90000000\)/);
  });

  test('are those of topics that are written to, too', async (t) => {
    await using world = await World.open();
    listen(t);
    const kept = { cleanup: 'delete', retentionMs: hourMs } as const;
    await world.log.admin.createTopics([{ topic: old, partitions: 1, ...kept }]);
    await sendAt(world, nowMs - 2 * hourMs);
    const builder = new StreamsBuilder();
    builder.stream(words).to(old);

    const app = world.app({ topology: builder.build() }, { surroundings: clock() });
    await app.runUntilEnd();

    assert.deepEqual(behind(app), ['old']);
  });

  test('are those of topics without settings after seven days', async (t) => {
    await using world = await World.open();
    listen(t);
    await sendAt(world, nowMs - 8 * dayMs);
    const builder = new StreamsBuilder();
    builder.stream(words).to(counts);

    const app = world.app({ topology: builder.build() }, { surroundings: clock() });
    await app.runUntilEnd();

    assert.deepEqual(behind(app), ['counts']);
  });

  test('are no matter where retention was raised or nothing is removed by age', async (t) => {
    await using world = await World.open();
    const warnings = listen(t);
    await sendAt(world, nowMs - 3 * dayMs);
    const internalTopics = { retentionMs: 4 * dayMs };

    const raised = world.app({ topology: perHour(), internalTopics }, { surroundings: clock() });
    await raised.runUntilEnd();
    const compacted = world.app({ id: 'other' }, { surroundings: clock() });
    await compacted.runUntilEnd();

    assert.deepEqual([...behind(raised), ...behind(compacted)], []);
    assert.deepEqual(warnings, []);
  });

  test('are those of now no more, once stream time is in the range', async (t) => {
    await using world = await World.open();
    const warnings = listen(t);
    await sendAt(world, nowMs - 3 * dayMs, nowMs);

    await world.app({ topology: perHour() }, { surroundings: clock() }).runUntilEnd();

    assert.deepEqual(warnings, []);
  });
});

const old = { ...counts, name: 'old' };

/** The machine's clock, moved to a day that the test knows. */
function clock() {
  const startMs = system.nowMs();
  return { ...system, nowMs: () => nowMs + system.nowMs() - startMs };
}

function perHour() {
  const builder = new StreamsBuilder();
  builder
    .stream(words)
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: hourMs, graceMs: 0 }))
    .count({ name: 'per-hour' });
  return builder.build();
}

async function sendAt(world: World, ...timestamps: readonly number[]): Promise<void> {
  await using producer = world.log.producer();
  for (const timestamp of timestamps) await producer.send(words, { key: 'a', value: 1, timestamp });
}

function behind(app: StreamsApp): readonly (string | undefined)[] {
  const found = app.metrics().filter(({ name }) => name === 'behind-retention');
  return found.map(({ tags }) => tags['topic']);
}

/** The warnings of that kind while a test runs, which are then not printed. */
function listen(t: { readonly mock: typeof import('node:test').mock }): readonly unknown[] {
  const warnings: unknown[] = [];
  t.mock.method(process, 'emitWarning', (text: unknown) => warnings.push(text));
  return warnings;
}
