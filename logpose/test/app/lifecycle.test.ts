import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import { StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until, World } from './app-kit.ts';
import { counting, words } from './counting-topology.ts';
import { KeptEngines } from './kept-engines.ts';

suite('an application', () => {
  test('goes from created to starting, running, closing and closed', async () => {
    await using world = await World.open();
    const app = world.app();
    const states = [app.state];
    app.on('state', ({ to }) => states.push(to));

    await app.start();
    await app.ready();
    await app.close();

    assert.deepEqual(states, ['created', 'starting', 'running', 'closing', 'closed']);
  });

  test('commits what it has processed when it is closed', async () => {
    await using world = await World.open();
    const app = world.app({ commitIntervalMs: 3_600_000 });
    await app.start();
    await world.send('sun');
    await until('it is processed', () => processed(app) === 1);

    await app.close();

    // The next one goes on behind it.
    await world.app().runUntilEnd();
    assert.deepEqual(await world.read(), ['sun=1']);
    assert.equal(world.port.commits, 2);
  });

  test('runs until its signal is aborted', async () => {
    await using world = await World.open();
    const app = world.app();
    const stop = new AbortController();

    const running = app.run({ signal: stop.signal });
    await app.ready();
    stop.abort();
    await running;

    assert.equal(app.state, 'closed');
  });

  test('runs until the process is told to end', async () => {
    await using world = await World.open();
    const app = world.app();
    const running = app.run();
    await app.ready();

    process.emit('SIGTERM');
    await running;

    assert.equal(app.state, 'closed');
    assert.equal(process.listenerCount('SIGTERM'), 0);
  });

  test('starts once', async () => {
    await using world = await World.open();
    const app = world.app();
    await app.start();

    await assert.rejects(app.start(), ConfigError);
  });

  test('that was never started can be closed', async () => {
    await using world = await World.open();
    const app = world.app();

    await app.close();
    await app.close();

    assert.equal(app.state, 'closed');
  });

  test('that is closed while it starts holds nothing', async () => {
    await using world = await World.open();
    const app = world.app();
    const started = app.start();

    await app.close();
    await started;

    assert.equal(app.state, 'closed');
    await assert.rejects(app.ready(), (error) => {
      assert.ok(error instanceof StoreUnavailableError);
      const words = 'cannot use the stores of application app: it was closed before';
      return error.message === words && error.store === 'word-counts';
    });
  });

  test('gives up closing after timeoutMs; the next goes on from the last commit', async () => {
    await using world = await World.open();
    await world.send('sun');
    world.port.ends.push('never');
    const engines = new KeptEngines();
    const clock = new ManualClock(1_000_000);
    const app = world.app({ stores: { engine: engines } }, { surroundings: clock });
    await app.start();
    await until('it is read', () => processed(app) === 1);
    clock.advance(100);
    await until('a commit that never ends', () => world.port.commits === 1);

    const closed = app.close({ timeoutMs: 20 });
    await until('it closes', () => app.state === 'closing');
    clock.advance(19);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(app.state, 'closing');
    clock.advance(1);
    await closed;

    assert.equal(app.state, 'closed');
    // As a crash leaves them: nobody holds them any more.
    assert.deepEqual(engines.closed, ['abandoned']);
    await world.app().runUntilEnd();
    assert.deepEqual(await world.read(), ['sun=1']);
  });

  test('that is abandoned commits nothing more', async () => {
    await using world = await World.open();
    const app = world.app({ commitIntervalMs: 3_600_000 });
    await app.start();
    await world.send('sun');
    await until('it is processed', () => processed(app) === 1);

    app.abandon();

    assert.equal(app.state, 'closed');
    await app.close();
    assert.equal(world.port.commits, 0);
    await world.app().runUntilEnd();
    assert.deepEqual(await world.read(), ['sun=1']);
  });

  test('that is abandoned while it starts or restores holds nothing', async () => {
    await using world = await World.open();
    const app = world.app();
    const started = app.start();

    app.abandon();
    await started;
    await app.close();

    assert.equal(app.state, 'closed');
  });

  test('processes nothing while it is paused', async () => {
    await using world = await World.open();
    const app = world.app();
    app.pause();
    await app.start();
    await app.ready();
    await world.send('sun');
    await until('it is fetched', () => app.metrics().some(({ name }) => name === 'lag'));
    assert.equal(processed(app), 0);

    app.resume();

    await until('the count', async () => (await world.read()).length === 1);
  });

  test('runs punctuations by its clock, but not while it is paused', async () => {
    await using world = await World.open();
    const clock = new ManualClock(1_000_000);
    const called: number[] = [];
    const builder = new StreamsBuilder();
    builder.stream(words).process({
      init: ({ punctuate }) => {
        punctuate({ everyMs: 1000, time: 'wall-clock' }, (nowMs) => called.push(nowMs));
        return () => {};
      },
    });
    const app = world.app({ topology: builder.build() }, { surroundings: clock });
    await app.start();
    await app.ready();

    clock.advance(1000);
    await until('the first call', () => called.length === 1);
    app.pause();
    clock.advance(5000);
    await new Promise((resolve) => setImmediate(resolve));
    app.resume();

    await until('one call for all that were missed', () => called.length === 2);
    assert.deepEqual(called, [1_001_000, 1_006_000]);
  });

  test('goes on when the log was away for a while', async () => {
    await using world = await World.open();
    let isAway = false;
    world.port.beforePoll = async () => {
      if (isAway) throw new LogUnavailableError('a test says so');
    };
    const app = world.app();
    await app.start();
    await app.ready();

    isAway = true;
    await world.send('sun');
    await until('it is noticed', () => world.errors.length > 1);
    isAway = false;

    await until('the count', async () => (await world.read()).length === 1);
    assert.equal(app.state, 'running');
  });

  test('fails when the log stays away for too long', async () => {
    await using world = await World.open();
    world.port.beforePoll = async () => {
      throw new LogUnavailableError('a test says so');
    };
    const settings = { maxRetryMs: 20, retryDelayMs: 1 };

    await assert.rejects(world.app({}, { settings }).run(), LogUnavailableError);
  });

  test('fails at once when trying again cannot help', async () => {
    await using world = await World.open();
    world.port.beforePoll = async () => {
      throw new LogUnavailableError('a test says so', { retriable: false });
    };
    const app = world.app();

    await assert.rejects(app.runUntilEnd(), LogUnavailableError);

    assert.equal(app.state, 'closed');
  });

  test('that fails tells who waits for it, and warns only when nobody does', async (context) => {
    const warned: unknown[] = [];
    context.mock.method(process, 'emitWarning', (warning: unknown) => warned.push(warning));
    for (const who of ['ready', 'nobody']) {
      await using world = await World.open();
      await world.send('sun');
      await world.app().runUntilEnd();
      const broken = new LogUnavailableError('a test says so', { retriable: false });
      const polled = Promise.withResolvers<void>();
      world.port.beforePoll = () => polled.promise;
      const { log } = world;
      await using app = new StreamsApp({ id: 'app', log, topology: counting().topology });
      await app.start();
      const ready = who === 'ready' ? assert.rejects(app.ready(), broken) : undefined;

      polled.reject(broken);

      await ready;
      await until('it has failed', () => app.state === 'failed');
      assert.deepEqual(warned, who === 'ready' ? [] : [broken.message]);
    }
  });

  test('commits by the clock it is given', async () => {
    await using world = await World.open();
    const clock = new ManualClock(1_000_000);
    const app = world.app({ commitIntervalMs: 60_000 }, { surroundings: clock });
    await app.start();
    await app.ready();
    await world.send('sun');
    await until('it is processed', () => processed(app) === 1);
    assert.equal(world.port.commits, 0);

    clock.advance(60_000);

    await until('the commit', () => world.port.commits === 1);
  });
});

function processed(app: ReturnType<World['app']>): number {
  return app
    .metrics()
    .filter(({ name }) => name === 'processed-records')
    .reduce((total, { value }) => total + value, 0);
}
