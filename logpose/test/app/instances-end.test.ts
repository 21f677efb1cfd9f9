import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Stage } from './instances-kit.ts';

suite('running until the end', () => {
  test('is waiting for the end of the application, whichever instance comes to it', async () => {
    await using stage = await Stage.open();
    await stage.send(300);
    const instances = [stage.instance(), stage.instance(), stage.instance()];

    const [first] = await Promise.all(
      instances.map(async ({ app }) => {
        await app.runUntilEnd();
        return stage.processed();
      }),
    );

    assert.equal(first, 300);
    for (const { app } of instances) assert.equal(app.state, 'closed');
    await stage.settle();
  });

  test('outlives the instances that are given up meanwhile', async () => {
    await using stage = await Stage.open();
    await stage.send(300);
    const other = await stage.running();
    const { app } = stage.instance();
    app.on('rebalance', ({ tasks }) => {
      if (tasks.length > 0) other.app.abandon();
    });

    await app.runUntilEnd();

    assert.equal(await stage.processed(), 300);
    await stage.settle();
  });
});
