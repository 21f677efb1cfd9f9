import { ByteWriter } from '../../base/byte-writer.ts';
import type { EncodedRecord } from '../../log/batch-builder.ts';
import { partitionOfKey } from '../../log/partitioner.ts';
import { noHeaders } from '../../record/headers.ts';
import { windowBytesOf } from '../../serde/windowed.ts';
import type { AnyEncoder, AnyRecord, AnyValue } from '../../topology/topology.ts';
import type { OutputPartitions } from './output.ts';

/** How records of one topic are written. */
export interface RecordFormat {
  readonly key: AnyEncoder;
  readonly value: AnyEncoder;
  /** `'refused'`: undefined is a mistake. `'null'`: it counts as null. */
  readonly undefinedIs: 'refused' | 'null';
  /** Bytes at the end of a key that do not choose the partition. */
  readonly windowBytes: number;
}

export function recordFormat(
  { key, value }: { readonly key: AnyEncoder; readonly value: AnyEncoder },
  undefinedIs: RecordFormat['undefinedIs'],
): RecordFormat {
  return { key, value, undefinedIs, windowBytes: windowBytesOf<AnyValue>(key) };
}

/** Encodes one record after the other into memory that it uses again. */
export class RecordWriter {
  readonly #bytes = new ByteWriter(1024);
  readonly #encoded: EncodedRecord = {
    keyBytes: this.#bytes.buffer,
    keyStart: 0,
    keyLength: -1,
    valueBytes: this.#bytes.buffer,
    valueStart: 0,
    valueLength: -1,
    timestamp: 0,
    headers: noHeaders,
  };

  /** The record in bytes, valid until the next call. Throws what an encoder throws. */
  encode(record: AnyRecord, format: RecordFormat): EncodedRecord {
    const bytes = this.#bytes;
    const encoded = this.#encoded;
    const { key, value } = record;
    bytes.length = 0;
    if (key === null || key === undefined) encoded.keyLength = absent(key, format);
    else {
      format.key.encode(key, bytes);
      encoded.keyLength = bytes.length;
    }
    const valueStart = bytes.length;
    if (value === null || value === undefined) encoded.valueLength = absent(value, format);
    else {
      format.value.encode(value, bytes);
      encoded.valueLength = bytes.length - valueStart;
    }
    encoded.valueStart = valueStart;
    encoded.keyBytes = encoded.valueBytes = bytes.buffer;
    encoded.timestamp = record.timestamp;
    encoded.headers = record.headers;
    return encoded;
  }

  /** Where Kafka's default partitioner puts the record that was encoded last. */
  partitionByKey({ windowBytes }: RecordFormat, topic: OutputPartitions): number {
    const encoded = this.#encoded;
    const { keyLength } = encoded;
    if (topic.partitions === 1) return 0;
    if (keyLength < 0) return topic.partitionWithoutKey(Math.max(encoded.valueLength, 0));
    encoded.keyLength = keyLength - windowBytes;
    const partition = partitionOfKey(encoded, topic.partitions);
    encoded.keyLength = keyLength;
    return partition;
  }
}

const nullLength = -1;

function absent(value: null | undefined, { undefinedIs }: RecordFormat): number {
  if (value === undefined && undefinedIs === 'refused') {
    throw new TypeError('undefined is neither a value nor a tombstone: write `?? null`');
  }
  return nullLength;
}
