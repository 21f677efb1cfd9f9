import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { createLog } from '../../src/client/create-log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { partitionOfKey } from '../../src/log/partitioner.ts';
import { ReferenceLog } from '../contract/reference-log.ts';
import { until, World } from './app-kit.ts';
import { counts, words } from './counting-topology.ts';
import { FaultyLog } from './faulty-log.ts';

suite('where an input that is read from its latest record begins', () => {
  test('is written down before the task can be given to another', async () => {
    await using world = await World.open(2);
    const port = new FaultyLog(new ReferenceLog(world.state));
    const held = Promise.withResolvers<void>();
    let questions = Number.NEGATIVE_INFINITY;
    port.atPhase = async (phase) => {
      if (phase === 'synced' && questions < 0) questions = 0;
    };
    // The progress of both tasks is known, and where their inputs end is not.
    port.beforeAdmin = async () => {
      if (++questions > 2) await held.promise;
    };
    const first = latest(world, port);
    await first.app.start();
    await until('it asks where its inputs end', () => questions === 4);

    const second = latest(world);
    await second.app.start();
    await until('the second has a task', () => second.tasks().length === 1);
    const partition = Number(second.tasks()[0]?.split('_')[1]);
    await second.app.ready();
    second.app.pause();
    const sent = wordsOf(partition);
    await world.send(...sent);
    held.resolve();
    await first.app.ready();
    await second.app.abandon();
    await until('the first has all', () => first.tasks().length === 2);
    await until('all are counted', async () => (await world.read()).length >= sent.length);

    assert.deepEqual(
      await world.read(),
      sent.map((word, value) => `${word}=${value}`),
    );
  });

  test('is written down in a rebalance as well', async () => {
    await using world = await World.open(2);
    const port = new FaultyLog(new ReferenceLog(world.state));
    const held = Promise.withResolvers<void>();
    let begun = 0;
    port.aroundOffsets = async (when) => {
      if (when === 'before') begun++;
      await held.promise;
    };
    const first = latest(world, port);
    await first.app.start();
    await until('it writes down where its inputs begin', () => begun === 2);

    const joined = Promise.withResolvers<void>();
    const phases: string[] = [];
    port.atPhase = async (phase) => {
      phases.push(phase);
      if (phase === 'joined') joined.resolve();
    };
    const second = latest(world);
    const started = second.app.start();
    await joined.promise;
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    assert.equal(phases.at(-1), 'joined');
    held.resolve();
    await started;
    await until(
      'tasks are shared',
      () => second.tasks().length === 1 && first.tasks().length === 1,
    );
    await Promise.all([first.app.ready(), second.app.ready()]);

    assert.deepEqual(
      first.lists.filter(({ length }) => length === 0),
      [],
    );
    assert.deepEqual(
      world.errors.map(({ message }) => message),
      [],
    );
  });
});

interface Told {
  readonly app: StreamsApp;
  readonly lists: (readonly string[])[];
  tasks(): readonly string[];
}

function latest(world: World, port?: FaultyLog): Told {
  const builder = new StreamsBuilder();
  builder.stream(words, { from: 'latest' }).to(counts);
  const log = port && createLog(port, { compressions: builtInCompressions });
  const app = world.app({ topology: builder.build(), ...(log && { log }) });
  const lists: (readonly string[])[] = [];
  app.on('rebalance', ({ tasks }) => lists.push(tasks));
  return { app, lists, tasks: () => lists.at(-1) ?? [] };
}

function wordsOf(partition: number): readonly string[] {
  const all = Array.from({ length: 20 }, (_, number) => `word-${number}`);
  return all.filter((word) => {
    const keyBytes = new TextEncoder().encode(word);
    return partitionOfKey({ keyBytes, keyStart: 0, keyLength: keyBytes.length }, 2) === partition;
  });
}
