import { emptyBytes } from '../../src/base/bytes.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { BatchBuilder } from '../../src/log/batch-builder.ts';
import { BatchColumns, decodeBatch } from '../../src/log/batch-columns.ts';
import type { FetchedBatches, LogConsumer } from '../../src/log/log-port.ts';
import { headersOf, noHeaders } from '../../src/record/headers.ts';

/** How long a test waits for what must come. */
export const deadlineMs = 10_000;

/** A record as tests write and read it: small, and everything in it is text. */
export interface TextRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
  readonly header: string | undefined;
}

/** A record that was read, and where. */
export interface ReadRecord extends TextRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A batch of records without keys, one per value. */
export function batchOf(...values: readonly string[]): BatchBuilder {
  return batchOfRecords(
    values.map((value) => ({ key: null, value, timestamp: 0, header: undefined })),
  );
}

export function batchOfRecords(records: readonly TextRecord[]): BatchBuilder {
  const builder = new BatchBuilder();
  for (const record of records) addTo(builder, record);
  return builder;
}

/** A batch as compaction leaves it: of records at some offsets behind its first. */
export function batchWithGaps(records: readonly (readonly [number, TextRecord])[]): BatchBuilder {
  const builder = new BatchBuilder();
  for (const [offsetDelta, record] of records) addTo(builder, record, offsetDelta);
  return builder;
}

function addTo(
  builder: BatchBuilder,
  { key, value, timestamp, header }: TextRecord,
  offsetDelta?: number,
): void {
  const keyBytes = key === null ? emptyBytes : Buffer.from(key);
  const valueBytes = value === null ? emptyBytes : Buffer.from(value);
  const encoded = {
    keyBytes,
    keyStart: 0,
    keyLength: key === null ? -1 : keyBytes.length,
    valueBytes,
    valueStart: 0,
    valueLength: value === null ? -1 : valueBytes.length,
    timestamp,
    headers: header === undefined ? noHeaders : headersOf([['header', Buffer.from(header)]]),
  };
  builder.add(encoded, offsetDelta);
}

/** The wanted records of what one poll returned. */
export function recordsIn(fetched: readonly FetchedBatches[]): readonly ReadRecord[] {
  return fetched.flatMap(recordsOf);
}

function recordsOf({ topic, partition, bytes, fromOffset }: FetchedBatches): readonly ReadRecord[] {
  const columns = new BatchColumns();
  const source = { topic, partition, compressions: builtInCompressions };
  const records: ReadRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    at = decodeBatch(bytes, at, columns, source);
    for (let index = 0; index < columns.count; index++) {
      const offset = columns.offsets[index] ?? -1;
      if (offset < fromOffset) continue;
      records.push({ topic, partition, offset, ...textAt(columns, index) });
    }
  }
  return records;
}

function textAt(columns: BatchColumns, index: number): TextRecord {
  return {
    key: partOf(columns, columns.keyStart[index], columns.keyLength[index]),
    value: partOf(columns, columns.valueStart[index], columns.valueLength[index]),
    timestamp: columns.timestamps[index] ?? -1,
    header: columns.headers(index).text('header'),
  };
}

function partOf({ bytes }: BatchColumns, start = 0, length = 0): string | null {
  return length < 0 ? null : Buffer.from(bytes.subarray(start, start + length)).toString();
}

/** Polls until `count` records are there. Fails when they do not come. */
export async function readRecords(
  consumer: LogConsumer,
  count: number,
): Promise<readonly ReadRecord[]> {
  const records: ReadRecord[] = [];
  const endMs = Date.now() + deadlineMs;
  while (records.length < count) {
    const leftMs = endMs - Date.now();
    if (leftMs <= 0) throw new Error(`${records.length} of ${count} records after the deadline`);
    records.push(...recordsIn(await consumer.poll(leftMs)));
  }
  return records;
}

/** The values of the next `count` records. */
export async function readValues(
  consumer: LogConsumer,
  count: number,
): Promise<readonly (string | null)[]> {
  return (await readRecords(consumer, count)).map((record) => record.value);
}
