import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import { StoreDamagedError, StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from './app-kit.ts';
import type { CommitEnd } from './faulty-log.ts';
import { KeptEngines } from './kept-engines.ts';

const seeds = 40;
const rounds = 6;
const words = ['sun', 'moon', 'sea', 'stars', 'wind'];
const partitions = 2;

test('whatever fails and whenever it ends, each record is counted once', async (t) => {
  const only = process.env['SEED'];
  const first = only === undefined ? Math.floor(Math.random() * 1e9) : Number(only);
  const last = only === undefined ? first + seeds : first + 1;
  for (let seed = first; seed < last; seed++) {
    await t.test(`SEED=${seed}`, () => survives(seed));
  }
});

/** Some rounds of input and faults, each ended in another way; then everything is processed. */
async function survives(seed: number): Promise<void> {
  const random = new ManualClock(0, seed);
  const chance = (share: number) => random.random() < share;
  const pick = <T>(list: readonly T[]): T | undefined =>
    list[Math.floor(random.random() * list.length)];
  const stateDirectory = await mkdtemp(join(tmpdir(), 'chaos-'));
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => rm(stateDirectory, { recursive: true }));
  await using world = await World.open(partitions);
  const engines = new KeptEngines('disk');
  const common = { emit: 'each-change', stateDirectory, stores: { engine: engines } } as const;
  const sent: string[] = [];
  let areFaultsOn = true;
  const fault = async () => {
    if (areFaultsOn && chance(0.02)) throw new LogUnavailableError('by chance');
  };
  const ends: readonly CommitEnd[] = ['abort', 'doubt-committed', 'doubt-lost'];
  world.port.beforeAdmin = fault;
  world.port.beforePoll = fault;
  world.port.endOf = () => (areFaultsOn && chance(0.3) ? (pick(ends) ?? 'commit') : 'commit');
  engines.beforeApply = async () => {
    if (!areFaultsOn || !chance(0.1)) return;
    throw new StoreUnavailableError('word-counts', 'unavailable', { why: 'by chance' });
  };

  const send = async (word: string) => {
    areFaultsOn = false;
    await world.send(word);
    areFaultsOn = true;
  };

  for (let round = 0; round < rounds; round++) {
    const app = world.app(
      { ...common, commitIntervalMs: 0 },
      { settings: { retryDelayMs: 1, flushIntervalMs: 1, maxPendingBytes: 300 } },
    );
    const states: string[] = [];
    app.on('state', ({ to }) => states.push(to));
    const started = app.start().then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof LogUnavailableError, String(error));
        return false;
      },
    );
    if (chance(0.8)) await app.ready().catch(() => undefined);
    for (let at = 0; at < 10; at++) {
      const word = pick(words) ?? '';
      sent.push(word);
      await send(word);
      if (chance(0.05)) engines.damage = new StoreDamagedError('word-counts', '', { damage: 'x' });
      const commits = world.port.commits + Math.floor(random.random() * 3);
      const turns = 100;
      for (let turn = 0; turn < turns && world.port.commits < commits; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    if (chance(0.5)) app.abandon();
    const hasStarted = await started;
    await app.close();
    if (hasStarted) assert.ok(!states.includes('failed'), String(world.errors.at(-1)?.stack));
  }

  areFaultsOn = false;
  engines.damage = undefined;
  await world.app(common).runUntilEnd();
  await until('all counts', async () => (await world.read()).length >= sent.length);
  assert.deepEqual(grouped(await world.read()), grouped(countedUp(sent)));
}

/** What counting these words emits. */
function countedUp(list: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return list.map((word) => {
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    return `${word}=${count}`;
  });
}

/** By word, each in its own order. */
function grouped(list: readonly string[]): readonly string[] {
  const word = (each: string) => each.slice(0, each.indexOf('='));
  return list
    .map((each, at) => ({ each, at }))
    .sort((left, right) => {
      if (word(left.each) === word(right.each)) return left.at - right.at;
      return word(left.each) < word(right.each) ? -1 : 1;
    })
    .map(({ each }) => each);
}
