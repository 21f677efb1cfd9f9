import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { ConfigError } from 'logpose';
import { until } from './app-kit.ts';
import { all, Stage, shared } from './instances-kit.ts';

suite('instances of one application', () => {
  test('share its tasks: each task is at one instance, each result is there once', async () => {
    await using stage = await Stage.open();
    const first = await stage.running();
    assert.equal(first.tasks().length, all);

    const second = await stage.running();
    stage.letCome();
    await stage.progress();
    const third = await stage.running();
    await stage.progress();

    await stage.settle();
    await shared(first, second, third);
  });

  test('take over what one had that is closed, and what comes meanwhile', async () => {
    await using stage = await Stage.open();
    const [first, second, third] = [
      await stage.running(),
      await stage.running(),
      await stage.running(),
    ];
    stage.letCome();
    await stage.progress();

    await second.app.close();
    await stage.progress();
    await shared(first, third);
    await first.app.close();
    await stage.progress();

    await stage.settle();
    await shared(third);
  });

  test('take over at once what one had that is abandoned', async () => {
    await using stage = await Stage.open();
    const [first, second] = [await stage.running(), await stage.running()];
    stage.letCome();
    await stage.progress();

    first.app.abandon();
    await stage.progress();

    await stage.settle();
    await shared(second);
  });

  test('have files of their own: whoever comes back goes on with them', async () => {
    await using stage = await Stage.open();
    const [one, other] = [join(stage.directory, 'one'), join(stage.directory, 'other')];
    const first = await stage.running({ stateDirectory: one });
    stage.letCome();
    await stage.progress();
    const second = await stage.running({ stateDirectory: other });
    await stage.progress();
    await first.app.close();
    await stage.progress();

    const again = await stage.running({ stateDirectory: one });
    await stage.progress();

    await stage.settle();
    await shared(second, again);
  });

  test('cannot use the same directory', async () => {
    await using stage = await Stage.open();
    await stage.running({ stateDirectory: stage.directory });
    const { app } = stage.instance({ stateDirectory: stage.directory });

    await assert.rejects(app.start(), ConfigError);
  });

  test('may be more than there are tasks: the others wait, and run', async () => {
    await using stage = await Stage.open();
    const instances = [];
    for (let at = 0; at < all + 2; at++) instances.push(await stage.running());
    stage.letCome();
    await stage.progress();

    await shared(...instances);
    const idle = instances.filter(({ tasks }) => tasks().length === 0);
    assert.equal(idle.length, 2);
    for (const { app } of instances.filter((each) => !idle.includes(each))) app.abandon();

    await stage.settle();
    await shared(...idle);
  });

  test('purge what is between the parts of the topology, whoever has the task', async () => {
    await using stage = await Stage.open();
    const settings = { repartitionPurgeIntervalMs: 20 };
    const first = await stage.running({ internals: { settings } });
    await stage.send(200);
    await until('it has purged', async () => (await stage.purged()) > 0);
    const second = await stage.running({ internals: { settings } });
    await shared(first, second);
    first.app.abandon();

    await stage.send(200);

    await until('all is purged', async () => (await stage.purged()) === 400);
    await stage.settle();
  });

  test('that are paused keep their tasks', async () => {
    await using stage = await Stage.open();
    const quick = { internals: { settings: { heartbeatIntervalMs: 5, sessionTimeoutMs: 100 } } };
    const [first, second] = [await stage.running(quick), await stage.running(quick)];
    await shared(first, second);
    const [had, rebalances] = [first.tasks(), first.rebalances.length];

    first.app.pause();
    const before = stage.port.heartbeats;
    await until('a session would be over', () => stage.port.heartbeats > before + 100);

    assert.deepEqual(first.tasks(), had);
    assert.equal(first.rebalances.length, rebalances);
    first.app.resume();
    await stage.send(100);
    await stage.settle();
  });
});
