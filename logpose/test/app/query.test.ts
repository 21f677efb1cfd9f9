import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { timestampedKeyValueStore } from '../../src/store/store-definition.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { until, World } from './app-kit.ts';
import { counting, counts, words } from './counting-topology.ts';

suite('a read by key', () => {
  test('finds what is committed, and how far the store has read', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    const app = world.app({ topology });
    await app.start();
    await using producer = world.log.producer();
    await producer.send(words, { key: 'sun', value: 1, timestamp: 5 });
    const after = await producer.send(words, { key: 'sun', value: 1, timestamp: 7 });

    assert.deepEqual(await app.store(table).get('sun', { after }), {
      state: 'found',
      value: 2,
      timestamp: 7,
      position: [{ topic: 'words', partition: 0, offset: 1 }],
    });
    assert.deepEqual(await app.store(table).get('moon'), {
      state: 'absent',
      position: [{ topic: 'words', partition: 0, offset: 1 }],
    });
  });

  test('looks where the default partitioner puts the key', async () => {
    await using world = await World.open(5);
    const { topology, table } = direct();
    const app = world.app({ topology });
    await app.start();
    await using producer = world.log.producer();
    const list = Array.from({ length: 30 }, (_, at) => `word-${at}`);

    for (const key of list) {
      const after = await producer.send(words, { key, value: 1 });
      const answer = await app.store(table).get(key, { after });
      assert.equal(answer.state, 'found', key);
    }
  });

  test('of a windowed key looks where the partitioner puts its key without window', async () => {
    await using world = await World.open(5);
    const builder = new StreamsBuilder();
    const table = builder
      .stream(words)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
      .count({ name: 'per-window' })
      .mapValues((count) => count * 10)
      .materialize({ name: 'tens', value: int64 });
    const app = world.app({ topology: builder.build() });
    await app.start();
    await using producer = world.log.producer();
    const window = { startMs: 0, endMs: 10 };

    for (const key of ['sun', 'moon', 'sea', 'sand', 'salt', 'sky']) {
      const after = await producer.send(words, { key, value: 1, timestamp: 5 });
      const answer = await app.store(table).get({ key, window }, { after });
      assert.equal(answer.state, 'found', key);
    }
  });

  test('behind a position asks for an early commit', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    const app = world.app({ topology, commitIntervalMs: 3_600_000 });
    await app.start();
    await app.ready();
    await using producer = world.log.producer();

    const after = await producer.send(words, { key: 'sun', value: 1 });
    const answer = await app.store(table).get('sun', { after });

    assert.equal(answer.state, 'found');
  });

  test('does not see what is not committed', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    const app = world.app({ topology, commitIntervalMs: 3_600_000 });
    await app.start();
    await world.send('sun');
    await until('it is processed', () => app.metrics().some((each) => each.value === 1));

    const answer = await app.store(table).get('sun');

    assert.equal(answer.state, 'absent');
  });

  test('does not see what an aborted transaction wrote', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    world.port.ends.push('abort');
    const app = world.app({ topology });
    await app.start();
    await using producer = world.log.producer();
    const after = await producer.send(words, { key: 'sun', value: 1 });

    const answer = await app.store(table).get('sun', { after });

    assert.ok(answer.state === 'found' && answer.value === 1);
  });

  test('that waits longer than timeoutMs is told so', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    const clock = new ManualClock();
    const app = world.app({ topology }, { surroundings: clock });
    await app.start();
    await app.ready();
    const after = { topic: 'words', partition: 0, offset: 0 };

    const asked = app.store(table).get('sun', { after, timeoutMs: 50 });
    clock.advance(50);

    assert.deepEqual(await asked, { state: 'unavailable', reason: 'timeout' });
  });

  test('waits for positions of the own input only', async () => {
    await using world = await World.open();
    const { topology, table } = counting();
    const app = world.app({ topology });
    await app.start();
    const after = { topic: 'words', partition: 0, offset: 0 };

    await assert.rejects(app.store(table).get('sun', { after }), (error) => {
      assert.ok(error instanceof ConfigError);
      return /words-0@0.*app-by-word-repartition/.test(error.message);
    });
  });

  test('says when there is nothing to read from', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    const app = world.app({ topology });
    const reader = app.store(table);

    const before = await reader.get('sun');
    await app.close();

    assert.deepEqual(before, { state: 'unavailable', reason: 'not-running' });
    assert.deepEqual(await reader.get('sun'), { state: 'unavailable', reason: 'closed' });
  });

  test('says that the store restores, and how much is left', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    await world.send('sun', 'moon');
    await world.app({ topology }).runUntilEnd();
    const blocked = Promise.withResolvers<void>();
    world.port.beforePoll = () => blocked.promise;
    const app = world.app({ topology });
    await app.start();
    await until('it restores', async () => {
      const answer = await app.store(table).get('sun');
      return answer.state === 'restoring' && answer.lag === 2;
    });

    blocked.resolve();

    await app.ready();
    assert.equal((await app.store(table).get('sun')).state, 'found');
  });

  test('of a key that its serde refuses is refused by the promise', async () => {
    await using world = await World.open();
    const { topology, table } = counting();
    const app = world.app({ topology });
    await app.start();
    await app.ready();

    const answer = app.store(table).get('\ud800');

    await assert.rejects(answer, (error) => error instanceof ConfigError);
  });

  test('of a store that the topology does not have is refused', async () => {
    await using world = await World.open();
    const app = world.app();
    const other = timestampedKeyValueStore({ name: 'other', key: utf8, value: int64 });

    assert.throws(() => app.store(other), ConfigError);
  });
});

