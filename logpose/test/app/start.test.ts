import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { StreamsAppOptions } from '../../src/app/options.ts';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError, TopologyError } from '../../src/errors/config-errors.ts';
import { topic } from '../../src/record/topic.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { lmdbStores } from '../../src/store-lmdb/lmdb-stores.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { World } from './app-kit.ts';
import { counting, counts, words } from './counting-topology.ts';

suite('options', () => {
  test('are refused with every problem at once', async () => {
    await using world = await World.open();
    const wrong: StreamsAppOptions = {
      id: 'no spaces',
      log: world.log,
      topology: counting().topology,
      instanceId: 'one',
      advertise: 'host:1',
      commitIntervalMs: -1,
      maxTaskIdleMs: 0.5,
      stores: { engine: lmdbStores() },
      internalTopics: { replicationFactor: 0 },
    };

    assert.deepEqual(
      problemsOf(() => new StreamsApp(wrong)),
      [
        'id may have letters, digits, ".", "_" and "-" only, unlike "no spaces"',
        'commitIntervalMs is -1 and must be a whole number, at least 0',
        'maxTaskIdleMs is 0.5 and must be a whole number, at least -1',
        'internalTopics.replicationFactor is 0 and must be a whole number, at least 1',
        'stores on disk (lmdb) need a stateDirectory',
      ],
    );
  });

  test('for worker threads are looked at as far as that goes without the module', async () => {
    await using world = await World.open();
    const module = new URL('file:///app.js');
    const stores = { engine: lmdbStores() };
    const options = { id: 'app', log: world.log, stateDirectory: 'state', module, stores };

    assert.deepEqual(
      problemsOf(() => new StreamsApp({ ...options, workers: 0.5 })),
      [
        'workers is 0.5 and must be a whole number from 0 to 256',
        'stores lmdb are made of functions, which cannot cross to workers: leave them out, or ' +
          'pass memoryStores',
      ],
    );
  });

  test('have functions as policies, whatever a caller without types says', async () => {
    await using world = await World.open();
    const module = new URL('file:///app.js');
    const untyped: object = { onWorkerFailure: 'replace' };
    const options = { id: 'app', log: world.log, module, workers: 1, ...untyped };

    assert.deepEqual(
      problemsOf(() => new StreamsApp(options)),
      ['onWorkerFailure must be a function that returns what is to follow'],
    );
  });
});

suite('a start', () => {
  test('names every topic that is missing, and how to create it', async () => {
    await using world = await World.open();
    const builder = new StreamsBuilder();
    const missing = topic('missing', { key: utf8, value: int64 });
    builder.stream(missing).to(topic('nowhere', { key: utf8, value: int64 }));
    const app = world.app({ topology: builder.build() });

    const error = await rejection(app.start());

    assert.ok(error instanceof ConfigError);
    assert.deepEqual(error.problems, [
      'topic missing is not there: create it before the start, await log.admin.createTopics' +
        "([{ topic: { name: 'missing' }, partitions: 1 }])",
      'topic nowhere is not there: create it before the start, await log.admin.createTopics' +
        "([{ topic: { name: 'nowhere' }, partitions: 1 }])",
    ]);
    assert.equal(app.state, 'failed');
  });

  test('refuses to join topics of different numbers of partitions', async () => {
    await using world = await World.open(3);
    const prices = topic('prices', { key: utf8, value: int64 });
    await world.log.admin.createTopics([{ topic: prices, partitions: 2 }]);
    const builder = new StreamsBuilder();
    const table = builder.table(prices, { name: 'prices' });
    builder
      .stream(words)
      .join(table, (value, price) => value * price)
      .to(counts);

    const error = await rejection(world.app({ topology: builder.build() }).start());

    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /words has 3, prices has 2|prices has 2, words has 3/);
  });

  test('creates internal topics with the names and settings of the JVM', async () => {
    await using world = await World.open(3);
    const builder = new StreamsBuilder();
    const grouped = builder
      .stream(words)
      .groupBy((_value, word) => word, { name: 'by-word', key: utf8, value: int64 });
    grouped.count({ name: 'all' });
    grouped.windowedBy(tumbling({ sizeMs: 60_000, graceMs: 5_000 })).count({ name: 'per-minute' });
    const app = world.app({
      topology: builder.build(),
      internalTopics: { config: { 'min.insync.replicas': '2' } },
    });

    await app.start();

    const names = ['app-by-word-repartition', 'app-all-changelog', 'app-per-minute-changelog'];
    const found = await world.log.admin.describeTopics(names.map((name) => ({ name })));
    assert.deepEqual(
      found.map((each) => each?.partitions),
      [3, 3, 3],
    );
    const common = { 'message.timestamp.type': 'CreateTime', 'min.insync.replicas': '2' };
    assert.deepEqual(
      found.map((each) => each?.config),
      [
        {
          ...common,
          'cleanup.policy': 'delete',
          'retention.ms': '-1',
          'segment.bytes': '52428800',
        },
        { ...common, 'cleanup.policy': 'compact' },
        { ...common, 'cleanup.policy': 'compact,delete', 'retention.ms': '86465000' },
      ],
    );
  });

  test('begins at the end of a topic that is read from its latest record', async () => {
    await using world = await World.open();
    await world.send('before');
    const builder = new StreamsBuilder();
    builder.stream(words, { from: 'latest' }).to(counts);
    const app = world.app({ topology: builder.build() });
    await app.start();
    await app.ready();

    await world.send('after');
    await app.close();
    await world.app({ topology: builder.build() }).runUntilEnd();

    assert.deepEqual(await world.read(), ['after=0']);
  });

  test('goes on from there, also when nothing was processed before it ended', async () => {
    await using world = await World.open();
    await world.send('before');
    const builder = new StreamsBuilder();
    builder.stream(words, { from: 'latest' }).to(counts);
    const app = world.app({ topology: builder.build() });
    await app.start();
    await app.ready();
    await app.close();

    await world.send('between');
    await world.app({ topology: builder.build() }).runUntilEnd();

    assert.deepEqual(await world.read(), ['between=0']);
  });
});

