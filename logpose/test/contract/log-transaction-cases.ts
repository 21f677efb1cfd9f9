import assert from 'node:assert/strict';
import { FencedError, TransactionAbortedError } from '../../src/errors/log-errors.ts';
import type { GroupOffsets, LogPort } from '../../src/log/log-port.ts';
import type { TopicPartition } from '../../src/record/topic-partition.ts';
import { type ContractCase, createTopics, first, noPartition, second } from './contract-case.ts';
import { batchOf, readRecords, readValues } from './log-records.ts';

// What a poll that should find nothing is given.
const briefMs = 50;

const transactionalId = 'writer';

export function logTransactionCases(it: ContractCase): void {
  committingCases(it);
  abortingCases(it);
  overlappingCases(it);
  fencingCases(it);
}

function committingCases(it: ContractCase): void {
  it('a commit brings all partitions and the offsets', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    const transaction = producer.begin();
    transaction.append(first, batchOf('a', 'b'));
    transaction.append(second, batchOf('c'));

    const receipt = await transaction.commit(progress(7));

    assert.deepEqual(await valuesOf(port, first, 2), ['a', 'b']);
    assert.deepEqual(await valuesOf(port, second, 1), ['c']);
    assert.deepEqual(await port.admin.committedOffsets('group', [first]), progress(7).offsets);
    assert.deepEqual(sorted(receipt.endOffsets), [
      { ...first, offset: 2 },
      { ...second, offset: 1 },
    ]);
    await receipt.durable;
  });

  it('several batches of one partition keep their order', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    const transaction = producer.begin();
    for (const value of ['a', 'b', 'c']) transaction.append(first, batchOf(value));

    const receipt = await transaction.commit();

    assert.deepEqual(await valuesOf(port, first, 3), ['a', 'b', 'c']);
    assert.deepEqual(receipt.endOffsets, [{ ...first, offset: 3 }]);
  });

  it('nothing is seen before the commit', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    const consumer = port.consumer({ isolation: 'read-committed' });
    consumer.assign([{ ...first, offset: 0 }]);
    const transaction = producer.begin();
    transaction.append(first, batchOf('a'));

    assert.deepEqual(await consumer.poll(briefMs), []);

    await transaction.commit();
    assert.deepEqual(await readValues(consumer, 1), ['a']);
  });

  it('either isolation sees what was committed', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    const transaction = producer.begin();
    transaction.append(first, batchOf('a'));
    await transaction.commit();

    for (const isolation of ['read-committed', 'read-uncommitted'] as const) {
      const consumer = port.consumer({ isolation });
      consumer.assign([{ ...first, offset: 0 }]);
      assert.deepEqual(await readValues(consumer, 1), ['a']);
    }
  });

  it('an empty transaction leaves the log as it was', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });

    const receipt = await producer.begin().commit();

    assert.deepEqual(receipt.endOffsets, []);
    await receipt.durable;
    const [range] = await port.admin.offsetRanges([first]);
    assert.equal(range?.endOffset, 0);
  });

  it('a transaction may hold offsets and nothing else', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });

    const receipt = await producer.begin().commit(progress(3));

    assert.deepEqual(receipt.endOffsets, []);
    assert.deepEqual(await port.admin.committedOffsets('group', [first]), progress(3).offsets);
  });

  it('records outside of transactions stand between those inside', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    await port.producer().append(first, batchOf('before'));
    const transaction = producer.begin();
    transaction.append(first, batchOf('inside'));
    await transaction.commit();
    await port.producer().append(first, batchOf('after'));

    assert.deepEqual(await valuesOf(port, first, 3), ['before', 'inside', 'after']);
  });
}

function abortingCases(it: ContractCase): void {
  it('an aborted transaction leaves no record and no offset', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    const transaction = producer.begin();
    transaction.append(first, batchOf('never'));

    await transaction.abort();

    const next = producer.begin();
    next.append(first, batchOf('a'));
    await next.commit();
    assert.deepEqual(await valuesOf(port, first, 1), ['a']);
    assert.deepEqual(await port.admin.committedOffsets('group', [first]), [undefined]);
  });

  it('a commit that cannot write everywhere writes nowhere', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    const transaction = producer.begin();
    transaction.append(first, batchOf('never'));
    transaction.append({ topic: 'nowhere', partition: 0 }, batchOf('never'));

    await assert.rejects(transaction.commit(progress(1)), noPartition);

    await port.producer().append(first, batchOf('a'));
    assert.deepEqual(await valuesOf(port, first, 1), ['a']);
    assert.deepEqual(await port.admin.committedOffsets('group', [first]), [undefined]);
  });

  it('a transaction that is open for too long is aborted', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({
      transactionalId,
      transactionTimeoutMs: 20,
    });
    const transaction = producer.begin();
    transaction.append(first, batchOf('never'));
    // Nothing arrives: the poll is the wait.
    const consumer = port.consumer();
    consumer.assign([{ ...second, offset: 0 }]);
    await consumer.poll(200);

    await assert.rejects(transaction.commit(), TransactionAbortedError);

    await port.producer().append(first, batchOf('a'));
    assert.deepEqual(await valuesOf(port, first, 1), ['a']);
  });
}

