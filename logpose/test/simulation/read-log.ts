import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { BatchColumns, decodeBatch } from '../../src/log/batch-columns.ts';
import type { FetchedBatches, LogPort } from '../../src/log/log-port.ts';
import type { RecordHeaders } from '../../src/record/headers.ts';
import type { TopicPartition } from '../../src/record/topic-partition.ts';

/** A record as the log has it. */
export interface LoggedRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** Everything of a partition that a reader of committed records sees. */
export async function readPartition(
  log: LogPort,
  place: TopicPartition,
): Promise<readonly LoggedRecord[]> {
  const [range] = await log.admin.offsetRanges([place]);
  const { startOffset = 0, endOffset = 0 } = range ?? {};
  const records: LoggedRecord[] = [];
  const consumer = log.consumer();
  consumer.assign([{ ...place, offset: startOffset }]);
  for (let at = startOffset; at < endOffset; ) {
    const [fetched] = await consumer.poll(1000);
    if (fetched === undefined) throw new Error(`${place.topic}-${place.partition} ends at ${at}`);
    at = fetched.nextOffset;
    records.push(...recordsOf(fetched));
  }
  consumer.close();
  return records;
}

/** Every partition of a topic. */
export async function readTopic(
  log: LogPort,
  topic: string,
): Promise<readonly (readonly LoggedRecord[])[]> {
  const [description] = await log.admin.describeTopics([topic]);
  const partitions = Array.from({ length: description?.partitions ?? 0 }, (_, at) => at);
  return Promise.all(partitions.map((partition) => readPartition(log, { topic, partition })));
}

function recordsOf({ topic, partition, bytes, fromOffset }: FetchedBatches): LoggedRecord[] {
  const columns = new BatchColumns();
  const source = { topic, partition, compressions: builtInCompressions };
  const records: LoggedRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    at = decodeBatch(bytes, at, columns, source);
    for (let index = 0; index < columns.count; index++) {
      const offset = columns.offsets[index] ?? -1;
      if (offset >= fromOffset) records.push({ offset, ...recordAt(columns, index) });
    }
  }
  return records;
}

function recordAt(columns: BatchColumns, index: number): Omit<LoggedRecord, 'offset'> {
  return {
    key: part(columns, columns.keyStart[index], columns.keyLength[index]),
    value: part(columns, columns.valueStart[index], columns.valueLength[index]),
    timestamp: columns.timestamps[index] ?? -1,
    headers: columns.headers(index),
  };
}

function part({ bytes }: BatchColumns, start = 0, length = -1): Buffer | null {
  return length < 0 ? null : Buffer.from(bytes.subarray(start, start + length));
}
