import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createLog } from '../../src/client/create-log.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { until, World } from './app-kit.ts';
import { FaultyLog } from './faulty-log.ts';
import { Reading } from './subscription-kit.ts';
import { ValuedApp } from './valued-table.ts';

const partitions = 4;
const keys = ['sun', 'moon', 'sea', 'stars', 'wind', 'sand', 'rain', 'snow'];

suite('a read through any instance', () => {
  test('is answered by the one that has the key', async () => {
    await using world = await World.open(partitions);
    const instances = await pair(world);
    const [one, two] = instances;
    for (const [at, key] of keys.entries()) await one.put([key, at]);

    for (const { app, table } of instances) {
      for (const [at, key] of keys.entries()) {
        const answer = await app.store(table).get(key);
        assert.ok(answer.state === 'found' && answer.value === at, `${key}: ${answer.state}`);
      }
      assert.equal((await app.store(table).get('fog')).state, 'absent');
    }
    assert.deepEqual((await one.rows()).toSorted(), (await two.rows()).toSorted());
    assert.equal((await two.rows()).length, keys.length);
  });

  test('waits for a position at the one that processes it', async () => {
    await using world = await World.open(partitions);
    const instances = await pair(world, { commitIntervalMs: 3_600_000 });
    for (const [at, key] of keys.entries()) {
      const sent = await instances[0].send(key, at);
      for (const { app, table } of instances) {
        const answer = await app.store(table).get(key, { after: sent });
        assert.ok(answer.state === 'found' && answer.value === at, `${key}: ${answer.state}`);
      }
    }
  });

  test('never says that a row is absent while its task moves', async () => {
    await using world = await World.open(partitions);
    const one = await ValuedApp.start(world);
    for (const [at, key] of keys.entries()) await one.put([key, at]);
    const states = new Set<string>();
    let isMoving = true;
    const reads = (async () => {
      while (isMoving) {
        for (const key of keys) states.add((await one.app.store(one.table).get(key)).state);
        // Answers that need not wait would let nothing else have its turn.
        await setImmediate();
      }
    })();

    const two = await ValuedApp.start(world);
    const three = await ValuedApp.start(world);
    await two.app.close();
    three.app.abandon();
    await until('one has all tasks', () => one.app.metadata.instances().length === 1);
    await one.app.ready();
    isMoving = false;
    await reads;

    states.delete('restoring');
    assert.deepEqual([...states], ['found']);
  });

  test('waits for the next owner, and is told when none comes in time', async () => {
    await using world = await World.open(1);
    const one = await ValuedApp.start(world, { advertise: 'host:1' });
    const two = await ValuedApp.start(world, { advertise: 'host:2' });
    await one.put(['sun', 1]);
    const [owner, other] = ownerOf(one, 'sun') === 'host:1' ? [one, two] : [two, one];
    world.port.beforeAdmin = () => new Promise(() => {});

    owner.app.abandon();
    const answer = await other.app.store(other.table).get('sun', { timeoutMs: 50 });

    assert.ok(['unavailable', 'restoring'].includes(answer.state), answer.state);
    if (answer.state === 'unavailable') assert.equal(answer.reason, 'timeout');
  });

  test('is told where the key is, when that instance cannot be asked from here', async () => {
    await using world = await World.open(partitions);
    const here = await ValuedApp.start(world, { advertise: 'here:1' });
    // Another port to the same log is as far away as another process.
    const log = createLog(new FaultyLog(world.port), { compressions: builtInCompressions });
    const there = await ValuedApp.start(world, { log, advertise: 'there:2' });
    await until('both have tasks', () => sharesOf(here).every((count) => count === 2));
    await here.app.ready();
    await there.app.ready();

    const moved = keys.filter((key) => ownerOf(here, key) === 'there:2');
    assert.ok(moved.length > 0);
    for (const key of moved) {
      const answer = await here.app.store(here.table).get(key);
      assert.deepEqual(answer, { state: 'moved', to: 'there:2' });
    }
    await assert.rejects(here.rows(), (error) => {
      assert.ok(error instanceof StoreUnavailableError);
      assert.equal(error.state, 'moved');
      return error.message.includes('another instance has it, there:2');
    });
  });
});