function overlappingCases(it: ContractCase): void {
  it('one transaction fills while the one before commits, and comes behind it', async (port) => {
    await createTopics(port);
    const producer = await port.transactionalProducer({ transactionalId });
    const order: string[] = [];
    const committed: Promise<unknown>[] = [];

    for (const value of ['a', 'b', 'c', 'd']) {
      const transaction = producer.begin();
      transaction.append(first, batchOf(value));
      transaction.append(second, batchOf(value));
      await committed.at(-2);
      committed.push(transaction.commit().then(() => order.push(value)));
    }

    await Promise.all(committed);
    assert.deepEqual(order, ['a', 'b', 'c', 'd']);
    assert.deepEqual(await valuesOf(port, first, 4), order);
    assert.deepEqual(await valuesOf(port, second, 4), order);
  });

  it('transactions of different ids do not wait for one another', async (port) => {
    await createTopics(port);
    const one = await port.transactionalProducer({ transactionalId: 'one' });
    const two = await port.transactionalProducer({ transactionalId: 'two' });
    const open = one.begin();
    open.append(first, batchOf('one'));
    const other = two.begin();
    other.append(second, batchOf('two'));

    await other.commit();

    assert.deepEqual(await valuesOf(port, second, 1), ['two']);
    await open.commit();
    assert.deepEqual(await valuesOf(port, first, 1), ['one']);
  });
}

function fencingCases(it: ContractCase): void {
  it('a newer producer of the id fences the older one', async (port) => {
    await createTopics(port);
    const older = await port.transactionalProducer({ transactionalId });
    const newer = await port.transactionalProducer({ transactionalId });

    const late = older.begin();
    late.append(first, batchOf('never'));
    await assert.rejects(late.commit(progress(1)), fencedOut);

    const next = newer.begin();
    next.append(first, batchOf('a'));
    await next.commit();
    assert.deepEqual(await valuesOf(port, first, 1), ['a']);
    assert.deepEqual(await port.admin.committedOffsets('group', [first]), [undefined]);
  });

  it('taking over aborts what the older one had open', async (port) => {
    await createTopics(port);
    const older = await port.transactionalProducer({ transactionalId });
    const open = older.begin();
    open.append(first, batchOf('never'));

    const newer = await port.transactionalProducer({ transactionalId });

    await assert.rejects(open.commit(), fencedOut);
    const next = newer.begin();
    next.append(first, batchOf('a'));
    await next.commit();
    assert.deepEqual(await valuesOf(port, first, 1), ['a']);
  });

  it('what was committing when the id was taken over is there wholly or not', async (port) => {
    await createTopics(port);
    const older = await port.transactionalProducer({ transactionalId });
    const open = older.begin();
    open.append(first, batchOf('maybe'));
    open.append(second, batchOf('maybe'));
    const ending = open.commit().then(
      () => 'committed',
      (error: unknown) => (fencedOut(error) ? 'fenced' : 'failed'),
    );

    await port.transactionalProducer({ transactionalId });

    const ended = await ending;
    const producer = port.producer();
    for (const partition of [first, second]) await producer.append(partition, batchOf('end'));
    const expected = ended === 'committed' ? ['maybe', 'end'] : ['end'];
    for (const partition of [first, second]) {
      assert.deepEqual(await valuesOf(port, partition, expected.length), expected);
    }
  });
}

function progress(offset: number): GroupOffsets {
  return { groupId: 'group', offsets: [{ ...first, offset, metadata: 'at noon' }] };
}

async function valuesOf(
  port: LogPort,
  partition: TopicPartition,
  count: number,
): Promise<readonly (string | null)[]> {
  const consumer = port.consumer();
  consumer.assign([{ ...partition, offset: 0 }]);
  const records = await readRecords(consumer, count);
  consumer.close();
  return records.map((record) => record.value);
}

function fencedOut(error: unknown): boolean {
  return error instanceof FencedError && error.transactionalId === transactionalId;
}

function sorted<T extends TopicPartition>(positions: readonly T[]): readonly T[] {
  return positions.toSorted((left, right) => (left.topic < right.topic ? -1 : 1));
}
