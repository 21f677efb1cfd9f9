import { ByteWriter } from '../../base/byte-writer.ts';

/**
 * What is committed beside an input's offset, so that it survives a restart.
 *
 * ```text
 * base64( magic: int8 = 2, partition time: int64 (−1: none), processor metadata )
 * processor metadata := nothing | count: int32, { name length: int32, name: utf8, time: int64 }
 * ```
 *
 * Magic 1 ends behind the partition time. Source: `TopicPartitionMetadata` of Kafka Streams.
 */
export interface CommitMetadata {
  /** Greatest timestamp processed of the partition; undefined before the first. */
  readonly partitionTimeMs: number | undefined;
  /** Times that processors keep, by name: the same beside each input of a task. */
  readonly processorTimes: ReadonlyMap<string, number>;
}

const magic = 2;
const magicWithoutProcessors = 1;
const fixedBytes = 9;
const noTime = -1;

/** Nothing is known. */
const noMetadata: CommitMetadata = {
  partitionTimeMs: undefined,
  processorTimes: new Map(),
};

export function writeCommitMetadata({ partitionTimeMs, processorTimes }: CommitMetadata): string {
  const writer = new ByteWriter(fixedBytes);
  writer.byte(magic);
  writer.int64(partitionTimeMs ?? noTime);
  if (processorTimes.size > 0) writer.int32(processorTimes.size);
  for (const [name, time] of processorTimes) {
    const bytes = Buffer.from(name, 'utf8');
    writer.int32(bytes.length);
    writer.bytes(bytes);
    writer.int64(time);
  }
  return writer.view().toString('base64');
}

/** What the text says; a text of an unknown form, or cut off, says nothing. */
export function readCommitMetadata(text: string): CommitMetadata {
  const bytes = Buffer.from(text, 'base64');
  const version = bytes[0];
  if (bytes.length < fixedBytes) return noMetadata;
  if (version !== magic && version !== magicWithoutProcessors) return noMetadata;
  const time = Number(bytes.readBigInt64BE(1));
  const partitionTimeMs = time < 0 ? undefined : time;
  const processorTimes =
    version === magic ? readTimes(bytes, fixedBytes) : new Map<string, number>();
  return processorTimes === undefined ? noMetadata : { partitionTimeMs, processorTimes };
}

function readTimes(bytes: Buffer, start: number): Map<string, number> | undefined {
  const times = new Map<string, number>();
  if (start === bytes.length) return times;
  if (start + 4 > bytes.length) return undefined;
  let at = start + 4;
  for (let left = bytes.readInt32BE(start); left > 0; left--) {
    if (at + 4 > bytes.length) return undefined;
    const nameEnd = at + 4 + bytes.readInt32BE(at);
    if (nameEnd < at + 4 || nameEnd + 8 > bytes.length) return undefined;
    const time = Number(bytes.readBigInt64BE(nameEnd));
    times.set(bytes.toString('utf8', at + 4, nameEnd), time);
    at = nameEnd + 8;
  }
  return times;
}
