import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { system } from '../../src/base/clock.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { FencedError } from '../../src/errors/log-errors.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from './app-kit.ts';
import { counting, counts, words } from './counting-topology.ts';

suite('a commit', () => {
  test('makes output, state and progress visible together', async () => {
    await using world = await World.open();
    await world.send('sun', 'moon', 'sun');

    await world.app().runUntilEnd();

    assert.deepEqual(await world.read(), ['moon=1', 'sun=2']);
    const [read] = await world.state.committedOffsets('app', [{ topic: 'words', partition: 0 }]);
    assert.equal(read?.offset, 3);
  });

  test('is one transaction of all tasks, and there is none when nothing happens', async () => {
    await using world = await World.open();
    await world.send('sun');
    await world.app().runUntilEnd();
    const before = world.port.commits;

    await world.app().runUntilEnd();

    // One to the repartition topic, one to the counts.
    assert.equal(before, 2);
    assert.equal(world.port.commits, before);
  });

  test('that is aborted leaves no trace: its records are processed again', async () => {
    await using world = await World.open();
    await world.send('sun', 'moon', 'sun');
    world.port.ends.push('abort', 'commit', 'abort', 'abort');

    await world.app({ emit: 'each-change' }).runUntilEnd();

    assert.deepEqual(await world.read(), ['sun=1', 'moon=1', 'sun=2']);
    assert.deepEqual(codes(world), [
      'TRANSACTION_ABORTED',
      'TRANSACTION_ABORTED',
      'TRANSACTION_ABORTED',
    ]);
  });

  test('that is aborted takes no record from an input that is read from its end', async () => {
    await using world = await World.open();
    await world.send('old');
    const builder = new StreamsBuilder();
    builder.stream(words, { from: 'latest' }).to(counts);
    const app = world.app({ topology: builder.build() });
    await app.start();
    await app.ready();
    world.port.ends.push('abort');

    await world.send('sun', 'moon');

    await until('both are read', async () => (await world.read()).length >= 2);
    assert.deepEqual(await world.read(), ['sun=0', 'moon=1']);
  });

  test('does not wait for a clock that was set back', async () => {
    await using world = await World.open();
    let backMs = 0;
    const surroundings = { ...system, nowMs: () => Date.now() - backMs };
    const app = world.app({ maxTaskIdleMs: 20 }, { surroundings });
    await app.start();
    await world.send('sun');
    await until('a commit', async () => (await world.read()).length === 1);

    backMs = 3_600_000;
    await world.send('sun');

    await until('another commit', async () => (await world.read()).length === 2);
    assert.deepEqual(await world.read(), ['sun=1', 'sun=2']);
  });

  const doubts = [
    'doubt-committed',
    'doubt-lost',
    // Settled by nothing but a new producer of the id: going on with the old one doubles or loses.
    'undecided-committed',
    'undecided-lost',
  ] as const;
  for (const end of doubts) {
    test(`in doubt is settled by the log's committed offsets (${end})`, async () => {
      await using world = await World.open();
      await world.send('sun', 'moon');
      world.port.ends.push('commit', end, end, 'commit', end);
      const app = world.app({ emit: 'each-change' });
      await app.start();
      await until('two counts', async () => (await world.read()).length === 2);
      await world.send('sun', 'sun', 'moon');
      await until('five counts', async () => (await world.read()).length >= 5);
      await app.close();

      assert.deepEqual(await world.read(), ['sun=1', 'moon=1', 'sun=2', 'sun=3', 'moon=2']);
      assert.deepEqual([...new Set(codes(world))], ['TRANSACTION_IN_DOUBT']);
    });
  }

  test('by a fenced producer ends the application; nothing of it is in the log', async () => {
    await using world = await World.open();
    world.port.ends.push('fenced');
    const app = world.app();
    const failed = app.run();
    await app.ready();
    await world.send('sun');

    await assert.rejects(failed, FencedError);

    assert.equal(app.state, 'closed');
    assert.deepEqual(await world.read(), []);
    const other = world.app();
    await other.start();
    await until('the other goes on', async () => (await world.read()).length === 1);
  });

  test('that a processor asks for does not wait for the interval', async () => {
    await using world = await World.open();
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .process({
        output: { key: words.key, value: words.value },
        stores: {},
        init: (context) => (record) => {
          context.forward(record);
          context.requestCommit();
        },
      })
      .to(counts);
    const app = world.app({ topology: builder.build(), commitIntervalMs: 3_600_000 });
    await app.start();
    await app.ready();

    await world.send('sun');

    await until('the commit', async () => (await world.read()).length === 1);
  });

  test('that is asked for comes at most every five milliseconds', async () => {
    await using world = await World.open();
    const clock = new ManualClock(1_000_000);
    const builder = new StreamsBuilder();
    builder
      .stream(words)
      .process({
        output: { key: words.key, value: words.value },
        init: (context) => (record) => {
          context.forward(record);
          context.requestCommit();
        },
      })
      .to(counts);
    const topology = builder.build();
    const app = world.app({ topology, commitIntervalMs: 3_600_000 }, { surroundings: clock });
    await app.start();
    await app.ready();
    await world.send('sun');
    await until('it is processed', () => processed(app) === 1);

    clock.advance(4);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(world.port.commits, 0);
    clock.advance(1);

    await until('the commit', () => world.port.commits === 1);
  });

  test('that is aborted takes what was done meanwhile with it', async () => {
    await using world = await World.open();
    const builder = new StreamsBuilder();
    builder.stream(words).to(counts);
    const held = Promise.withResolvers<void>();
    world.port.ends.push('abort');
    world.port.beforeEnd = () => held.promise;
    const app = world.app({ topology: builder.build() });
    await app.start();
    await world.send('sun');
    await until('a commit on its way', () => world.port.commits === 1);
    await world.send('moon');
    await until('more is processed', () => processed(app) === 2);

    held.resolve();

    await until('both', async () => (await world.read()).length >= 2);
    await app.close();
    assert.deepEqual(await world.read(), ['sun=0', 'moon=0']);
  });

  test('waits for the interval when nobody asks', async () => {
    await using world = await World.open();
    const app = world.app({ commitIntervalMs: 3_600_000 });
    await app.start();
    await app.ready();
    await world.send('sun');
    await until('it is processed', () => processed(app) === 1);

    assert.equal(world.port.commits, 0);

    await app.close();
    assert.equal(world.port.commits, 1);
  });

  test('is brought forward when the transaction is full', async () => {
    await using world = await World.open();
    const app = world.app({ commitIntervalMs: 3_600_000 }, { settings: { maxPendingBytes: 50 } });
    await app.start();

    await world.send('sun', 'moon', 'stars');

    await until('the commits', async () => (await world.read()).length === 3);
  });

  test('on its way lets the next transaction be filled, up to its limit', async () => {
    await using world = await World.open();
    const builder = new StreamsBuilder();
    builder.stream(words).to(counts);
    world.port.ends.push('never');
    const app = world.app(
      { topology: builder.build(), commitIntervalMs: 1 },
      { settings: { maxPendingBytes: 600 } },
    );
    await app.start();
    await world.send('sun');
    await until('the first commit', () => world.port.commits === 1);

    await world.send(...Array.from({ length: 20 }, () => 'moon'));

    await until('some are processed', () => processed(app) > 2);
    await until('it is full', () => pendingBytes(app) >= 600);
    const before = processed(app);
    await world.send('sea');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(processed(app), before);
    app.abandon();
  });
});

test('a table counts in transactions, whatever the order of aborts', async () => {
  const { topology } = counting();
  for (const position of [0, 1, 2, 3, 4, 5]) {
    await using world = await World.open();
    await world.send('sun', 'moon', 'sun', 'sea', 'sun');
    for (let before = 0; before < position; before++) world.port.ends.push('commit');
    world.port.ends.push('abort');

    const app = world.app(
      { topology, emit: 'each-change', commitIntervalMs: 0 },
      { settings: { maxPendingBytes: 1 } },
    );
    await app.runUntilEnd();

    const expected = ['sun=1', 'moon=1', 'sun=2', 'sea=1', 'sun=3'];
    assert.deepEqual(await world.read(), expected, `abort of commit ${position}`);
  }
});

function codes(world: World): readonly string[] {
  return world.errors.map(({ code }) => code);
}

function processed(app: ReturnType<World['app']>): number {
  return sum(app, 'processed-records');
}

function pendingBytes(app: ReturnType<World['app']>): number {
  return sum(app, 'pending-bytes');
}

function sum(app: ReturnType<World['app']>, name: string): number {
  return app
    .metrics()
    .filter((metric) => metric.name === name)
    .reduce((total, { value }) => total + value, 0);
}
