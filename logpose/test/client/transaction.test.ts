import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { portOf } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { FencedError } from '../../src/errors/log-errors.ts';
import { ProduceError } from '../../src/errors/record-errors.ts';
import { topic } from '../../src/record/topic.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { readValues } from '../contract/log-records.ts';
import { openLog, orders, payments, text } from './text-topics.ts';

const transactionalId = 'writer';

suite('a transactional producer', () => {
  test('commits what its function sends, and returns what it returns', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId });

    const answer = await producer.transaction(async (tx) => {
      const place = await tx.send(orders, { key: 'ada', value: 'order' });
      void tx.send(payments, { key: 'ada', value: 'payment' });
      return place.partition;
    });

    assert.equal(answer, 1);
    assert.deepEqual(await valuesOf(log, 'orders', 1), ['order']);
    assert.deepEqual(await valuesOf(log, 'payments', 0), ['payment']);
  });

  test('aborts when its function throws, with that error', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId });
    const failing = producer.transaction(async (tx) => {
      await tx.send(payments, { key: 'ada', value: 'never' });
      throw new RangeError('no');
    });

    await assert.rejects(failing, RangeError);

    await producer.transaction((tx) => tx.send(payments, { key: 'ada', value: 'a' }));
    assert.deepEqual(await valuesOf(log, 'payments', 0), ['a']);
  });

  test('aborts when a send fails that nobody awaited', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId });

    const failing = producer.transaction(async (tx) => {
      void tx.send(payments, { key: 'ada', value: 'never' });
      void tx.send(payments, { key: 'ada', value: 'bad' });
    });

    await assert.rejects(failing, ProduceError);
    const [range] = await portOf(log).admin.offsetRanges([{ topic: 'payments', partition: 0 }]);
    assert.equal(range?.endOffset, 0);
  });

  test('runs one transaction after the other', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId });

    await Promise.all(
      ['a', 'b', 'c'].map((value) =>
        producer.transaction((tx) => tx.send(payments, { key: 'ada', value })),
      ),
    );

    assert.deepEqual(await valuesOf(log, 'payments', 0), ['a', 'b', 'c']);
  });

  test('is fenced by a later producer of its id', async () => {
    await using log = await openLog();
    await using older = log.producer({ transactionalId });
    await older.transaction(async () => undefined);
    await using newer = log.producer({ transactionalId });
    await newer.transaction(async () => undefined);

    const fenced = older.transaction((tx) => tx.send(payments, { key: 'ada', value: 'never' }));

    await assert.rejects(fenced, FencedError);
  });

  test('holds no more than allowed', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId, maxPendingBytes: 10 });

    const tooMuch = producer.transaction((tx) =>
      tx.send(payments, { key: 'ada', value: 'more than ten bytes' }),
    );

    await assert.rejects(tooMuch, ProduceError);
  });

  test('counts records without key and value too', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId, maxPendingBytes: 10_000 });
    const empty = topic('payments', { key: nullable(text), value: nullable(text) });
    let sent = 0;

    const tooMany = producer.transaction(async (tx) => {
      for (; sent < 10_000; sent++) await tx.send(empty, { key: null, value: null });
    });

    await assert.rejects(tooMany, ProduceError);
    assert.ok(sent < 1_000, `${sent} were taken`);
  });

  test('lets no more transactions wait than allowed', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId, maxWaitingTransactions: 2 });
    const send = (value: string) =>
      producer.transaction((tx) => tx.send(payments, { key: 'ada', value }));

    const answers = await Promise.allSettled(['a', 'b', 'c', 'd'].map(send));

    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
    );
    const [, , , refused] = answers;
    assert.match(String(refused?.status === 'rejected' && refused.reason), /2 transactions of/);
    await send('e');
    assert.deepEqual(await valuesOf(log, 'payments', 0), ['a', 'b', 'c', 'e']);
  });

  test('takes nothing after its function has ended', async () => {
    await using log = await openLog();
    await using producer = log.producer({ transactionalId });
    const tx = await producer.transaction(async (open) => ({ open }));

    await assert.rejects(tx.open.send(payments, { key: 'ada', value: 'late' }), ProduceError);
  });

  test("commits a consumer's progress with its records", async () => {
    await using log = await openLog();
    await log.producer().send(orders, { key: 'ada', value: 'order' });
    await using consumer = log.consumer({ topics: [orders], groupId: 'relay' });
    await using producer = log.producer({ transactionalId });

    for await (const batch of consumer) {
      await producer.transaction(async (tx) => {
        tx.sendOffsets(consumer, batch);
        await tx.send(payments, { key: 'ada', value: 'paid' });
      });
      break;
    }

    const [committed] = await portOf(log).admin.committedOffsets('relay', [
      { topic: 'orders', partition: 1 },
    ]);
    assert.equal(committed?.offset, 1);
  });

  test('cannot commit the progress of a consumer without a group', async () => {
    await using log = await openLog();
    await using consumer = log.consumer({ assignment: [{ topic: orders, partition: 0 }] });
    await using producer = log.producer({ transactionalId });
    const batch = { topic: 'orders', topicId: '', partition: 0, nextOffset: 1 };

    const refused = producer.transaction(async (tx) => tx.sendOffsets(consumer, batch));

    await assert.rejects(refused, ConfigError);
  });
});

async function valuesOf(log: Log, topic: string, partition: number) {
  const port = portOf(log);
  const [range] = await port.admin.offsetRanges([{ topic, partition }]);
  const consumer = port.consumer();
  consumer.assign([{ topic, partition, offset: 0 }]);
  return readValues(consumer, range?.endOffset ?? 0);
}
