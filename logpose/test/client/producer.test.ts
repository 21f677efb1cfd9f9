import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { must } from '../../src/base/assert.ts';
import { portOf } from '../../src/client/create-log.ts';
import type { Log } from '../../src/client/log.ts';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import { ProduceError } from '../../src/errors/record-errors.ts';
import { readBatchHeader } from '../../src/log/batch-header.ts';
import { headersOf } from '../../src/record/headers.ts';
import { topic } from '../../src/record/topic.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { readRecords } from '../contract/log-records.ts';
import { openLog, orders, payments, text } from './text-topics.ts';

suite('a producer', () => {
  test('answers with where the record stands', async () => {
    await using log = await openLog();
    await using producer = log.producer();

    const positions = [
      await producer.send(payments, { key: 'ada', value: '1' }),
      await producer.send(payments, { key: 'ada', value: '2' }),
    ];

    assert.deepEqual(positions, [
      { topic: 'payments', partition: 0, offset: 0 },
      { topic: 'payments', partition: 0, offset: 1 },
    ]);
  });

  test('writes key, value, time and headers; null is a tombstone', async () => {
    await using log = await openLog();
    await using producer = log.producer();
    const headers = headersOf([['header', Buffer.from('x')]]);
    await producer.send(payments, { key: 'ada', value: 'tea', timestamp: 5, headers });
    await producer.send(payments, { key: 'ada', value: null, timestamp: 6 });

    const consumer = portOf(log).consumer();
    consumer.assign([{ topic: 'payments', partition: 0, offset: 0 }]);
    const read = await readRecords(consumer, 2);

    assert.deepEqual(
      read.map(({ key, value, timestamp, header }) => [key, value, timestamp, header]),
      [
        ['ada', 'tea', 5, 'x'],
        ['ada', null, 6, undefined],
      ],
    );
  });

  test('puts a key where Kafka puts it, and a record where it is told to', async () => {
    await using log = await openLog();
    await using producer = log.producer();

    const byKey = await producer.send(orders, { key: 'ada', value: 'x' });
    const told = await producer.send(orders, { key: 'ada', value: 'x', partition: 0 });

    assert.equal(byKey.partition, 1);
    assert.equal(told.partition, 0);
  });

  test('gathers what one turn sends, in the order of the calls', async () => {
    await using log = await openLog();
    await using producer = log.producer();

    const sent = Array.from({ length: 1000 }, (_, index) =>
      producer.send(payments, { key: 'ada', value: String(index) }),
    );

    const offsets = (await Promise.all(sent)).map((position) => position.offset);
    assert.deepEqual(
      offsets,
      sent.map((_, index) => index),
    );
    assert.equal(await countBatches(log), 1);
  });

  test('lets no more bytes wait than allowed', async () => {
    await using log = await openLog();
    await using producer = log.producer({ maxPendingBytes: 10 });

    const sent = Array.from({ length: 50 }, (_, index) =>
      producer.send(payments, { key: 'a', value: `value ${index}` }),
    );

    const offsets = (await Promise.all(sent)).map((position) => position.offset);
    assert.deepEqual(
      offsets,
      sent.map((_, index) => index),
    );
  });

  test('counts headers, and records without key and value', async () => {
    await using log = await openLog();
    await using producer = log.producer({ maxPendingBytes: 1_000 });
    const headers = headersOf([['note', Buffer.alloc(900)]]);
    const empty = topic('payments', { key: nullable(text), value: nullable(text) });

    const sent = Array.from({ length: 10 }, () =>
      producer.send(empty, { key: null, value: null, headers }),
    );

    const offsets = (await Promise.all(sent)).map((position) => position.offset);
    assert.deepEqual(offsets, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(await countBatches(log), 10);
  });

  test('refuses what its serde refuses, and goes on', async () => {
    await using log = await openLog();
    await using producer = log.producer();

    const refused = producer.send(payments, { key: 'ada', value: 'bad' });

    await assert.rejects(refused, isProduceError('ENCODE_FAILED'));
    assert.equal((await producer.send(payments, { key: 'ada', value: 'good' })).offset, 0);
  });

  test('refuses a topic and a partition that are not there', async () => {
    await using log = await openLog();
    await using producer = log.producer();
    const nowhere = topic('nowhere', { key: text, value: text });

    const noTopic = producer.send(nowhere, { key: 'ada', value: 'x' });
    await assert.rejects(noTopic, isProduceError('PRODUCE_FAILED'));

    const noPartition = producer.send(orders, { key: 'ada', value: 'x', partition: 2 });
    await assert.rejects(noPartition, isProduceError('PRODUCE_FAILED'));
  });

  test('takes a topic that was created after a send had failed', async () => {
    await using log = await openLog();
    await using producer = log.producer();
    const late = topic('late', { key: text, value: text });
    await assert.rejects(producer.send(late, { key: 'ada', value: 'x' }));

    await log.admin.createTopics([{ topic: late, partitions: 1 }]);

    assert.equal((await producer.send(late, { key: 'ada', value: 'x' })).offset, 0);
  });

  test('sends what is waiting when it is closed, and nothing later', async () => {
    await using log = await openLog();
    const producer = log.producer({ lingerMs: 20 });
    const sent = producer.send(payments, { key: 'ada', value: 'x' });

    await producer.close();

    assert.equal((await sent).offset, 0);
    await assert.rejects(producer.send(payments, { key: 'ada', value: 'x' }), LogUnavailableError);
  });

  test('tells every sender that the log is closed', async () => {
    const log = await openLog();
    const producer = log.producer();
    await producer.send(payments, { key: 'ada', value: 'x' });
    await log[Symbol.asyncDispose]();

    const sent = [1, 2].map(() => producer.send(payments, { key: 'ada', value: 'x' }));

    for (const each of sent) await assert.rejects(each, LogUnavailableError);
  });
});

async function countBatches(log: Log): Promise<number> {
  const consumer = portOf(log).consumer();
  consumer.assign([{ topic: 'payments', partition: 0, offset: 0 }]);
  const [fetched] = await consumer.poll(0);
  const { bytes } = must(fetched, 'something was sent');
  let count = 0;
  for (let at = 0; at < bytes.length; count++) at += readBatchHeader(bytes, at).sizeBytes;
  return count;
}

function isProduceError(code: ProduceError['code']) {
  return (error: unknown): boolean => error instanceof ProduceError && error.code === code;
}