suite('a scan', () => {
  test('over several instances ends with an error when one of them goes', async () => {
    await using world = await World.open(partitions);
    const [one, two] = await pair(world);
    await world.send(...Array.from({ length: 4000 }, (_, at) => `key-${at}`));
    await until('all are there', async () => (await one.rows()).length === 4000);
    const rows = one.app.store(one.table).range({}, { timeoutMs: 60_000 });
    const iterator = rows[Symbol.asyncIterator]();
    await iterator.next();

    two.app.abandon();

    const rest = async () => {
      for (let step = await iterator.next(); step.done !== true; ) step = await iterator.next();
    };
    await assert.rejects(rest(), (error) => {
      return error instanceof StoreUnavailableError && error.state === 'moved';
    });
  });
});

suite('metadata', () => {
  test('names every instance with its tasks and stores, and who has a key', async () => {
    await using world = await World.open(partitions);
    const one = await ValuedApp.start(world, { advertise: 'host-1:1' });
    const two = await ValuedApp.start(world, { advertise: '[::1]:2' });
    await until('both have tasks', () => sharesOf(one).every((count) => count === 2));

    for (const { app } of [one, two]) {
      const instances = app.metadata.instances();
      const advertised = instances.map((instance) => instance.advertised).toSorted();
      assert.deepEqual(advertised, ['[::1]:2', 'host-1:1']);
      const tasks = instances.flatMap((instance) => instance.tasks).toSorted();
      assert.deepEqual(tasks, ['0_0', '0_1', '0_2', '0_3']);
      for (const { stores } of instances) assert.deepEqual(stores, ['values']);
    }
    for (const key of keys) {
      const owner = one.app.metadata.ownerOf(one.table, key);
      assert.deepEqual(owner, two.app.metadata.ownerOf(two.table, key));
      assert.ok(owner?.tasks.length === 2, key);
    }
  });

  test('knows nobody before the start and behind the end', async () => {
    await using world = await World.open();
    const values = new ValuedApp(world);
    const { metadata } = values.app;

    assert.deepEqual(metadata.instances(), []);
    assert.equal(metadata.ownerOf(values.table, 'sun'), undefined);
    await values.app.start();
    assert.equal(metadata.instances().length, 1);
    await values.app.close();
    assert.deepEqual(metadata.instances(), []);
  });

  test('is refused an address that is none', async () => {
    await using world = await World.open();

    for (const advertise of ['host', 'host:', ':1', 'a b:1', '::1:2', 'host:port']) {
      assert.throws(() => world.app({ advertise }), ConfigError, advertise);
    }
  });
});

suite('a subscription', () => {
  test('goes on while tasks move between instances', async () => {
    await using world = await World.open(partitions);
    const one = await ValuedApp.start(world);
    await using reading = new Reading(one.app.subscribe(one.table, { all: true }));
    await reading.next();
    const seen: string[] = [];
    const sent: string[] = [];
    const round = async (value: number) => {
      for (const key of keys) {
        await one.put([key, value]);
        sent.push(`${key}=${value}`);
      }
    };

    await round(1);
    const two = await ValuedApp.start(world);
    await round(2);
    two.app.abandon();
    await round(3);
    seen.push(...(await reading.lines(sent.length)));

    assert.deepEqual(seen.toSorted(), sent.toSorted());
  });

  test('takes its snapshot from whoever has the rows', async () => {
    await using world = await World.open(partitions);
    const [one, two] = await pair(world);
    for (const [at, key] of keys.entries()) await one.put([key, at]);

    await using reading = new Reading(two.app.subscribe(two.table, { all: true }));
    const snapshot = await reading.next();

    assert.ok(snapshot.kind === 'snapshot');
    const rows = snapshot.rows.map(([key, { value }]) => `${key}=${value}`);
    assert.deepEqual(rows.toSorted(), (await one.rows()).toSorted());
  });
});

async function pair(world: World, options = {}): Promise<readonly [ValuedApp, ValuedApp]> {
  const one = await ValuedApp.start(world, { ...options, advertise: 'host:1' });
  const two = await ValuedApp.start(world, { ...options, advertise: 'host:2' });
  await until('both have tasks', () => sharesOf(one).every((count) => count > 0));
  await Promise.all([one.app.ready(), two.app.ready()]);
  return [one, two];
}

/** How many tasks each instance has. */
function sharesOf({ app }: ValuedApp): readonly number[] {
  return app.metadata.instances().map(({ tasks }) => tasks.length);
}

function ownerOf({ app, table }: ValuedApp, key: string): string | undefined {
  return app.metadata.ownerOf(table, key)?.advertised;
}
