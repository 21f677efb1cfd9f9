import assert from 'node:assert/strict';
import type { LogPort } from '../../src/log/log-port.ts';
import { type ContractCase, createTopics, first, type OpenLog, second } from './contract-case.ts';
import { batchOf, readRecords, readValues } from './log-records.ts';

/** Cases of logs that outlive their closing; passed without a check where `reopen` is absent. */
export function logReopeningCases(it: ContractCase): void {
  const reopened = (name: string, run: ReopenedCase): void =>
    it(name, async (port, log) => {
      const { reopen } = log;
      if (reopen !== undefined) await run(port, () => reopen.call(log));
    });
  logCases(reopened);
  progressCases(reopened);
}

type Reopen = NonNullable<OpenLog['reopen']>;
type ReopenedCase = (port: LogPort, reopen: Reopen) => Promise<void>;
type It = (name: string, run: ReopenedCase) => void;

function logCases(it: It): void {
  it('records and topics are still there', async (port, reopen) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b'));
    const before = await port.admin.describeTopics(['first', 'second']);

    const again = await reopen();

    assert.deepEqual(await again.admin.describeTopics(['first', 'second']), before);
    const consumer = again.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    assert.deepEqual(await readValues(consumer, 2), ['a', 'b']);
  });

  it('offsets go on where they were', async (port, reopen) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b'));

    const again = await reopen();

    assert.equal(await again.producer().append(first, batchOf('c')), 2);
    const consumer = again.consumer();
    consumer.assign([{ ...first, offset: 1 }]);
    assert.deepEqual(await readValues(consumer, 2), ['b', 'c']);
  });

  it('deleted records and topics stay deleted', async (port, reopen) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b', 'c'));
    await port.admin.deleteRecords([{ ...first, offset: 2 }]);
    await port.admin.deleteTopics(['second']);

    const again = await reopen();

    assert.deepEqual(await again.admin.listTopics(), ['first']);
    const [range] = await again.admin.offsetRanges([first]);
    assert.deepEqual([range?.startOffset, range?.endOffset], [2, 3]);
  });
}

function progressCases(it: It): void {
  it('committed transactions are there with offsets, open ones are not', async (port, reopen) => {
    await createTopics(port);
    const offsets = [{ ...first, offset: 5, metadata: 'at noon' }];
    const producer = await port.transactionalProducer({ transactionalId: 'writer' });
    const committed = producer.begin();
    committed.append(first, batchOf('a'));
    committed.append(second, batchOf('b'));
    await committed.commit({ groupId: 'group', offsets });
    const open = producer.begin();
    open.append(first, batchOf('never'));

    const again = await reopen();

    assert.deepEqual(await again.admin.committedOffsets('group', [first]), offsets);
    await again.producer().append(first, batchOf('end'));
    const consumer = again.consumer();
    consumer.assign([first, second].map((partition) => ({ ...partition, offset: 0 })));
    const read = await readRecords(consumer, 3);
    assert.deepEqual(read.map((record) => record.value).toSorted(), ['a', 'b', 'end']);
  });

  it('a transactional id can be taken over', async (port, reopen) => {
    await createTopics(port);
    await port.transactionalProducer({ transactionalId: 'writer' });

    const again = await reopen();
    const producer = await again.transactionalProducer({ transactionalId: 'writer' });
    const transaction = producer.begin();
    transaction.append(first, batchOf('a'));
    await transaction.commit();

    const consumer = again.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    assert.deepEqual(await readValues(consumer, 1), ['a']);
  });
}
