import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { DecodeError } from '../../src/errors/record-errors.ts';
import { StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { topic } from '../../src/record/topic.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { keyValueStore } from '../../src/store/store-definition.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { until, World } from './app-kit.ts';
import { words } from './counting-topology.ts';
import { Reading } from './subscription-kit.ts';
import { ValuedApp } from './valued-table.ts';

const changelog = 'app-values-changelog';

suite('a subscription', () => {
  test('begins with the rows as they are, and goes on with each committed change', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await values.put(['moon', 1], ['sun', 2]);
    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));

    const first = await reading.next();
    await values.put(['sun', 3], ['sea', 4], ['sun', null]);

    assert.deepEqual(first, {
      kind: 'snapshot',
      rows: [
        ['moon', { value: 1, timestamp: 10 }],
        ['sun', { value: 2, timestamp: 10 }],
      ],
      position: [{ topic: changelog, partition: 0, offset: 1 }],
    });
    assert.deepEqual(await reading.next(), {
      kind: 'change',
      key: 'sun',
      value: 3,
      timestamp: 10,
      position: [{ topic: changelog, partition: 0, offset: 2 }],
    });
    assert.deepEqual(await reading.lines(2), ['sea=4', 'sun gone']);
  });

  test('to one key is told of that key alone, also when there is no row yet', async () => {
    await using world = await World.open(3);
    const values = await ValuedApp.start(world);
    await values.put(['moon', 1]);
    await using ofSun = new Reading(values.app.subscribe(values.table, { key: 'sun' }));
    await using ofMoon = new Reading(values.app.subscribe(values.table, { key: 'moon' }));
    assert.deepEqual(await ofSun.lines(1), ['snapshot']);
    assert.deepEqual(await ofMoon.lines(1), ['snapshot moon=1']);

    await values.put(['moon', 2], ['sun', 3], ['moon', null], ['sun', 4]);

    assert.deepEqual(await ofSun.lines(2), ['sun=3', 'sun=4']);
    assert.deepEqual(await ofMoon.lines(2), ['moon=2', 'moon gone']);
  });

  test('to a prefix is told of the keys that begin with it', async () => {
    await using world = await World.open(3);
    const values = await ValuedApp.start(world);
    await values.put(['sea', 1], ['sun', 2], ['moon', 3]);
    await using reading = new Reading(values.app.subscribe(values.table, { prefix: 'se' }));
    assert.deepEqual(await reading.lines(1), ['snapshot sea=1']);

    await values.put(['sun', 4], ['seal', 5], ['sea', null]);

    assert.deepEqual(await reading.lines(2), ['seal=5', 'sea gone']);
  });

  test('goes on behind the position of an earlier event', async () => {
    await using world = await World.open(3);
    const values = await ValuedApp.start(world);
    await values.put(['sea', 1], ['sun', 2], ['moon', 3]);
    await using first = new Reading(values.app.subscribe(values.table, { all: true }));
    await first.next();
    await values.put(['sea', 4]);
    const { position } = await first.next();
    await first.leave();

    await values.put(['sun', 5], ['sea', 6]);
    const options = { all: true, from: position } as const;
    await using second = new Reading(values.app.subscribe(values.table, options));

    const missed = await second.lines(2);
    await values.put(['moon', 7]);
    assert.deepEqual(missed.toSorted(), ['sea=6', 'sun=5']);
    assert.deepEqual(await second.lines(1), ['moon=7']);
  });

  test('goes on after a restart of the application', async () => {
    await using world = await World.open(3);
    const before = await ValuedApp.start(world);
    await before.put(['sea', 1], ['sun', 2]);
    const reading = new Reading(before.app.subscribe(before.table, { all: true }));
    const { position } = await reading.next();
    await before.put(['sea', 3]);
    await before.app.close();

    const after = await ValuedApp.start(world);
    const options = { all: true, from: position } as const;
    await using second = new Reading(after.app.subscribe(after.table, options));

    assert.deepEqual(await second.lines(1), ['sea=3']);
  });

  test('is told a snapshot again when the changelog has no more what came next', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await values.put(['sea', 1]);
    await using first = new Reading(values.app.subscribe(values.table, { all: true }));
    const { position } = await first.next();
    await values.put(['sun', 2], ['sea', null]);

    const end = { topic: changelog, partition: 0, offset: 3 };
    await world.port.admin.deleteRecords([end]);
    const options = { all: true, from: position } as const;
    await using second = new Reading(values.app.subscribe(values.table, options));

    assert.deepEqual(await second.lines(1), ['snapshot sun=2']);
  });

  test('is told a snapshot again when its position is behind the changelog’s end', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await values.put(['sea', 1]);
    const from = [{ topic: changelog, partition: 0, offset: 7 }];

    await using reading = new Reading(values.app.subscribe(values.table, { all: true, from }));

    assert.deepEqual(await reading.lines(1), ['snapshot sea=1']);
  });

  test('sees windows, each with its times', async () => {
    await using world = await World.open();
    const builder = new StreamsBuilder();
    const table = builder
      .stream(words)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
      .count({ name: 'per-ten' });
    const app = world.app({ topology: builder.build() });
    await app.start();
    await using producer = world.log.producer();
    const send = async (key: string, timestamp: number) => {
      const after = await producer.send(words, { key, value: 1, timestamp });
      await app.store(table).get(key, 0, { after });
    };
    await send('sun', 3);
    const window = { startMs: 10, endMs: 20 };
    await using all = new Reading(app.subscribe(table, { all: true }));
    await using one = new Reading(app.subscribe(table, { key: { key: 'sun', window } }));
    const prefix = Buffer.from('su');
    await using some = new Reading(app.subscribe(table, { prefix }));

    const snapshots = [await all.next(), await one.next(), await some.next()];
    await send('sun', 12);
    const changes = [await all.next(), await one.next(), await some.next()];

    const first = { key: 'sun', window: { startMs: 0, endMs: 10 } };
    const rows = snapshots.map((event) => event.kind === 'snapshot' && event.rows);
    assert.deepEqual(rows, [
      [[first, { value: 1, timestamp: 3 }]],
      [],
      [[first, { value: 1, timestamp: 3 }]],
    ]);
    for (const change of changes) {
      assert.ok(change.kind === 'change');
      assert.deepEqual(change.key, { key: 'sun', window });
      assert.equal(change.value, 1);
    }
  });

  test('to a store without timestamps has −1 for them in a snapshot', async () => {
    await using world = await World.open();
    const plain = keyValueStore({ name: 'plain', key: utf8, value: int64 });
    const builder = new StreamsBuilder();
    builder.stream(words).process({
      stores: { plain },
      init:
        ({ stores }) =>
        ({ key, value }) =>
          stores.plain.put(key, value),
    });
    const app = world.app({ topology: builder.build() });
    await app.start();
    await using producer = world.log.producer();
    const after = await producer.send(words, { key: 'sun', value: 1, timestamp: 5 });
    await app.store(plain).get('sun', { after });

    await using reading = new Reading(app.subscribe(plain, { all: true }));
    const snapshot = await reading.next();
    await producer.send(words, { key: 'sun', value: 2, timestamp: 6 });
    const change = await reading.next();

    assert.ok(snapshot.kind === 'snapshot' && change.kind === 'change');
    assert.deepEqual(snapshot.rows, [['sun', { value: 1, timestamp: -1 }]]);
    assert.deepEqual([change.value, change.timestamp], [2, 6]);
  });
});

