import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Batch, Consumer } from '../../src/client/consumer.ts';
import type { Log } from '../../src/client/log.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { PositionOutOfRangeError } from '../../src/errors/log-errors.ts';
import { DecodeError } from '../../src/errors/record-errors.ts';
import { type InputTopic, topic } from '../../src/record/topic.ts';
import { openLog, orders, payments, rawOrders, text } from './text-topics.ts';

suite('a consumer', () => {
  test('reads the records of its topics in batches', async () => {
    await using log = await openLog();
    await send(log, 'a', 'b');
    await using consumer = log.consumer({ topics: [payments], groupId: 'group' });

    const batch = await nextBatch(consumer);

    const [described] = await log.admin.describeTopics([payments]);
    const { records, ...position } = batch;
    assert.deepEqual(position, {
      topic: 'payments',
      topicId: described?.topicId,
      partition: 0,
      nextOffset: 2,
    });
    assert.deepEqual(
      records.map(({ headers: _, ...record }) => record),
      [
        { topic: 'payments', partition: 0, offset: 0, key: 'k', value: 'a', timestamp: 7 },
        { topic: 'payments', partition: 0, offset: 1, key: 'k', value: 'b', timestamp: 7 },
      ],
    );
  });

  test('waits for what comes later', async () => {
    await using log = await openLog();
    await using consumer = log.consumer({ topics: [payments], groupId: 'group' });
    const waiting = nextBatch(consumer);

    await send(log, 'late');

    assert.deepEqual(valuesIn(await waiting), ['late']);
  });

  test('goes on behind what its group has committed', async () => {
    await using log = await openLog();
    await send(log, 'a');
    const before = log.consumer({ topics: [payments], groupId: 'group' });
    await before.commit(await nextBatch(before));
    await before.close();
    await send(log, 'b');

    await using after = log.consumer({ topics: [payments], groupId: 'group' });

    assert.deepEqual(valuesIn(await nextBatch(after)), ['b']);
  });

  test('commits everything the loop was given when no batch is named', async () => {
    await using log = await openLog();
    await send(log, 'a');
    const before = log.consumer({ topics: [payments], groupId: 'group' });
    await nextBatch(before);
    await before.commit();
    await before.close();
    await send(log, 'b');

    await using after = log.consumer({ topics: [payments], groupId: 'group' });

    assert.deepEqual(valuesIn(await nextBatch(after)), ['b']);
  });

  test('begins at the end when told so', async () => {
    await using log = await openLog();
    await send(log, 'early');
    await using consumer = log.consumer({ topics: [payments], groupId: 'g', from: 'latest' });
    const ends = await consumer.endOffsets();
    const waiting = nextBatch(consumer);

    await send(log, 'late');

    assert.deepEqual(ends, [{ topic: 'payments', partition: 0, offset: 1 }]);
    assert.deepEqual(valuesIn(await waiting), ['late']);
  });

  test('begins with the first record that is not before a time', async () => {
    await using log = await openLog();
    for (const timestamp of [10, 30, 20]) await sendAt(log, timestamp);
    const from = { timestampMs: 15 };
    await using consumer = log.consumer({ topics: [payments], groupId: 'g', from });

    assert.deepEqual(valuesIn(await nextBatch(consumer)), ['at 30']);
    assert.deepEqual(valuesIn(await nextBatch(consumer)), ['at 20']);
  });

  test('begins at the end where no record is late enough', async () => {
    await using log = await openLog();
    await sendAt(log, 10);
    const from = { timestampMs: 11 };
    await using consumer = log.consumer({ topics: [payments], groupId: 'g', from });
    await consumer.endOffsets();
    const waiting = nextBatch(consumer);

    await sendAt(log, 5);

    assert.deepEqual(valuesIn(await waiting), ['at 5']);
  });

  test('goes on from progress, whatever time it was to begin with', async () => {
    await using log = await openLog();
    for (const timestamp of [10, 20, 30]) await sendAt(log, timestamp);
    const before = log.consumer({ topics: [payments], groupId: 'group' });
    await before.commit(await nextBatch(before));
    await before.close();
    const from = { timestampMs: 30 };

    await using after = log.consumer({ topics: [payments], groupId: 'group', from });

    assert.deepEqual(valuesIn(await nextBatch(after)), ['at 20']);
  });

  test('refuses to begin at a time that is none', async () => {
    await using log = await openLog();
    const from = { timestampMs: Number.NaN };
    await using consumer = log.consumer({ topics: [payments], groupId: 'g', from });

    await assert.rejects(nextBatch(consumer), ConfigError);
  });

  test('reads one partition from an offset', async () => {
    await using log = await openLog();
    await send(log, 'a', 'b', 'c');
    await using consumer = log.consumer({
      assignment: [{ topic: payments, partition: 0, offset: 2 }],
    });

    assert.deepEqual(valuesIn(await nextBatch(consumer)), ['c']);
    await assert.rejects(consumer.commit(), ConfigError);
  });

  test('forgets what it had fetched when it seeks', async () => {
    await using log = await openLog();
    for (const value of ['a', 'b', 'c']) await send(log, value);
    await using consumer = log.consumer({ topics: [payments], groupId: 'group' });
    assert.deepEqual(valuesIn(await nextBatch(consumer)), ['a']);

    consumer.seek({ topic: 'payments', partition: 0, offset: 2 });

    assert.deepEqual(valuesIn(await nextBatch(consumer)), ['c']);
  });

  test('seeks while it waits', async () => {
    await using log = await openLog();
    await send(log, 'a');
    await using consumer = log.consumer({ topics: [payments], groupId: 'group' });
    await nextBatch(consumer);
    const waiting = nextBatch(consumer);

    consumer.seek({ topic: 'payments', partition: 0, offset: 0 });

    assert.deepEqual(valuesIn(await waiting), ['a']);
  });

  test('reads several topics, and all topics that match a pattern', async () => {
    await using log = await openLog();
    await send(log, 'payment');
    await log.producer().send(orders, { key: 'k', value: 'order' });
    const matching = { pattern: /^(orders|payments)$/, key: text, value: text };
    const choices: readonly (readonly InputTopic<string, string>[])[] = [
      [orders, payments],
      [matching],
    ];

    for (const topics of choices) {
      await using consumer = log.consumer({ topics, groupId: 'group' });
      const read = [await nextBatch(consumer), await nextBatch(consumer)].flatMap(valuesIn);
      assert.deepEqual(read.toSorted(), ['order', 'payment']);
    }
  });

  test('does not read a topic of whose name a pattern matches only a part', async () => {
    await using log = await openLog();
    await log.producer().send(orders, { key: 'k', value: 'order' });
    await send(log, 'payment');
    const matching = { pattern: /order|payments/, key: text, value: text };

    await using consumer = log.consumer({ topics: [matching], groupId: 'group' });

    assert.deepEqual(valuesIn(await nextBatch(consumer)), ['payment']);
  });

  test('says which record its serde refused, and goes on behind it', async () => {
    await using log = await openLog();
    const producer = log.producer();
    await producer.send(rawOrders, { key: 'k', value: 'bad', partition: 0 });
    await producer.send(rawOrders, { key: 'k', value: 'good', partition: 0 });
    await using consumer = log.consumer({ topics: [orders], groupId: 'group' });

    await assert.rejects(nextBatch(consumer), (error: unknown) => {
      assert(error instanceof DecodeError);
      assert.deepEqual(error.position, { topic: 'orders', partition: 0, offset: 0 });
      assert.equal(error.part, 'value');
      return true;
    });
    consumer.seek({ topic: 'orders', partition: 0, offset: 1 });

    assert.deepEqual(valuesIn(await nextBatch(consumer)), ['good']);
  });

  test('says that its next record was deleted', async () => {
    await using log = await openLog();
    await send(log, 'a', 'b');
    await log.admin.deleteRecords([{ topic: 'payments', partition: 0, offset: 1 }]);
    await using consumer = log.consumer({
      assignment: [{ topic: payments, partition: 0, offset: 0 }],
    });

    await assert.rejects(nextBatch(consumer), PositionOutOfRangeError);
  });

  test('cannot read a topic that is not there', async () => {
    await using log = await openLog();
    const nowhere = topic('nowhere', { key: text, value: text });
    await using consumer = log.consumer({ topics: [nowhere], groupId: 'group' });

    await assert.rejects(nextBatch(consumer), ConfigError);
  });

  test('ends its loop when it is closed', async () => {
    await using log = await openLog();
    const consumer = log.consumer({ topics: [payments], groupId: 'group' });
    const batches: unknown[] = [];
    const loop = (async () => {
      for await (const batch of consumer) batches.push(batch);
    })();

    await consumer.close();

    await loop;
    assert.deepEqual(batches, []);
  });
});

/** Sends values to payments, in one batch. */
async function send(log: Log, ...values: readonly string[]): Promise<void> {
  const producer = log.producer();
  await Promise.all(
    values.map((value) => producer.send(payments, { key: 'k', value, timestamp: 7 })),
  );
}

async function sendAt(log: Log, timestamp: number): Promise<void> {
  await log.producer().send(payments, { key: 'k', value: `at ${timestamp}`, timestamp });
}

async function nextBatch<K, V>(consumer: Consumer<K, V>): Promise<Batch<K, V>> {
  for await (const batch of consumer) return batch;
  throw new Error('the consumer was closed');
}

function valuesIn<V>(batch: Batch<unknown, V>): readonly V[] {
  return batch.records.map((record) => record.value);
}
