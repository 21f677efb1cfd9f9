import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FencedError, StreamsBuilder, TopologyError } from 'logpose';
import { until } from './app-kit.ts';
import { all, Stage, shared } from './instances-kit.ts';
import { outputs, visits } from './shared-work.ts';

suite('an instance with an instanceId', () => {
  test('has its tasks again after a restart, and nobody takes them meanwhile', async () => {
    await using stage = await Stage.open();
    const first = await stage.running({ instanceId: 'a' });
    const second = await stage.running({ instanceId: 'b' });
    await shared(first, second);
    const [had, rebalances] = [second.tasks(), first.rebalances.length];
    await second.app.close();
    await stage.send(100);

    const again = await stage.running({ instanceId: 'b' });

    assert.deepEqual(again.tasks(), had);
    assert.equal(first.rebalances.length, rebalances);
    await stage.settle();
  });

  test('leaves its tasks to the others when it is told to', async () => {
    await using stage = await Stage.open();
    const first = await stage.running({ instanceId: 'a' });
    const second = await stage.running({ instanceId: 'b' });
    await shared(first, second);
    await stage.send(100);

    await second.app.close({ leaveGroup: 'yes' });

    await shared(first);
    await stage.settle();
  });

  test('is fenced by the next of that name', async () => {
    await using stage = await Stage.open();
    const first = await stage.running({
      instanceId: 'a',
      internals: { settings: { heartbeatIntervalMs: 5 } },
    });
    stage.letCome();
    await stage.progress();

    const second = await stage.running({ instanceId: 'a' });

    await until('the first has failed', () => first.app.state === 'failed');
    await assert.rejects(first.app.ready(), FencedError);
    await stage.progress();
    await stage.settle();
    await shared(second);
  });
});

test('an instance of another topology is refused, and the others go on', async () => {
  await using stage = await Stage.open();
  const first = await stage.running();
  const builder = new StreamsBuilder();
  builder.stream(visits).to(outputs.byPlace);
  const other = stage.instance({ topology: builder.build() });

  await assert.rejects(other.app.start(), (error) => {
    assert.ok(error instanceof TopologyError);
    assert.equal(error.code, 'TOPOLOGY_CHANGED');
    assert.match(error.message, /others/);
    return true;
  });

  assert.equal(other.app.state, 'failed');
  await until('the first has all', () => first.tasks().length === all);
  await stage.send(50);
  await stage.settle();
});
