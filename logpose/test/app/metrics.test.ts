import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { StreamsApp } from '../../src/app/streams-app.ts';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { until, World } from './app-kit.ts';
import { counts, words } from './counting-topology.ts';

suite('metrics', () => {
  test('count what was processed and committed, and say what is left', async () => {
    await using world = await World.open();
    world.port.ends.push('abort');
    const app = world.app();
    assert.deepEqual(app.metrics(), []);
    await app.start();
    await world.send('sun', 'moon');
    await until('both', async () => (await world.read()).length === 2);

    assert.equal(value(app, 'tasks'), 2);
    assert.equal(value(app, 'rebalances'), 1);
    assert.equal(value(app, 'lag', { task: '0_0' }), 0);
    assert.equal(value(app, 'lag', { task: '1_0' }), 0);
    assert.equal(value(app, 'restore-lag', { task: '1_0' }), 0);
    assert.ok(value(app, 'unflushed-bytes', { task: '1_0' }) > 0);
    assert.ok(value(app, 'commits', { outcome: 'committed' }) >= 2);
    assert.equal(value(app, 'commits', { outcome: 'not-committed' }), 1);
  });

  test('say how far behind a paused application is', async () => {
    await using world = await World.open();
    const app = world.app();
    app.pause();
    await app.start();
    await app.ready();

    await world.send('sun', 'moon');

    await until('it knows', () => value(app, 'lag', { task: '0_0' }) === 2);
  });
});

test('other work has its turn while there is much to process', async () => {
  await using world = await World.open();
  const builder = new StreamsBuilder();
  builder.stream(words).to(counts);
  await using producer = world.log.producer();
  const sends = Array.from({ length: 5_000 }, () => producer.send(words, { key: 'a', value: 1 }));
  await Promise.all(sends);
  const app = world.app({ topology: builder.build() }, { settings: { maxSliceMs: 0 } });
  await app.start();

  let turns = 0;
  while (value(app, 'processed-records') < 5_000) {
    await setImmediate();
    turns++;
  }

  // A task takes 1024 records at most before the clock is looked at.
  assert.ok(turns >= 5, `${turns} turns`);
});

test('listening ends when it is told to', async () => {
  await using world = await World.open();
  const app = world.app();
  const states: string[] = [];
  const stop = app.on('state', ({ to }) => {
    states.push(to);
    stop();
  });

  await app.start();
  await app.close();

  assert.deepEqual(states, ['starting']);
});

/** The sum of what has that name and these tags. */
function value(app: StreamsApp, name: string, tags: Readonly<Record<string, string>> = {}): number {
  return app
    .metrics()
    .filter((metric) => metric.name === name)
    .filter((metric) => Object.entries(tags).every(([tag, text]) => metric.tags[tag] === text))
    .reduce((sum, metric) => sum + metric.value, 0);
}
