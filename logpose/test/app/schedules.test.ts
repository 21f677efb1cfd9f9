import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { withInternals } from '../../src/app/internals.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import type { Log } from '../../src/client/log.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { openEmbeddedLog } from '../../src/log-embedded/open-embedded-log.ts';
import { topic } from '../../src/record/topic.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { ManualClock } from '../../src/testing.ts';
import type { PunctuationSchedule } from '../../src/topology/punctuation.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { until, World } from './app-kit.ts';
import { words } from './counting-topology.ts';

const reports = topic('reports', { key: utf8, value: int64 });
const hourMs = 3_600_000;
const eight = Date.parse('2026-01-05T08:00:00Z');
const daily = { cron: '0 9 * * *', zone: 'UTC', name: 'daily' } as const;

/** An hour after midnight and so on: when each report was written. */
type Reported = readonly string[];

suite('a report at nine each day', () => {
  test('is made up for once when the application was down at nine, on three days', async () => {
    await using place = await Place.open();
    await place.runs({ fromMs: eight, untilMs: eight + hourMs / 2 });

    await place.runs({ fromMs: eight + 75 * hourMs, untilMs: eight + 76 * hourMs });

    assert.deepEqual(await place.reported(), ['2026-01-08T11:00']);
  });

  test('is not repeated by an application that is started behind it', async () => {
    await using place = await Place.open();
    await place.runs({ fromMs: eight, untilMs: eight + 2 * hourMs });

    await place.runs({ fromMs: eight + 3 * hourMs, untilMs: eight + 4 * hourMs });

    assert.deepEqual(await place.reported(), ['2026-01-05T09:00']);
  });

  test('is made up for after a crash that came before anything was processed', async () => {
    await using place = await Place.open();
    await place.runs({ fromMs: eight, untilMs: eight + hourMs / 2, end: 'abandon' });

    await place.runs({ fromMs: eight + 2 * hourMs, untilMs: eight + 3 * hourMs });

    assert.deepEqual(await place.reported(), ['2026-01-05T10:00']);
  });

  test('is nobody’s business before the application was first started', async () => {
    await using place = await Place.open();

    await place.runs({ fromMs: eight + 2 * hourMs, untilMs: eight + 3 * hourMs });

    assert.deepEqual(await place.reported(), []);
  });
});

suite('a call and what it writes', () => {
  for (const end of ['abort', 'doubt-lost', 'doubt-committed'] as const) {
    test(`are there once when their commit ends in ${end}`, async () => {
      await using world = await World.open();
      await world.log.admin.createTopics([{ topic: reports, partitions: 1 }]);
      const clock = new ManualClock(eight);
      const app = world.app({ topology: reporting(daily) }, { surroundings: clock });
      await app.start();
      await app.ready();
      await until('its beginning is committed', async () => {
        clock.advance(100);
        const { log } = world;
        return (await beganOn(log)) && world.port.commits > 0;
      });
      world.port.ends.push(end);

      clock.advance(hourMs);
      await until('the report', async () => {
        clock.advance(100);
        return world.port.ends.length === 0 && (await read(world.log)).length > 0;
      });
      for (let at = 0; at < 10; at++) {
        clock.advance(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }

      assert.equal((await read(world.log)).length, 1);
    });
  }
});

test('an expression that cannot be read fails the application by its name', async () => {
  await using world = await World.open();
  await world.log.admin.createTopics([{ topic: reports, partitions: 1 }]);
  const app = world.app({ topology: reporting({ cron: '0 9 * *', zone: 'UTC' }) });
  await app.start();
  await assert.rejects(
    app.ready(),
    (error) => error instanceof ConfigError && /"0 9 \* \*"/.test(error.message),
  );
});

test('a schedule that is kept moves with its task to another instance', async () => {
  await using place = await Place.open();
  await place.runs({ fromMs: eight, untilMs: eight + hourMs / 2, directory: 'one' });

  await place.runs({ fromMs: eight + 1.5 * hourMs, untilMs: eight + 2 * hourMs, directory: 'two' });

  assert.deepEqual(await place.reported(), ['2026-01-05T09:30']);
});

interface Life {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Default `'close'`. */
  readonly end?: 'close' | 'abandon';
  /** Of its state. */
  readonly directory?: string;
}

/** An embedded log on disk, and one application after the other that runs on it. */
class Place implements AsyncDisposable {
  readonly #directory: string;
  readonly log: Log;

  private constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.log = log;
  }

  static async open(): Promise<Place> {
    const directory = mkdtempSync(join(tmpdir(), 'logpose-schedules-'));
    const log = await openEmbeddedLog({ directory: join(directory, 'log'), fsync: 'never' });
    await log.admin.createTopics([
      { topic: words, partitions: 1 },
      { topic: reports, partitions: 1 },
    ]);
    return new Place(directory, log);
  }

  /** Runs an application from one time to another, minute by minute. */
  async runs({ fromMs, untilMs, end = 'close', directory = 'state' }: Life): Promise<void> {
    const clock = new ManualClock(fromMs);
    const options = {
      id: 'reporter',
      log: this.log,
      topology: reporting(daily),
      stateDirectory: join(this.#directory, directory),
    };
    const app = new StreamsApp(withInternals(options, { surroundings: clock }));
    await app.start();
    await app.ready();
    const stepMs = 60_000;
    for (; clock.nowMs() < untilMs; clock.advance(stepMs)) await turn();
    await until('its beginning is committed', async () => {
      clock.advance(1);
      return beganOn(this.log);
    });
    if (end === 'abandon') app.abandon();
    await app.close();
  }

  /** When reports were written, to the minute. */
  async reported(): Promise<Reported> {
    const times = await read(this.log);
    return times.map((timeMs) => new Date(timeMs).toISOString().slice(0, 16));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log[Symbol.asyncDispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Writes the time of each call. */
function reporting(schedule: PunctuationSchedule): Topology {
  const builder = new StreamsBuilder();
  builder
    .stream(words)
    .process({
      output: { key: utf8, value: int64 },
      init: ({ punctuate, forward }) => {
        punctuate(schedule, (nowMs) => forward({ key: 'at', value: nowMs }));
        return () => undefined;
      },
    })
    .to(reports);
  return builder.build();
}

/** Gives a loop that the manual clock has woken its turns. */
async function turn(): Promise<void> {
  for (let at = 0; at < 3; at++) await new Promise((resolve) => setImmediate(resolve));
}

async function beganOn(log: Log): Promise<boolean> {
  const groups = await log.admin.groups();
  return groups.length > 0;
}

async function read(log: Log): Promise<readonly number[]> {
  await using consumer = log.consumer({
    assignment: [{ topic: reports, partition: 0, offset: 0 }],
  });
  const [end] = await consumer.endOffsets();
  const found: number[] = [];
  if (end === undefined || end.offset === 0) return found;
  for await (const { records, nextOffset } of consumer) {
    found.push(...records.map(({ value }) => value));
    if (nextOffset >= end.offset) break;
  }
  return found;
}