suite('a state directory', () => {
  test('belongs to one application at a time', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    const stateDirectory = directory.path;
    const first = world.app({ stateDirectory });
    await first.start();

    const error = await rejection(world.app({ stateDirectory }).start());
    await first.close();

    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /used by another instance in this process/);
    await world.app({ stateDirectory }).runUntilEnd();
  });

  test('is not deleted while an application runs on it', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    const stateDirectory = directory.path;
    const running = world.app({ stateDirectory });
    await running.start();
    const other = world.app({ stateDirectory });

    const error = await rejection(other.cleanUp());

    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /used by another instance in this process/);
    await readFile(join(directory.path, 'app', 'topology.json'));
    await running.close();
    await other.cleanUp();
    await rejection(readFile(join(directory.path, 'app', 'topology.json')));
  });

  test('that is being deleted is waited for', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    const stateDirectory = directory.path;
    await world.app({ stateDirectory }).runUntilEnd();
    const app = world.app({ stateDirectory });

    const cleaned = app.cleanUp();
    await app.start();
    await cleaned;
    await app.close();

    await readFile(join(directory.path, 'app', 'topology.json'));
  });

  test('of an abandoned application is waited for', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    const stateDirectory = directory.path;
    const abandoned = world.app({ stateDirectory });
    await abandoned.start();
    await abandoned.ready();
    await world.send('sun');

    abandoned.abandon();
    await world.app({ stateDirectory }).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=1']);
  });
});

suite('a changed topology', () => {
  test('is refused with the difference and what to do', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    const stateDirectory = directory.path;
    await world.app({ stateDirectory }).runUntilEnd();
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .groupBy((_value, word) => word, { name: 'by-word', key: utf8, value: int64 })
      .count({ name: 'renamed' });
    const app = world.app({ stateDirectory, topology: builder.build() });

    const error = await rejection(app.start());

    assert.ok(error instanceof TopologyError);
    assert.equal(error.code, 'TOPOLOGY_CHANGED');
    assert.match(error.message, /store word-counts is gone: renamed, or taken out/);
    assert.match(error.message, /app\.cleanUp\(\)/);
  });

  test('starts after cleanUp, and what is still there is rebuilt', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    const stateDirectory = directory.path;
    await world.send('sun');
    await world.app({ stateDirectory }).runUntilEnd();
    const builder = new StreamsBuilder();
    builder.stream(words).groupByKey().count({ name: 'other' });
    const app = world.app({ stateDirectory, topology: builder.build() });
    await app.cleanUp();

    await app.runUntilEnd();

    assert.equal(app.state, 'closed');
    await rejection(world.app({ stateDirectory }).start());
  });

  test('with one more store is warned about', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    const stateDirectory = directory.path;
    await world.app({ stateDirectory }).runUntilEnd();
    const builder = new StreamsBuilder();
    const grouped = builder
      .stream(words)
      .groupBy((_value, word) => word, { name: 'by-word', key: utf8, value: int64 });
    grouped.count({ name: 'word-counts' }).toStream().to(counts);
    grouped.reduce((sum, value) => sum + value, { name: 'sums' });
    const warnings: string[] = [];
    const listen = ({ message }: Error) => warnings.push(message);
    process.on('warning', listen);

    await world.app({ stateDirectory, topology: builder.build() }).runUntilEnd();
    process.off('warning', listen);

    assert.deepEqual(warnings, ['store sums is new: it has what is processed from now on']);
  });

  test('of partitions is refused before anything is created', async () => {
    await using world = await World.open(2);
    await world.app().runUntilEnd();
    await world.state.deleteTopics(['words']);
    await world.log.admin.createTopics([{ topic: words, partitions: 3 }]);

    const error = await rejection(world.app().start());

    assert.ok(error instanceof TopologyError);
    assert.match(error.message, /app-by-word-repartition has 2 partitions and needs 3/);
  });

  test('is told from the layout that the state directory names', async () => {
    await using world = await World.open();
    await using directory = await temporary();
    await world.app({ stateDirectory: directory.path }).runUntilEnd();

    const text = await readFile(join(directory.path, 'app', 'topology.json'), 'utf8');

    assert.deepEqual(JSON.parse(text), {
      format: 1,
      stores: {
        'word-counts': { kind: 'timestamped-key-value', changelog: 'kept', partitions: 1 },
      },
      repartitionTopics: { 'by-word-repartition': 1 },
      subtopologies: [
        { sources: ['words'], stores: [] },
        { sources: ['by-word-repartition'], stores: ['word-counts'] },
      ],
    });
  });
});

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('it is refused');
}

async function temporary() {
  const path = await mkdtemp(join(tmpdir(), 'app-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