suite('a scan', () => {
  test('goes over all partitions, in key order within each', async () => {
    await using world = await World.open(3);
    const { topology, table } = direct();
    const app = world.app({ topology });
    await app.start();
    await using producer = world.log.producer();
    const after = [];
    for (const key of ['sun', 'moon', 'sea', 'stars']) {
      after.push(await producer.send(words, { key, value: 1 }));
    }

    const all = await keys(app.store(table).range({}, { after: latest(after) }));

    assert.deepEqual(all.toSorted(), ['moon', 'sea', 'stars', 'sun']);
    assert.deepEqual((await keys(app.store(table).prefix('s'))).toSorted(), [
      'sea',
      'stars',
      'sun',
    ]);
    assert.deepEqual((await keys(app.store(table).range({ gte: 'sea', lt: 'sun' }))).toSorted(), [
      'sea',
      'stars',
    ]);
    assert.equal((await keys(app.store(table).range({ limit: 2 }))).length, 2);
  });

  test('sees the store as it was when it began', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    const app = world.app({ topology });
    await app.start();
    await using producer = world.log.producer();
    await producer.send(words, { key: 'moon', value: 1 });
    const first = await producer.send(words, { key: 'sun', value: 1 });
    const seen: string[] = [];

    for await (const { key, value } of app.store(table).range({}, { after: first })) {
      seen.push(`${key}=${value}`);
      const after = await producer.send(words, { key: 'sun', value: 1 });
      await app.store(table).get('sun', { after });
    }

    assert.deepEqual(seen, ['moon=1', 'sun=1']);
  });

  test('ends with an error when time runs out, or the application is closed', async () => {
    await using world = await World.open();
    const { topology, table } = direct();
    const clock = new ManualClock();
    const app = world.app({ topology, commitIntervalMs: 0 }, { surroundings: clock });
    await app.start();
    await world.send('sun', 'moon');
    await until('both', async () => (await keys(app.store(table).range())).length === 2);
    const late = app.store(table).range({}, { timeoutMs: 100 })[Symbol.asyncIterator]();
    const closed = app.store(table).range()[Symbol.asyncIterator]();
    await late.next();
    await closed.next();

    clock.advance(100);
    await assert.rejects(late.next(), unavailable('longer than timeoutMs'));
    await app.close();
    await assert.rejects(closed.next(), unavailable('it has been closed'));
    await assert.rejects(keys(app.store(table).range()), unavailable('it has been closed'));
  });
});

test('windows are read by key and start, by key, and all of them', async () => {
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
  await producer.send(words, { key: 'sun', value: 1, timestamp: 3 });
  await producer.send(words, { key: 'moon', value: 1, timestamp: 4 });
  const after = await producer.send(words, { key: 'sun', value: 1, timestamp: 12 });
  const reader = app.store(table);

  const answer = await reader.get('sun', 10, { after });
  const ofSun = await shown(reader.fetch('sun', { fromMs: 0, toMs: 10 }));
  const all = await shown(reader.fetchAll());

  assert.ok(answer.state === 'found' && answer.value === 1 && answer.timestamp === 12);
  assert.deepEqual(ofSun, ['sun@10=1']);
  assert.deepEqual(all, ['sun@10=1']);
});

/** Counts without a repartition topic: the store's own input is `words`. */
function direct() {
  const builder = new StreamsBuilder();
  const table = builder.stream(words).groupByKey().count({ name: 'word-counts' });
  table.toStream().to(counts);
  return { topology: builder.build(), table };
}

async function keys(rows: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of rows) found.push(key);
  return found;
}

async function shown(
  rows: AsyncIterable<{
    readonly key: { readonly key: string; readonly window: { readonly startMs: number } };
    readonly value: number;
  }>,
): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, value } of rows) found.push(`${key.key}@${key.window.startMs}=${value}`);
  return found;
}

function latest(positions: readonly { topic: string; partition: number; offset: number }[]) {
  return [...new Map(positions.map((each) => [each.partition, each])).values()];
}

function unavailable(why: string) {
  return (error: unknown) => error instanceof StoreUnavailableError && error.message.includes(why);
}
