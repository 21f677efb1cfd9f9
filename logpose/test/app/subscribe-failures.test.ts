import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import { StoreDamagedError } from '../../src/errors/store-errors.ts';
import { until, World } from './app-kit.ts';
import { KeptEngines } from './kept-engines.ts';
import { line, Reading } from './subscription-kit.ts';
import { ValuedApp } from './valued-table.ts';

suite('a subscription sees', () => {
  test('nothing of a transaction that was aborted, and what it became once', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();

    world.port.ends.push('abort', 'abort');
    await values.put(['sun', 1], ['moon', 2]);

    assert.deepEqual(await reading.lines(2), ['sun=1', 'moon=2']);
  });

  test('a transaction in doubt once, when it did happen', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();

    world.port.ends.push('doubt-committed');
    await values.put(['sun', 1], ['moon', 2]);

    assert.deepEqual(await reading.lines(2), ['sun=1', 'moon=2']);
  });

  test('the changes that come while its snapshot is taken', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const keys = Array.from({ length: 3000 }, (_, at) => `key-${String(at).padStart(4, '0')}`);
    await world.send(...keys);
    await until('all are there', async () => (await values.rows()).length === keys.length);
    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));

    const snapshot = reading.next();
    await values.put(['key-2999', -1], ['key-0000', -2], ['key-0000', null]);

    const first = await snapshot;
    assert.ok(first.kind === 'snapshot');
    const rows = new Map(first.rows.map(([key, { value }]) => [key, value]));
    while (rows.get('key-2999') !== -1 || rows.has('key-0000')) {
      const change = await reading.next();
      assert.ok(change.kind === 'change');
      if (change.value === undefined) rows.delete(change.key);
      else rows.set(change.key, change.value);
    }
    const lines = [...rows].map(([key, value]) => `${key}=${value}`);
    assert.deepEqual(lines.toSorted(), await values.rows());
  });

  test('what the changelog says, when no instance can be asked', async () => {
    await using world = await World.open();
    const before = await ValuedApp.start(world);
    await before.put(['sea', 1], ['sun', 2], ['sea', null], ['moon', 3], ['sun', 4]);
    await before.app.close();
    const engines = new KeptEngines();
    const blocked = Promise.withResolvers<void>();
    engines.beforeApply = () => blocked.promise;
    const values = new ValuedApp(world, { stores: { engine: engines } });
    await values.app.start();

    await using all = new Reading(values.app.subscribe(values.table, { all: true }));
    await using one = new Reading(values.app.subscribe(values.table, { key: 'sun' }));

    assert.deepEqual(await Promise.all([all.lines(1), one.lines(1)]), [
      ['snapshot moon=3 sun=4'],
      ['snapshot sun=4'],
    ]);
    blocked.resolve();
    await values.put(['sun', 5]);
    assert.deepEqual(await all.lines(1), ['sun=5']);
    assert.deepEqual(await one.lines(1), ['sun=5']);
  });

  test('the rows of a store that is found damaged, rebuilt', async () => {
    await using world = await World.open();
    const engines = new KeptEngines();
    const values = await ValuedApp.start(world, { stores: { engine: engines } });
    await values.put(['sun', 1], ['moon', 2]);
    await values.app.close();
    const after = await ValuedApp.start(world, { stores: { engine: engines } });
    engines.damage = new StoreDamagedError('values', 'nowhere', { damage: 'a test says so' });

    await using reading = new Reading(after.app.subscribe(after.table, { key: 'sun' }));

    assert.deepEqual(await reading.lines(1), ['snapshot sun=1']);
    assert.equal(engines.discarded, 1);
  });

  test('what comes after the log could not be reached for a while', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();
    let failures = 0;
    world.port.afterPoll = async () => {
      if (failures++ < 3) throw new LogUnavailableError('a test says so');
    };

    await values.put(['sun', 1]);

    assert.deepEqual(await reading.lines(1), ['sun=1']);
    assert.ok(failures > 1);
  });
});

test('a subscription further than the others is not told again what they miss', async () => {
  await using world = await World.open();
  const values = await ValuedApp.start(world);
  await using first = new Reading(values.app.subscribe(values.table, { all: true }));
  await first.next();
  const arrived = first.next();
  const blocked = Promise.withResolvers<void>();
  world.port.afterPoll = (fetched) =>
    fetched.some(({ topic }) => topic.endsWith('-changelog')) ? blocked.promise : Promise.resolve();
  await values.put(['sun', 1]);
  await using second = new Reading(values.app.subscribe(values.table, { all: true }));
  assert.deepEqual(await second.lines(1), ['snapshot sun=1']);
  const next = second.lines(1);

  blocked.resolve();
  const late = await arrived;
  await values.put(['sun', 2]);

  assert.deepEqual(line(late), 'sun=1');
  assert.deepEqual(await next, ['sun=2']);
});

suite('a slow reader', () => {
  test('misses older changes of the same key, and nothing else', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const options = { all: true, maxBuffered: 2 } as const;
    await using reading = new Reading(values.app.subscribe(values.table, options));
    await using other = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();
    await other.next();
    await values.put(['sun', 0]);
    await reading.next();

    await values.put(['moon', 1], ['sun', 1], ['sun', 2], ['sun', 3], ['moon', 2]);
    await other.lines(6);

    assert.deepEqual(await reading.lines(2), ['sun=3', 'moon=2']);
  });

  test('of more keys than it may have waiting reads them from the log', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const options = { all: true, maxBuffered: 2 } as const;
    await using reading = new Reading(values.app.subscribe(values.table, options));
    await reading.next();
    await values.put(['sun', 0]);
    await reading.next();

    await values.put(['a', 1], ['b', 2], ['c', 3], ['d', 4], ['e', 5]);

    assert.deepEqual(await reading.lines(5), ['a=1', 'b=2', 'c=3', 'd=4', 'e=5']);
    await values.put(['f', 6]);
    assert.deepEqual(await reading.lines(1), ['f=6']);
  });

  test('is told a snapshot again when the log has lost what it has not read', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const options = { all: true, maxBuffered: 2 } as const;
    await using reading = new Reading(values.app.subscribe(values.table, options));
    await reading.next();
    await values.put(['sun', 0]);
    await reading.next();
    await values.put(['a', 1], ['b', 2], ['c', 3], ['sun', null]);

    await world.port.admin.deleteRecords([
      { topic: 'app-values-changelog', partition: 0, offset: 3 },
    ]);

    assert.deepEqual(await reading.lines(1), ['snapshot a=1 b=2 c=3']);
  });
});
