import assert from 'node:assert/strict';
import { LogUnavailableError, PositionOutOfRangeError } from '../../src/errors/log-errors.ts';
import type { LogConsumer, LogPort } from '../../src/log/log-port.ts';
import type { TopicPartition } from '../../src/record/topic-partition.ts';
import { type ContractCase, createTopics, first, noPartition, second } from './contract-case.ts';
import {
  batchOf,
  batchOfRecords,
  deadlineMs,
  readRecords,
  readValues,
  recordsIn,
} from './log-records.ts';

// Long enough that a case which waits for it has failed by its own deadline before.
const foreverMs = 60_000;
// What a poll that should find nothing is given.
const briefMs = 50;

export function logReadingCases(it: ContractCase): void {
  recordCases(it);
  waitingCases(it);
  positionCases(it);
  partitionCases(it);
  closingCases(it);
}

function recordCases(it: ContractCase): void {
  it('records come back as they were written', async (port) => {
    await createTopics(port);
    const records = [
      { key: 'ada', value: 'hello', timestamp: 1_700_000_000_000, header: undefined },
      { key: null, value: '', timestamp: 0, header: 'grüße' },
      { key: '', value: null, timestamp: 1_600_000_000_000, header: '' },
    ];
    await port.producer().append(first, batchOfRecords(records));

    const read = await readRecords(readerAt(port, [first]), 3);

    assert.deepEqual(
      read,
      records.map((record, offset) => ({ ...first, offset, ...record })),
    );
  });

  it('a poll says where it began, where to go on and where the log ends', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b', 'c'));
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 1 }]);

    const fetched = await consumer.poll(deadlineMs);

    const places = fetched.map(({ bytes: _, ...place }) => place);
    assert.deepEqual(places, [{ ...first, fromOffset: 1, nextOffset: 3, endOffset: 3 }]);
    assert.deepEqual(
      recordsIn(fetched).map((record) => record.value),
      ['b', 'c'],
    );
  });

  it('fetched bytes stay what they are while the log goes on', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    const batch = batchOf('early');
    await producer.append(first, batch);
    const fetched = await readerAt(port, [first]).poll(deadlineMs);

    batch.clear();
    for (let round = 0; round < 20; round++) await producer.append(first, batchOf('later'));

    assert.deepEqual(
      recordsIn(fetched).map((record) => record.value),
      ['early'],
    );
  });
}

function waitingCases(it: ContractCase): void {
  it('a waiting poll ends when a record arrives', async (port) => {
    await createTopics(port);
    const consumer = readerAt(port, [first]);
    const waiting = consumer.poll(foreverMs);

    await port.producer().append(first, batchOf('at last'));

    assert.deepEqual(
      recordsIn(await waiting).map((record) => record.value),
      ['at last'],
    );
  });

  it('a waiting poll ends when a transaction commits', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId: 'id' });
    const waiting = readerAt(port, [first]).poll(foreverMs);
    const transaction = producer.begin();
    transaction.append(first, batchOf('at last'));

    await transaction.commit();

    assert.deepEqual(
      recordsIn(await waiting).map((record) => record.value),
      ['at last'],
    );
  });

  it('a poll that finds nothing is empty when its time is up', async (port) => {
    await createTopics(port);
    const consumer = readerAt(port, [first]);

    assert.deepEqual(await consumer.poll(briefMs), []);
    assert.deepEqual(await consumer.poll(0), []);
  });

  it('a poll without partitions waits like any other', async (port) => {
    const consumer = port.consumer();

    assert.deepEqual(await consumer.poll(briefMs), []);
  });

  it('wake ends a waiting poll', async (port) => {
    await createTopics(port);
    const consumer = readerAt(port, [first]);
    const waiting = consumer.poll(foreverMs);

    consumer.wake();

    assert.deepEqual(await waiting, []);
  });

  it('wake before a poll ends that poll and no other', async (port) => {
    await createTopics(port);
    const consumer = readerAt(port, [first]);
    consumer.wake();

    assert.deepEqual(await consumer.poll(foreverMs), []);

    const waiting = consumer.poll(foreverMs);
    await port.producer().append(first, batchOf('a'));
    assert.equal(recordsIn(await waiting).length, 1);
  });
}