suite('a subscription ends', () => {
  test('when its loop is left, and then nothing is held', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await values.put(['sun', 1]);
    const before = world.port.consumers;

    for await (const _event of values.app.subscribe(values.table, { all: true })) break;

    assert.equal(world.port.consumers, before);
  });

  test('when it is left while it waits', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const before = world.port.consumers;
    const events = values.app.subscribe(values.table, { all: true })[Symbol.asyncIterator]();
    await events.next();

    const waiting = events.next();
    await events.return?.();

    assert.deepEqual(await waiting, { done: true, value: undefined });
    assert.equal(world.port.consumers, before);
  });

  test('when its signal is aborted', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const { signal, abort } = aborting();
    await using reading = new Reading(values.app.subscribe(values.table, { all: true, signal }));
    await reading.next();
    const waiting = reading.step();

    abort();

    assert.equal((await waiting).done, true);
    const late = new Reading(values.app.subscribe(values.table, { all: true, signal }));
    assert.equal((await late.step()).done, true);
  });

  test('with the application, when that is closed', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const before = world.port.consumers;
    const reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();
    const waiting = reading.step();

    await values.app.close();

    assert.equal((await waiting).done, true);
    assert.ok(world.port.consumers < before);
  });

  test('with an error when the application is abandoned', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();
    const waiting = reading.step();
    waiting.catch(() => undefined);

    values.app.abandon();

    await assert.rejects(waiting, unavailable('failed or was abandoned'));
    assert.equal((await reading.step()).done, true);
  });

  test('with an error when the application fails', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    const reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();
    const waiting = reading.step();
    waiting.catch(() => undefined);

    world.port.ends.push('fenced');
    await values.send('sun', 1);

    await assert.rejects(waiting, unavailable('failed or was abandoned'));
  });

  test('with an error when its changelog cannot be read', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();

    await world.port.admin.deleteTopics([changelog]);

    await assert.rejects(reading.step(), unavailable('its changelog cannot be read'));
  });

  test('with an error when a serde refuses what the changelog has', async () => {
    await using world = await World.open();
    const values = await ValuedApp.start(world);
    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));
    await reading.next();

    await using producer = world.log.producer();
    const foreign = topic(changelog, { key: utf8, value: utf8 });
    await producer.send(foreign, { key: 'sun', value: 'no number' });

    await assert.rejects(reading.step(), (error) => {
      assert.ok(error instanceof DecodeError);
      assert.deepEqual(error.position, { topic: changelog, partition: 0, offset: 0 });
      return true;
    });
  });
});

