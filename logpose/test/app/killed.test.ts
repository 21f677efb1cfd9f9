import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { StreamsApp } from '../../src/app/streams-app.ts';
import type { Log } from '../../src/client/log.ts';
import { openEmbeddedLog } from '../../src/log-embedded/open-embedded-log.ts';
import type { Topic } from '../../src/record/topic.ts';
import { counting, counts, words } from './counting-topology.ts';

const kills = 6;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));

for (const kept of ['memory', 'disk'] as const) {
  test(`a process killed again and again counts each record once (stores in ${kept})`, async () => {
    console.log(`SEED=${seed}`);
    const random = numbers(seed);
    const directory = await mkdtemp(join(tmpdir(), 'killed-'));
    try {
      for (let kill = 0; kill < kills; kill++) {
        const child = start(directory, kept, 'feed');
        await running(child);
        // The moment of the kill, not a wait for something.
        await after(random() * 250);
        await killed(child);
      }
      const [code] = await once(start(directory, kept, 'finish'), 'exit');
      assert.equal(code, 0);

      await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
      const input = tally(await readAll(log, words));
      assert.ok(input.size > 0);
      assert.deepEqual(sorted(valuesByKey(await readAll(log, counts))), sorted(upTo(input)));
    } finally {
      await rm(directory, { recursive: true });
    }
  });
}

test('a process killed before its first flush damaged nothing: stores are rebuilt', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'killed-'));
  try {
    const child = start(directory, 'disk', 'feed', '60000');
    await running(child);
    await killed(child);

    const { topology, table } = counting();
    await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
    const stateDirectory = join(directory, 'state');
    await using app = new StreamsApp({ id: 'counting', topology, log, stateDirectory });
    const errors: unknown[] = [];
    const restored: string[] = [];
    app.on('error', (error) => errors.push(error));
    app.on('restore', ({ store }) => restored.push(store));
    await app.start();
    await app.ready();

    assert.deepEqual(errors, []);
    assert.ok(restored.includes(table.name));
  } finally {
    await rm(directory, { recursive: true });
  }
});

function start(directory: string, kept: string, ...rest: readonly string[]): ChildProcess {
  const program = join(import.meta.dirname, 'counting-process.ts');
  const args = ['--conditions=source', program, directory, kept, ...rest];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function running(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(() => assert.fail('it ended by itself'));
  ended.catch(() => undefined);
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), ended]);
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

interface Read {
  readonly key: string;
  readonly value: number;
}

async function readAll(log: Log, from: Topic<string, number>): Promise<readonly Read[]> {
  const found: Read[] = [];
  for (const partition of [0, 1]) {
    await using consumer = log.consumer({ assignment: [{ topic: from, partition, offset: 0 }] });
    const [end] = await consumer.endOffsets();
    if (end === undefined || end.offset === 0) continue;
    for await (const { records, nextOffset } of consumer) {
      found.push(...records);
      if (nextOffset >= end.offset) break;
    }
  }
  return found;
}

function tally(records: readonly Read[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { key } of records) found.set(key, (found.get(key) ?? 0) + 1);
  return found;
}

function valuesByKey(records: readonly Read[]): ReadonlyMap<string, readonly number[]> {
  return Map.groupBy(
    records.map(({ key, value }) => [key, value] as const),
    ([key]) => key,
  )
    .entries()
    .reduce(
      (all, [key, pairs]) =>
        all.set(
          key,
          pairs.map(([, value]) => value),
        ),
      new Map(),
    );
}

/** What a count emits of so many records of a key: 1, 2, 3, …, none twice and none left out. */
function upTo(input: ReadonlyMap<string, number>): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...input].map(([key, count]) => [key, Array.from({ length: count }, (_, at) => at + 1)]),
  );
}

function sorted<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Mulberry32: numbers in [0, 1), the same for the same seed. */
function numbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
