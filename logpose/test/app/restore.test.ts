import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { StoreDamagedError } from '../../src/errors/store-errors.ts';
import type { RestoreProgress } from '../../src/runtime/worker/worker-listeners.ts';
import type { StoreEngineFactory } from '../../src/store/store-engine.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from './app-kit.ts';
import { counting, counts, words } from './counting-topology.ts';
import { KeptEngines } from './kept-engines.ts';

const changelog = { topic: 'app-word-counts-changelog', partition: 0 };

suite('a store', () => {
  test('in memory is restored from its changelog, and goes on counting', async () => {
    await using world = await World.open();
    await world.send('sun', 'moon', 'sun');
    await world.app().runUntilEnd();
    const app = world.app();
    const progress: RestoreProgress[] = [];
    app.on('restore', (each) => progress.push(each));

    await app.start();
    await app.ready();
    await world.send('sun');
    await until('the count', async () => (await world.read()).includes('sun=3'));

    assert.deepEqual(progress.at(0), { store: 'word-counts', partition: 0, lag: 2 });
    assert.deepEqual(progress.at(-1), { store: 'word-counts', partition: 0, lag: 0 });
  });

  test('that has a checkpoint reads what is behind it only', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    await world.send('sun', 'moon');
    await world.app({ stores: { engine: engines } }).runUntilEnd();
    await world.send('sea');
    const abandoned = world.app({ stores: { engine: engines } });
    await abandoned.start();
    await until('the count', async () => (await world.read()).includes('sea=1'));
    abandoned.abandon();
    await abandoned.close();

    assert.equal(await lagAtStart(world, engines), 1);
  });

  test('is flushed in the background, with the checkpoint it reaches', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    const settings = { flushIntervalMs: 1 };
    const app = world.app({ stores: { engine: engines } }, { settings });
    await app.start();
    await world.send('sun', 'moon', 'sun');

    await until(
      'a flush',
      () => engines.only?.checkpoint?.offset === 3 || engines.only?.checkpoint?.offset === 2,
    );
    await until('a flush of all of it', () => engines.only?.entries === 2);

    app.abandon();
    await app.close();
    const { endOffset } = world.state.partition(changelog);
    const reached = engines.only?.checkpoint?.offset ?? 0;
    assert.equal(await lagAtStart(world, engines), endOffset - reached);
  });

  test('whose restoring is interrupted goes on where it was', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    for (const word of ['sun', 'moon', 'sea']) {
      await world.send(word);
      await world.app().runUntilEnd();
    }
    let applied = 0;
    engines.beforeApply = async () => {
      if (++applied === 2) throw new Error('a test says so');
    };
    world.port.maxPartitionBytes = 1;
    const interrupted = world.app({ stores: { engine: engines } });
    await assert.rejects(interrupted.runUntilEnd());
    engines.beforeApply = async () => {};
    assert.equal(engines.only?.checkpoint?.offset, 1);

    assert.equal(await lagAtStart(world, engines), 2);
  });

  test('is restored anew when retention shortens its changelog meanwhile', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    for (const word of ['sun', 'moon', 'sea', 'star']) {
      await world.send(word);
      await world.app().runUntilEnd();
    }
    world.port.maxPartitionBytes = 1;
    engines.beforeApply = async () => {
      engines.beforeApply = async () => {};
      await world.log.admin.deleteRecords([{ ...changelog, offset: 3 }]);
    };

    const app = world.app({ stores: { engine: engines } });
    await app.runUntilEnd();

    assert.equal(engines.only?.entries, 1);
    const [told, ...others] = world.errors;
    assert.match(String(told), /shortened while it was read/);
    assert.deepEqual(others, []);
  });

  test('can be closed while it is restored', async () => {
    await using world = await World.open();
    await world.send('sun');
    await world.app().runUntilEnd();
    const engines = new KeptEngines();
    const blocked = Promise.withResolvers<void>();
    engines.beforeApply = () => blocked.promise;
    const app = world.app({ stores: { engine: engines } });
    await app.start();
    await until('it restores', () => engines.isApplying);
    assert.equal(app.state, 'starting');

    const closed = app.close();
    blocked.resolve();
    await closed;

    assert.equal(app.state, 'closed');
  });

  test('of another topic of that name is thrown away and rebuilt', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    await world.send('sun', 'moon');
    await world.app({ stores: { engine: engines } }).runUntilEnd();
    await world.state.deleteTopics([changelog.topic]);

    const app = world.app({ stores: { engine: engines } });
    await app.start();
    await app.ready();
    await world.send('moon');
    await until('the count', async () => (await world.read()).length === 3);

    // The changelog knew of no moon.
    assert.deepEqual(await world.read(), ['sun=1', 'moon=1', 'moon=1']);
  });

  test('whose files are damaged is rebuilt while the application runs', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    const { topology, table } = counting();
    const app = world.app({ topology, stores: { engine: engines } }, flushAtOnce);
    await app.start();
    await world.send('sun', 'sun', 'moon');
    await until('a flush', () => engines.only?.entries === 2);
    const states: string[] = [];
    app.on('state', ({ to }) => states.push(to));

    engines.damage = new StoreDamagedError('word-counts', 'nowhere', { damage: 'a test says so' });
    await world.send('sun');
    await until('the count', async () => (await world.read()).includes('sun=3'));

    assert.deepEqual(states, ['rebalancing', 'running']);
    assert.equal(engines.discarded, 1);
    assert.ok(world.errors.some(({ code }) => code === 'STORE_DAMAGED'));
    const moon = await app.store(table).get('moon');
    assert.ok(moon.state === 'found' && moon.value === 1);
  });

  test('that is rebuilt has each record once that was fetched before and behind it', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    const builder = new StreamsBuilder();
    const table = builder
      .stream(words)
      .groupByKey()
      .count({ name: 'word-counts', emit: 'each-change' });
    table.toStream().to(counts);
    const clock = new ManualClock(1_000_000);
    const app = world.app(
      { topology: builder.build(), stores: { engine: engines } },
      { surroundings: clock },
    );
    await app.start();
    await app.ready();
    await world.send('sun');
    await until('it is counted', () => processed(app) === 1);
    clock.advance(100);
    await until('it is committed', async () => (await world.read()).length === 1);
    await world.send('moon');
    await until('it is counted', () => processed(app) === 2);
    // The next fetch, from behind the moon that is not committed, is on its way.
    const held = Promise.withResolvers<void>();
    let holds = 1;
    world.port.afterPoll = async () => {
      if (holds-- > 0) await held.promise;
    };
    await world.send('sea');

    engines.damage = new StoreDamagedError('word-counts', 'nowhere', { damage: 'a test says so' });
    await app.store(table).get('earth');
    await until('it is rebuilt', () => engines.discarded === 1);
    await until('it is open', () => app.metrics().some(({ name }) => name === 'stream-time-ms'));
    held.resolve();
    await until('both are counted', () => processed(app) >= 4);
    clock.advance(100);

    await until('the counts', async () => (await world.read()).length >= 3);
    await app.close();
    assert.deepEqual(await world.read(), ['sun=1', 'moon=1', 'sea=1']);
  });

  test('whose damage a reader finds is rebuilt too', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    const { topology, table } = counting();
    const app = world.app({ topology, stores: { engine: engines } }, flushAtOnce);
    await app.start();
    await world.send('sun');
    await until('a flush', () => engines.only?.entries === 1);

    engines.damage = new StoreDamagedError('word-counts', 'nowhere', { damage: 'a test says so' });
    const first = await app.store(table).get('sun');

    assert.equal(first.state, 'restoring');
    await until('it is back', async () => (await app.store(table).get('sun')).state === 'found');
  });
});

const flushAtOnce = { settings: { flushIntervalMs: 1 } };

function processed(app: StreamsApp): number {
  return app
    .metrics()
    .filter(({ name }) => name === 'processed-records')
    .reduce((total, { value }) => total + value, 0);
}

/** What an application has to read of the changelog when it starts. */
async function lagAtStart(world: World, engine: StoreEngineFactory): Promise<number> {
  const app: StreamsApp = world.app({ stores: { engine } });
  let first: number | undefined;
  app.on('restore', ({ lag }) => {
    first ??= lag;
  });
  await app.start();
  await app.ready();
  await app.close();
  return first ?? 0;
}
