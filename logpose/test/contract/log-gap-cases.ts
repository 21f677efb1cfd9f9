import assert from 'node:assert/strict';
import type { LogPort } from '../../src/log/log-port.ts';
import { type ContractCase, createTopics, first } from './contract-case.ts';
import { batchOf, batchWithGaps, deadlineMs, readRecords } from './log-records.ts';

/** Offsets whose records are gone: 1, 2, 4. */
export function logGapCases(it: ContractCase): void {
  it('records keep their offsets where others between them are gone', async (port) => {
    await appendWithGaps(port);

    assert.deepEqual(await offsetsFrom(port, 0, 4), [0, 3, 5, 6]);
  });

  it('a position whose record is gone reads on with the next that is there', async (port) => {
    await appendWithGaps(port);

    assert.deepEqual(await offsetsFrom(port, 1, 3), [3, 5, 6]);
    assert.deepEqual(await offsetsFrom(port, 4, 2), [5, 6]);
  });

  it('records that are gone count where a partition begins and ends', async (port) => {
    await appendWithGaps(port);

    await port.admin.deleteRecords([{ ...first, offset: 4 }]);

    const [range] = await port.admin.offsetRanges([first]);
    assert.deepEqual([range?.startOffset, range?.endOffset], [4, 7]);
    assert.deepEqual(await offsetsFrom(port, 4, 2), [5, 6]);
  });

  it('a poll among records that are gone says where it began and where to go on', async (port) => {
    await appendWithGaps(port);
    const consumer = port.consumer();
    consumer.assign([{ ...first, offset: 4 }]);

    const fetched = await consumer.poll(deadlineMs);

    const [{ fromOffset, endOffset } = { fromOffset: -1, endOffset: -1 }] = fetched;
    assert.deepEqual([fromOffset, endOffset], [4, 7]);
    assert(fetched.every(({ nextOffset }) => nextOffset > 5));
  });
}

async function appendWithGaps(port: LogPort): Promise<void> {
  await createTopics(port);
  const producer = port.producer();
  await producer.append(first, batchOf('a'));
  const [key, timestamp, header] = ['key', 0, undefined];
  await producer.append(
    first,
    batchWithGaps([
      [2, { key, value: 'b', timestamp, header }],
      [4, { key, value: 'c', timestamp, header }],
    ]),
  );
  await producer.append(first, batchOf('d'));
}

async function offsetsFrom(port: LogPort, offset: number, count: number) {
  const consumer = port.consumer();
  consumer.assign([{ ...first, offset }]);
  const records = await readRecords(consumer, count);
  consumer.close();
  return records.map((record) => record.offset);
}
