import assert from 'node:assert/strict';
import type { LogPort } from '../../src/log/log-port.ts';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import type { TopicPartition } from '../../src/record/topic-partition.ts';
import type { ManualClock } from '../../src/testing/manual-clock.ts';
import {
  batchOfRecords,
  type ReadRecord,
  recordsIn,
  type TextRecord,
} from '../contract/log-records.ts';
import type { CrashDisk } from './crash-disk.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** A day that is not the beginning of time. */
export const startMs = 20_000 * dayMs;
export const place = { topic: 'red', partition: 0 };

export async function createRed(
  port: LogPort,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  await port.admin.createTopics([{ name: 'red', partitions: 1, config }]);
}

/** One batch of records `key=value`, or `key` alone for a deletion. */
export async function put(
  port: LogPort,
  timestamp: number,
  ...rows: readonly string[]
): Promise<void> {
  await port.producer().append(place, batchOfRecords(rows.map((row) => recordOf(row, timestamp))));
}

export function recordOf(row: string, timestamp: number): TextRecord {
  const [key = '', value = null] = row.split('=');
  return { key, value, timestamp, header: undefined };
}

/** Every record that a partition has, in order. */
export async function readAll(
  port: LogPort,
  from: TopicPartition = place,
): Promise<readonly ReadRecord[]> {
  const [range] = await port.admin.offsetRanges([from]);
  const { startOffset = 0, endOffset = 0 } = range ?? {};
  const consumer = port.consumer();
  consumer.assign([{ ...from, offset: startOffset }]);
  const records: ReadRecord[] = [];
  for (let offset = startOffset; offset < endOffset; ) {
    const fetched = await consumer.poll(0);
    const [first] = fetched;
    assert(first !== undefined && first.nextOffset > offset, `nothing at ${offset}`);
    records.push(...recordsIn(fetched));
    offset = first.nextOffset;
  }
  consumer.close();
  return records;
}

/** The same as `offset:key=value`. */
export async function rowsOf(port: LogPort, from?: TopicPartition): Promise<readonly string[]> {
  return (await readAll(port, from)).map(showRecord);
}

export function showRecord({ offset, key, value }: ReadRecord): string {
  return value === null ? `${offset}:${key}` : `${offset}:${key}=${value}`;
}

/** Does what is due, and lets go of files that are of no use any more. */
export async function clean(log: EmbeddedLog, clock: ManualClock): Promise<void> {
  await log.housekeeping.run();
  await sync(clock);
}

/** Lets the log's timers run, and what follows. */
export async function sync(clock: ManualClock): Promise<void> {
  clock.advance(100);
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

export function segmentsOn(disk: CrashDisk): readonly string[] {
  return [...disk.sizes().keys()].filter((path) => path.startsWith('topics/')).toSorted();
}

export function bytesOn(disk: CrashDisk): number {
  const segments = new Set(segmentsOn(disk));
  return [...disk.sizes()].reduce((sum, [path, size]) => sum + (segments.has(path) ? size : 0), 0);
}

/** The warnings while a test runs, which are then not printed. */
export function listen(t: { readonly mock: typeof import('node:test').mock }): readonly string[] {
  const warnings: string[] = [];
  t.mock.method(process, 'emitWarning', (text: unknown) => warnings.push(String(text)));
  return warnings;
}
