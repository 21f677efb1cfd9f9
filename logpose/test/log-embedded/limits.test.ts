import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { TransactionAbortedError } from '../../src/errors/log-errors.ts';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { OpenFiles } from '../../src/log-embedded/segments/open-files.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { batchOf, batchOfRecords, readValues, recordsIn } from '../contract/log-records.ts';
import { CrashDisk } from './crash-disk.ts';
import { openOn } from './crashed-log.ts';

const place = { topic: 'red', partition: 0 };

suite('the files of an embedded log', () => {
  test('end at segmentBytes, and readers go on in the next', async () => {
    const disk = new CrashDisk();
    const log = await openWithRed(disk, { segmentBytes: 210 });

    await appendAll(log, 'abcdefgh');

    const sizes = [...disk.sizes()].filter(([path]) => path.startsWith('topics'));
    assert.equal(sizes.length, 3);
    for (const [path, size] of sizes) assert(size <= 210, `${path} has ${size} bytes`);
    assert.deepEqual(await valuesFrom(log, 0), [...'abcdefgh']);
  });

  test('end earlier for a topic with a segment.bytes of its own', async () => {
    const disk = new CrashDisk();
    const log = await openOn(disk, { segmentBytes: 1_000_000 });
    const config = { 'segment.bytes': '100' };
    await log.admin.createTopics([{ name: 'red', partitions: 1, config }]);

    await appendAll(log, 'abc');

    assert.equal([...disk.sizes().keys()].filter((path) => path.startsWith('topics')).length, 3);
  });

  test('are removed when all of their records were deleted', async () => {
    const disk = new CrashDisk();
    const clock = new ManualClock();
    const log = await openWithRed(disk, { segmentBytes: 210 }, clock);
    await appendAll(log, 'abcdefgh');

    await log.admin.deleteRecords([{ ...place, offset: 7 }]);
    clock.advance(100);
    await until(() => segmentsOn(disk).length === 1);

    assert.deepEqual(segmentsOn(disk), ['topics/0.red/0-00000000000000000006.log']);
    assert.deepEqual(await valuesFrom(log, 7), ['h']);
  });

  test('stay flat while records are deleted as fast as they come', async () => {
    const disk = new CrashDisk();
    const clock = new ManualClock();
    const log = await openWithRed(disk, { segmentBytes: 1000, maxJournalBytes: 1000 }, clock);
    let most = 0;
    for (let round = 1; round <= 200; round++) {
      const end = await log.producer().append(place, batchOf('x'.repeat(400)));
      await log.admin.deleteRecords([{ ...place, offset: end }]);
      clock.advance(100);
      await until(() => segmentsOn(disk).length <= 2);
      most = Math.max(most, totalOf(disk));
    }

    assert(most < 6000, `${most} bytes at most`);
  });

  test('are opened no more at once than maxOpenFiles', async () => {
    const disk = new CrashDisk();
    const files = new OpenFiles(disk, 3);

    for (let file = 0; file < 10; file++) files.at(`file ${file}`);

    assert.equal(files.size, 3);
  });

  test('go on to be read while few of them may be open', async () => {
    const log = await openWithRed(new CrashDisk(), { segmentBytes: 100, maxOpenFiles: 1 });

    await appendAll(log, 'abcdefgh');

    assert.deepEqual(await valuesFrom(log, 3), [...'defgh']);
  });

  test('of journals end at maxJournalBytes, and the one before goes', async () => {
    const disk = new CrashDisk();
    const clock = new ManualClock();
    const log = await openWithRed(disk, { maxJournalBytes: 500 }, clock);

    for (let round = 0; round < 10; round++) await appendAll(log, 'abcdefgh');
    clock.advance(100);
    await until(() => journalsOn(disk).length === 1);

    const [journal = ''] = journalsOn(disk);
    assert.notEqual(journal, 'journal-000000000001');
    assert((disk.sizeOf(journal) ?? 0) < 1500);
  });
});

suite('an embedded transaction', () => {
  test('is aborted when it has more than maxTransactionBytes', async () => {
    const log = await openWithRed(new CrashDisk(), { maxTransactionBytes: 1000 });
    const producer = await log.transactionalProducer({ transactionalId: 'writer' });
    const large = producer.begin();
    for (let batch = 0; batch < 4; batch++) large.append(place, batchOf('x'.repeat(300)));

    await assert.rejects(large.commit(), TransactionAbortedError);

    const next = producer.begin();
    next.append(place, batchOf('a'));
    await next.commit();
    assert.deepEqual(await valuesFrom(log, 0), ['a']);
  });
});

