import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { LogUnavailableError, NotAMemberError } from '../../src/errors/log-errors.ts';
import { topic } from '../../src/record/topic.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from './app-kit.ts';
import { counting, counts, words } from './counting-topology.ts';
import { KeptEngines } from './kept-engines.ts';

const guarantee = 'at-least-once';
const changelog = topic('app-word-counts-changelog', { key: utf8, value: int64 });
const some = ['sun', 'moon', 'sun', 'sea', 'sun', 'moon'];
const firstSeed = Number(process.env['SEED'] ?? 1);
const seeds = process.env['SEED'] === undefined ? 8 : 1;

suite('at least once', () => {
  test('counts everything once while nothing fails', async () => {
    await using world = await World.open();
    await world.send(...some);

    await world.app({ guarantee, emit: 'each-change' }).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=1', 'moon=1', 'sun=2', 'sea=1', 'sun=3', 'moon=2']);
    assert.deepEqual(world.errors, []);
    assert.equal(world.port.commits, 0, 'there are no transactions');
  });

  test('commits every second where nothing else is said', async () => {
    await using world = await World.open();
    const clock = new ManualClock(1_000_000);
    const app = world.app({ guarantee, topology: copying() }, { surroundings: clock });
    await app.start();
    await app.ready();
    const offsets = countOffsets(world);

    await world.send('sun');
    await until('it is processed', () => offsets.pending(app));
    clock.advance(999);
    await turns();
    const early = offsets.commits;
    clock.advance(1);
    await until('the commit', () => offsets.commits > 0);

    assert.equal(early, 0);
    assert.deepEqual(await world.read(), ['sun=0']);
  });

  test('goes on behind what a failed commit left in the changelog', async () => {
    await using world = await World.open();
    await world.send('sun');
    let commits = 0;
    world.port.aroundOffsets = async (when) => {
      // Asked and committed for the repartition topic, asked for the count: then it fails.
      if (when === 'before' && ++commits === 4) throw new LogUnavailableError('a test says so');
    };

    await world.app({ guarantee, emit: 'each-change' }).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=1', 'sun=2']);
    assert.deepEqual(await world.read(changelog), ['sun=1', 'sun=2']);
  });

  test('waits for every append of a commit before it begins anew', async () => {
    await using world = await World.open();
    await world.send('sun', 'sun', 'moon');
    const hasMet = new Set<string>();
    world.port.aroundAppend = async (when, { topic: name }) => {
      if (when === 'after' || hasMet.has(name)) return;
      hasMet.add(name);
      if (name === changelog.name) await turns(200);
      if (name === counts.name) throw new LogUnavailableError('a test says so');
    };
    const options = { guarantee, emit: 'each-change', commitIntervalMs: 0 } as const;

    await world.app(options, { settings: { retryDelayMs: 1 } }).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=3', 'sun=4', 'moon=2']);
    assert.deepEqual(await world.read(changelog), ['sun=2', 'moon=1', 'sun=4', 'moon=2']);
  });

  test('stands at its offsets again after a clean close', async () => {
    await using world = await World.open();
    const stores = { engine: new KeptEngines() };
    const options = { guarantee, emit: 'each-change', stores } as const;
    await world.send('sun');
    await world.app(options).runUntilEnd();
    await world.send('sun');

    await world.app(options).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=1', 'sun=2']);
  });
});

/** What happens at one step: before or after it. */
const faults = ['failure', 'crash', 'drop'] as const;

suite('at least once, whatever happens at a step of a commit', () => {
  for (const fault of faults) {
    for (const when of ['before', 'after'] as const) {
      test(`a ${fault} ${when} it loses nothing`, async () => {
        let step = 0;
        while (await happensAt({ step, when, fault })) step++;
        // Three steps for each of two subtopologies, and the changelog’s.
        assert.ok(step >= 7, `only ${step} steps`);
      });
    }
  }
});

suite(`at least once, whatever fails and whenever it ends (SEED=${firstSeed})`, () => {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    test(`nothing is lost, counts are never too low, state is its changelog (SEED=${seed})`, () =>
      survives(seed));
  }
});

interface FaultAt {
  readonly step: number;
  readonly when: 'before' | 'after';
  readonly fault: (typeof faults)[number];
}

