import assert from 'node:assert/strict';
import { ConfigError } from '../../src/errors/config-errors.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { type ContractCase, createTopics, first, noPartition, second } from './contract-case.ts';
import { batchOfRecords, batchWithGaps } from './log-records.ts';

export function logTimeCases(it: ContractCase): void {
  it('the offset for a time is the first whose record is not before it', async (port) => {
    await createTopics(port);
    await append(port, 10, 20);
    await append(port, 30);

    assert.deepEqual(await offsetsFor(port, 0, 10, 11, 20, 25, 30), [0, 0, 1, 1, 2, 2]);
  });

  it('there is no offset for a time behind all records or in an empty partition', async (port) => {
    await createTopics(port);
    await append(port, 10);

    const found = await port.admin.offsetsForTimes([
      { ...first, timestampMs: 11 },
      { ...second, timestampMs: 0 },
      { ...first, timestampMs: 9 },
    ]);

    assert.deepEqual(found, [undefined, undefined, 0]);
  });

  it('a time is found among records that are out of order', async (port) => {
    await createTopics(port);
    await append(port, 50, 10);
    await append(port, 40, 90, 20);
    await append(port, 70, 95);

    const found = await offsetsFor(port, 5, 45, 50, 60, 90, 91, 95, 96);

    assert.deepEqual(found, [0, 0, 0, 3, 3, 6, 6, undefined]);
  });

  it('deleted records are not found by their time', async (port) => {
    await createTopics(port);
    await append(port, 10, 90, 20);
    await append(port, 30);

    await port.admin.deleteRecords([{ ...first, offset: 2 }]);

    assert.deepEqual(await offsetsFor(port, 0, 15, 25, 50), [2, 2, 3, undefined]);
  });

  it('a time is found behind records that compaction has removed', async (port) => {
    await createTopics(port);
    await append(port, 10);
    await port.producer().append(
      first,
      batchWithGaps([
        [2, record(20)],
        [5, record(30)],
      ]),
    );

    assert.deepEqual(await offsetsFor(port, 11, 21), [3, 6]);
  });

  it('times are found by a log that was opened again', async (port, log) => {
    if (log.reopen === undefined) return;
    await createTopics(port);
    for (const timestamp of [10, 30, 20, 40]) await append(port, timestamp);

    const again = await log.reopen();

    assert.deepEqual(await offsetsFor(again, 0, 25, 35, 41), [0, 1, 3, undefined]);
  });

  it('a time that is no number and a partition that is not there are refused', async (port) => {
    await createTopics(port);

    const noTime = port.admin.offsetsForTimes([{ ...first, timestampMs: Number.NaN }]);
    await assert.rejects(noTime, ConfigError);
    const nowhere = { topic: 'nowhere', partition: 0, timestampMs: 0 };
    await assert.rejects(port.admin.offsetsForTimes([nowhere]), noPartition);
  });
}

function record(timestamp: number) {
  return { key: 'key', value: `${timestamp}`, timestamp, header: undefined };
}

async function append(port: LogPort, ...timestamps: readonly number[]): Promise<void> {
  await port.producer().append(first, batchOfRecords(timestamps.map(record)));
}

function offsetsFor(port: LogPort, ...times: readonly number[]) {
  return port.admin.offsetsForTimes(times.map((timestampMs) => ({ ...first, timestampMs })));
}
