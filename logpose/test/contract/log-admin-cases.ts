import assert from 'node:assert/strict';
import { type ContractCase, createTopics, first, second } from './contract-case.ts';
import { batchOf, deadlineMs, readRecords, readValues } from './log-records.ts';

export function logAdminCases(it: ContractCase): void {
  topicCases(it);
  recordCases(it);
  groupCases(it);
}

function topicCases(it: ContractCase): void {
  it('a created topic is described as it was asked for', async (port) => {
    await port.admin.createTopics([
      { name: 'table', partitions: 3, config: { 'cleanup.policy': 'compact' } },
    ]);

    const [described, missing] = await port.admin.describeTopics(['table', 'nowhere']);

    assert.equal(described?.name, 'table');
    assert.equal(described.partitions, 3);
    assert.equal(described.config['cleanup.policy'], 'compact');
    assert.equal(missing, undefined);
  });

  it('topics are listed', async (port) => {
    await createTopics(port);

    const names = await port.admin.listTopics();

    assert.deepEqual(names.toSorted(), ['first', 'second']);
  });

  it('creating a topic that is there leaves it as it is', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a'));
    const [before] = await port.admin.describeTopics(['first']);

    await port.admin.createTopics([
      { name: 'first', partitions: 5 },
      { name: 'third', partitions: 1 },
    ]);

    const [after, third] = await port.admin.describeTopics(['first', 'third']);
    assert.deepEqual(after, before);
    assert.equal(third?.partitions, 1);
  });

  it('a topic made again under its old name is another one, and empty', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('old'));
    const [before] = await port.admin.describeTopics(['first']);

    await port.admin.deleteTopics(['first', 'nowhere']);
    assert.deepEqual(await port.admin.describeTopics(['first']), [undefined]);
    await createTopics(port);

    const [after] = await port.admin.describeTopics(['first']);
    assert.notEqual(after?.topicId, before?.topicId);
    assert.equal(await port.producer().append(first, batchOf('new')), 0);
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    assert.deepEqual(await readValues(consumer, 1), ['new']);
  });
}

function recordCases(it: ContractCase): void {
  it('offset ranges say what a partition has', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b', 'c'));

    const ranges = await port.admin.offsetRanges([first, second]);

    assert.deepEqual(
      ranges.map(({ startOffset, endOffset }) => [startOffset, endOffset]),
      [
        [0, 3],
        [0, 0],
      ],
    );
  });

  it('deleted records are gone, also from inside of a batch', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b', 'c'));
    await port.producer().append(first, batchOf('d'));

    await port.admin.deleteRecords([{ ...first, offset: 2 }]);

    const [range] = await port.admin.offsetRanges([first]);
    assert.deepEqual([range?.startOffset, range?.endOffset], [2, 4]);
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 2 }]);
    assert.deepEqual(await readValues(consumer, 2), ['c', 'd']);
  });

  it('the start of a partition never goes back', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b', 'c'));
    await port.admin.deleteRecords([{ ...first, offset: 2 }]);

    await port.admin.deleteRecords([{ ...first, offset: 1 }]);

    const [range] = await port.admin.offsetRanges([first]);
    assert.equal(range?.startOffset, 2);
  });

  it('when all records are deleted, the next one has the next offset', async (port) => {
    await createTopics(port);
    await port.producer().append(first, batchOf('a', 'b'));

    await port.admin.deleteRecords([{ ...first, offset: 2 }]);

    assert.equal(await port.producer().append(first, batchOf('c')), 2);
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 2 }]);
    const [record] = await readRecords(consumer, 1);
    assert.deepEqual([record?.offset, record?.value], [2, 'c']);
  });
}

function groupCases(it: ContractCase): void {
  it('a group knows the offsets it committed, with their metadata', async (port) => {
    await createTopics(port);
    const offsets = [{ ...first, offset: 4, metadata: 'grüße' }];

    await port.admin.commitOffsets({ groupId: 'group', offsets });

    assert.deepEqual(await port.admin.committedOffsets('group', [first, second]), [
      ...offsets,
      undefined,
    ]);
    assert.deepEqual(await port.admin.committedOffsets('another', [first]), [undefined]);
  });

  it('a later commit replaces an earlier one, partition by partition', async (port) => {
    await createTopics(port);
    const { admin } = port;
    const early = { ...first, offset: 4, metadata: '' };
    const other = { ...second, offset: 9, metadata: '' };
    await admin.commitOffsets({ groupId: 'group', offsets: [early, other] });

    const late = { ...early, offset: 2 };
    await admin.commitOffsets({ groupId: 'group', offsets: [late] });

    assert.deepEqual(await admin.committedOffsets('group', [first, second]), [late, other]);
  });

  it('a deleted topic takes the progress in it along', async (port) => {
    await createTopics(port);
    const there = { ...first, offset: 4, metadata: '' };
    const stays = { ...second, offset: 9, metadata: '' };
    await port.admin.commitOffsets({ groupId: 'group', offsets: [there, stays] });

    await port.admin.deleteTopics(['first']);
    await createTopics(port);

    const offsets = await port.admin.committedOffsets('group', [first, second]);
    assert.deepEqual(offsets, [undefined, stays]);
  });

  it('groups that committed are listed', async (port) => {
    await createTopics(port);
    const offsets = [{ ...first, offset: 0, metadata: '' }];
    await port.admin.commitOffsets({ groupId: 'group', offsets });

    const groups = await port.admin.groups();

    assert.deepEqual(
      groups.map((group) => group.id),
      ['group'],
    );
  });

  it('a waiting reader does not keep administration waiting', async (port) => {
    await createTopics(port);
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 0 }]);
    const waiting = consumer.poll(deadlineMs);

    assert.equal((await port.admin.listTopics()).length, 2);

    consumer.wake();
    await waiting;
  });
}