function positionCases(it: ContractCase): void {
  it('polls go on behind one another, nothing twice and nothing left out', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    const values = Array.from({ length: 200 }, (_, index) => `value ${index}`);
    const consumer = port.consumer({ maxPartitionBytes: 1000 });
    consumer.assign([{ ...first, offset: 0 }]);

    const appended = values.map((value) => producer.append(first, batchOf(value)));
    const read = await readValues(consumer, values.length);

    await Promise.all(appended);
    assert.deepEqual(read, values);
  });

  it('a poll takes no more bytes than allowed, but at least one batch', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    for (const value of ['a', 'b', 'c']) await producer.append(first, batchOf(value.repeat(500)));
    const consumer = port.consumer({ maxPartitionBytes: 100 });
    consumer.assign([{ ...first, offset: 0 }]);

    const lengths = [];
    for (let poll = 0; poll < 3; poll++) {
      lengths.push(recordsIn(await consumer.poll(deadlineMs)).length);
    }

    assert.deepEqual(lengths, [1, 1, 1]);
  });

  it('assign moves a partition that is there', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b', 'c'));
    const consumer = readerAt(port, [first]);
    await readValues(consumer, 3);

    consumer.assign([{ ...first, offset: 2 }]);

    assert.deepEqual(await readValues(consumer, 1), ['c']);
  });

  it('a position behind the end is out of range', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b'));
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 3 }]);

    await assert.rejects(
      consumer.poll(deadlineMs),
      outOfRange(3, { startOffset: 0, endOffset: 2 }),
    );
  });

  it('a position below the start is out of range', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b'));
    await port.admin.deleteRecords([{ ...first, offset: 2 }]);

    const poll = readerAt(port, [first]).poll(deadlineMs);

    await assert.rejects(poll, outOfRange(0, { startOffset: 2, endOffset: 2 }));
  });

  it('a position out of range costs no other partition its records', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a'));
    const consumer = port.consumer();
    consumer.assign([
      { ...first, offset: 0 },
      { ...second, offset: 9 },
    ]);
    await assert.rejects(consumer.poll(deadlineMs), PositionOutOfRangeError);

    consumer.unassign([second]);

    assert.deepEqual(await readValues(consumer, 1), ['a']);
  });

  it('after a position out of range another one can be taken', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b'));
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 9 }]);
    await assert.rejects(consumer.poll(deadlineMs), PositionOutOfRangeError);

    consumer.assign([{ ...first, offset: 1 }]);

    assert.deepEqual(await readValues(consumer, 1), ['b']);
  });
}

function partitionCases(it: ContractCase): void {
  it('one consumer reads several partitions', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    await producer.append(first, batchOf('a'));
    await producer.append(second, batchOf('b'));

    const read = await readRecords(readerAt(port, [first, second]), 2);

    const places = read.map(({ topic, partition, value }) => [topic, partition, value]);
    assert.deepEqual(places.sort(), [
      ['first', 0, 'a'],
      ['second', 1, 'b'],
    ]);
  });

  it('consumers do not disturb one another', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b'));
    const consumers = [readerAt(port, [first]), readerAt(port, [first])];

    const read = await Promise.all(consumers.map((consumer) => readValues(consumer, 2)));

    assert.deepEqual(read, [
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('a paused partition is left out and goes on where it was', async (port) => {
    await createTopics(port);
    const producer = port.producer();
    const consumer = readerAt(port, [first, second]);
    consumer.pause(first);
    await producer.append(first, batchOf('a'));
    await producer.append(second, batchOf('b'));

    assert.deepEqual(await readValues(consumer, 1), ['b']);
    assert.deepEqual(await consumer.poll(briefMs), []);

    consumer.resume(first);
    assert.deepEqual(await readValues(consumer, 1), ['a']);
  });

  it('an unassigned partition is left out', async (port) => {
    await createTopics(port);
    const consumer = readerAt(port, [first, second]);
    consumer.unassign([first]);
    const producer = port.producer();
    await producer.append(first, batchOf('a'));
    await producer.append(second, batchOf('b'));

    assert.deepEqual(await readValues(consumer, 1), ['b']);
    assert.deepEqual(await consumer.poll(briefMs), []);
  });

  it('the end of a partition is known once it was read', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b', 'c'));
    const consumer = port.consumer();
    assert.equal(consumer.endOffset(first), undefined);

    consumer.assign([{ ...first, offset: 0 }]);
    await readValues(consumer, 3);

    assert.equal(consumer.endOffset(first), 3);
    assert.equal(consumer.endOffset(second), undefined);
  });
}

function closingCases(it: ContractCase): void {
  it('closing the log ends a waiting poll', async (port) => {
    await createTopics(port);
    const waiting = readerAt(port, [first]).poll(foreverMs);
    const ended = assert.rejects(waiting, LogUnavailableError);

    await port.close();

    await ended;
  });

  it('a partition that is not there is not read', async (port) => {
    await createTopics(port);

    const reader = readerAt(port, [{ topic: 'first', partition: 1 }]);

    await assert.rejects(reader.poll(0), noPartition);
  });

  it('a closed log is not read', async (port) => {
    await createTopics(port);
    const consumer = readerAt(port, [first]);
    await port.close();

    await assert.rejects(consumer.poll(0), LogUnavailableError);
  });

  it('a log is closed twice without harm', async (port) => {
    await port.close();
    await port.close();
  });
}

function readerAt(port: LogPort, partitions: readonly TopicPartition[]): LogConsumer {
  const consumer = port.consumer();
  consumer.assign(partitions.map((partition) => ({ ...partition, offset: 0 })));
  return consumer;
}

function outOfRange(offset: number, range: { startOffset: number; endOffset: number }) {
  return (error: unknown): boolean => {
    assert(error instanceof PositionOutOfRangeError);
    assert.deepEqual(error.position, { ...first, offset });
    const { startOffset, endOffset } = error;
    assert.deepEqual({ startOffset, endOffset }, range);
    return true;
  };
}