suite('subscribing', () => {
  test('is refused where there is no changelog to read, with what to do', async () => {
    await using world = await World.open();
    const builder = new StreamsBuilder();
    const table = builder.table(words, { name: 'values', changelog: 'none' });
    const app = world.app({ topology: builder.build() });

    assert.throws(
      () => app.subscribe(table, { all: true }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        return /keeps no changelog.*leave out changelog: 'none'/.test(error.message);
      },
    );
  });

  test('is refused with a buffer of no size, and a key that no row can have', async () => {
    await using world = await World.open();
    const { app, table } = await ValuedApp.start(world);

    assert.throws(() => app.subscribe(table, { all: true, maxBuffered: 0 }), ConfigError);
    assert.throws(() => app.subscribe(table, { key: '\ud800' }), ConfigError);
  });

  test('to an application that does not run fails when it is looped over', async () => {
    await using world = await World.open();
    const values = new ValuedApp(world);
    const subscribe = () => new Reading(values.app.subscribe(values.table, { all: true }));

    await assert.rejects(subscribe().step(), unavailable('not running'));
    await values.app.start();
    await values.app.close();
    await assert.rejects(subscribe().step(), unavailable('it has been closed'));
  });

  test('waits for a start that is under way', async () => {
    await using world = await World.open();
    const values = new ValuedApp(world);
    const started = values.app.start();

    await using reading = new Reading(values.app.subscribe(values.table, { all: true }));

    assert.deepEqual(await reading.lines(1), ['snapshot']);
    await started;
  });

  test('from a position of another topic is refused, and so is waiting for a change', async () => {
    await using world = await World.open();
    const { app, table } = await ValuedApp.start(world);
    const from = [{ topic: 'words', partition: 0, offset: 0 }];
    const after = { topic: changelog, partition: 0, offset: 0 };

    const reading = new Reading(app.subscribe(table, { all: true, from }));

    await assert.rejects(reading.step(), (error) => {
      return (
        error instanceof ConfigError && error.message.includes(`words-0@0 is not in ${changelog}`)
      );
    });
    await assert.rejects(app.store(table).get('sun', { after }), (error) => {
      return error instanceof ConfigError && /places in the changelog/.test(error.message);
    });
  });
});

test('of many subscriptions to a store one reads its changelog', async () => {
  await using world = await World.open();
  const values = await ValuedApp.start(world);
  const before = world.port.consumers;
  const subscribe = () => new Reading(values.app.subscribe(values.table, { all: true }));
  const readings = Array.from({ length: 20 }, subscribe);
  for (const reading of readings) await reading.next();
  const waiting = readings.map((reading) => reading.lines(1));

  await until('they wait', () => world.port.consumers === before + 1);
  await values.put(['sun', 1]);

  for (const lines of await Promise.all(waiting)) assert.deepEqual(lines, ['sun=1']);
  for (const reading of readings) await reading.leave();
  assert.equal(world.port.consumers, before);
});

function aborting() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

function unavailable(why: string) {
  return (error: unknown) => error instanceof StoreUnavailableError && error.message.includes(why);
}