suite('an embedded consumer', () => {
  test('finds any offset among many batches, also in files of an earlier process', async () => {
    const disk = new CrashDisk();
    const log = await openWithRed(disk, { segmentBytes: 200_000 });
    const producer = log.producer();
    const values = Array.from({ length: 400 }, (_, index) => `${index}`.padEnd(1000, 'x'));
    await Promise.all(values.map((value) => producer.append(place, batchOf(value))));

    for (const each of [log, await openOn(disk.copy())]) {
      for (const offset of [0, 1, 63, 64, 199, 200, 399]) {
        const consumer = each.consumer({ maxPartitionBytes: 1 });
        consumer.assign([{ ...place, offset }]);
        const [record] = recordsIn(await consumer.poll(0));
        assert.deepEqual([record?.offset, record?.value], [offset, values[offset]]);
      }
    }
  });

  test('finds any time among many batches, out of order, also of an earlier process', async () => {
    const disk = new CrashDisk();
    const log = await openWithRed(disk, { segmentBytes: 200_000 });
    const producer = log.producer();
    // Rising on the whole, each time twice, and each fifth far behind.
    const times = Array.from({ length: 400 }, (_, at) => (at % 5 === 4 ? at - 200 : at >> 1) + 500);
    const value = 'x'.repeat(1000);
    const batches = times.map((timestamp) =>
      batchOfRecords([{ key: null, value, timestamp, header: undefined }]),
    );
    await Promise.all(batches.map((batch) => producer.append(place, batch)));

    for (const each of [log, await openOn(disk.copy())]) {
      const asked = Array.from({ length: 500 }, (_, index) => index + 280);
      const found = await each.admin.offsetsForTimes(
        asked.map((timestampMs) => ({ ...place, timestampMs })),
      );
      const naive = asked.map((ms) => times.findIndex((time) => time >= ms));
      assert.deepEqual(
        found.map((offset) => offset ?? -1),
        naive,
      );
    }
  });

  test('takes large runs of batches at once', async () => {
    const log = await openWithRed(new CrashDisk(), {});
    const producer = log.producer();
    const batches = Array.from({ length: 100 }, () => batchOf('x'.repeat(10_000)));
    await Promise.all(batches.map((batch) => producer.append(place, batch)));
    const consumer = log.consumer();
    consumer.assign([{ ...place, offset: 0 }]);

    const [fetched] = await consumer.poll(0);

    assert.equal(fetched?.nextOffset, 100);
  });

  test('waits without looking again and again', async () => {
    const disk = new CrashDisk();
    const clock = new ManualClock();
    const log = await openWithRed(disk, {}, clock);
    const consumer = log.consumer();
    consumer.assign([{ ...place, offset: 0 }]);
    const waiting = consumer.poll(1000);
    await log.admin.commitOffsets({ groupId: 'group', offsets: [] });

    clock.advance(1000);

    assert.deepEqual(await waiting, []);
  });
});

type Options = Parameters<typeof openOn>[1];

async function openWithRed(
  disk: CrashDisk,
  options: Options,
  clock = new ManualClock(),
): Promise<EmbeddedLog> {
  const log = await openOn(disk, options, clock);
  await log.admin.createTopics([{ name: 'red', partitions: 1 }]);
  return log;
}

/** One batch per letter, one after the other. */
async function appendAll(log: EmbeddedLog, letters: string): Promise<void> {
  for (const letter of letters) await log.producer().append(place, batchOf(letter));
}

async function valuesFrom(log: EmbeddedLog, offset: number): Promise<readonly (string | null)[]> {
  const [range] = await log.admin.offsetRanges([place]);
  const consumer = log.consumer();
  consumer.assign([{ ...place, offset }]);
  return readValues(consumer, (range?.endOffset ?? 0) - offset);
}

function segmentsOn(disk: CrashDisk): readonly string[] {
  return [...disk.sizes().keys()].filter((path) => path.startsWith('topics'));
}

function journalsOn(disk: CrashDisk): readonly string[] {
  return [...disk.sizes().keys()].filter((path) => path.startsWith('journal'));
}

function totalOf(disk: CrashDisk): number {
  return [...disk.sizes().values()].reduce((sum, size) => sum + size, 0);
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !isSo(); turn++) await new Promise(setImmediate);
  assert(isSo(), 'it does not happen');
}

test('a partition that is not there is named with what is there', async () => {
  const log = await openWithRed(new CrashDisk(), {});

  await assert.rejects(log.producer().append({ topic: 'red', partition: 1 }, batchOf('a')), {
    message: 'there is no partition red-1: topic red has partitions 0 to 0',
  });
  await assert.rejects(log.admin.offsetRanges([{ topic: 'blue', partition: 0 }]), {
    message: 'there is no partition blue-0: the log has no topic blue',
  });
});