/** One fault at one step; false: there is no such step. */
async function happensAt({ step, when, fault }: FaultAt): Promise<boolean> {
  await using world = await World.open();
  const stores = { engine: new KeptEngines() };
  const options = { guarantee, emit: 'each-change', commitIntervalMs: 0, stores } as const;
  await world.send(...some);
  const app = world.app(options, { settings: { retryDelayMs: 1 } });
  let steps = 0;
  let hasHappened = false;
  const around = async (now: 'before' | 'after') => {
    if (now !== when || steps++ !== step) return;
    hasHappened = true;
    if (fault === 'crash') app.abandon();
    if (fault === 'drop') throw new NotAMemberError('app', 'a test says so');
    throw new LogUnavailableError('a test says so');
  };
  world.port.aroundAppend = around;
  world.port.aroundOffsets = around;

  await app.runUntilEnd().catch(() => undefined);
  world.port.aroundAppend = async () => {};
  world.port.aroundOffsets = async () => {};
  await world.app(options).runUntilEnd();

  await check(world, some);
  if (!hasHappened) assert.equal((await world.read()).length, some.length);
  return hasHappened;
}

/** Rounds of input and faults, each ended in another way; then everything is processed. */
async function survives(seed: number): Promise<void> {
  const random = new ManualClock(0, seed);
  const chance = (share: number) => random.random() < share;
  const stateDirectory = await mkdtemp(join(tmpdir(), 'at-least-once-'));
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => rm(stateDirectory, { recursive: true }));
  await using world = await World.open(2);
  const stores = { engine: new KeptEngines('disk') };
  const options = { guarantee, emit: 'each-change', stateDirectory, stores } as const;
  let areFaultsOn = false;
  const fault = async () => {
    if (areFaultsOn && chance(0.05)) throw new LogUnavailableError('by chance');
  };
  world.port.aroundAppend = fault;
  world.port.aroundOffsets = fault;
  world.port.beforePoll = fault;
  world.port.beforeAdmin = fault;
  const sent: string[] = [];
  for (let round = 0; round < 5; round++) {
    const settings = { retryDelayMs: 1, flushIntervalMs: 1, maxPendingBytes: 300 };
    const app = world.app({ ...options, commitIntervalMs: 0 }, { settings });
    await app.start();
    areFaultsOn = true;
    for (let at = 0; at < 8; at++) {
      const word = some[Math.floor(random.random() * some.length)] ?? '';
      sent.push(word);
      areFaultsOn = false;
      await world.send(word);
      areFaultsOn = true;
      await turns(Math.floor(random.random() * 40));
    }
    if (chance(0.5)) app.abandon();
    await app.close();
    areFaultsOn = false;
  }

  await world.app(options).runUntilEnd();

  await check(world, sent);
}

/** Nothing is lost; counts are at least those of a recount; state is the fold of its changelog. */
async function check(world: World, sent: readonly string[]): Promise<void> {
  const last = lastValues(await world.read());
  const kept = lastValues(await world.read(changelog));
  const { topology, table } = counting();
  const app = world.app({ guarantee, topology });
  await app.start();
  await app.ready();
  for (const [word, count] of recounted(sent)) {
    const found = await app.store(table).get(word);
    assert.ok((last.get(word) ?? 0) >= count, `${word} was counted ${last.get(word)}/${count}`);
    assert.equal(found.state === 'found' ? found.value : found.state, kept.get(word));
    assert.ok((kept.get(word) ?? 0) >= count);
  }
  await app.close();
}

function recounted(list: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const word of list) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}

/** Of lines `key=value`. */
function lastValues(lines: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    lines.map((line) => {
      const [key = '', value] = line.split('=');
      return [key, Number(value)];
    }),
  );
}

function copying() {
  const builder = new StreamsBuilder();
  builder.stream(words).to(counts);
  return builder.build();
}

/** Counts commits of offsets that are none of asking. */
function countOffsets(world: World) {
  const counted = {
    commits: 0,
    pending: (app: StreamsApp) =>
      app.metrics().some(({ name, value }) => name === 'processed-records' && value > 0),
  };
  world.port.aroundOffsets = async (when) => {
    if (when === 'after') counted.commits++;
  };
  return counted;
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
