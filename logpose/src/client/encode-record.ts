import { ByteWriter } from '../base/byte-writer.ts';
import { ProduceError } from '../errors/record-errors.ts';
import type { EncodedRecord } from '../log/batch-builder.ts';
import { checkedTime } from '../record/event-time.ts';
import { headerEntries, noHeaders } from '../record/headers.ts';
import type { OutputTopic } from '../record/topic.ts';
import type { Encoder } from '../serde/serde.ts';
import type { ProducerRecord } from './producer.ts';

const scratch = new ByteWriter();

/**
 * The record in bytes of its own.
 *
 * @throws {ProduceError} When a serde refuses the key or the value, or its time is no time.
 */
export function encodeRecord<K, V>(
  topic: OutputTopic<K, V>,
  record: ProducerRecord<K, V | null>,
  nowMs: number,
): EncodedRecord {
  scratch.clear();
  try {
    const keyLength = encodePart(topic.key, record.key);
    const valueLength = encodePart(topic.value, record.value);
    const bytes = scratch.copy();
    return {
      keyBytes: bytes,
      keyStart: 0,
      keyLength,
      valueBytes: bytes,
      valueStart: Math.max(keyLength, 0),
      valueLength,
      timestamp: checkedTime(record.timestamp ?? nowMs),
      headers: record.headers ?? noHeaders,
    };
  } catch (cause) {
    throw new ProduceError(topic.name, { code: 'ENCODE_FAILED' }, cause);
  }
}

/** Returns how many bytes it wrote; −1: none, the part is null. */
function encodePart<T>(encoder: Encoder<T>, part: T | null): number {
  if (part === null) return -1;
  if (part === undefined) throw new TypeError('undefined can be neither a key nor a value');
  const start = scratch.length;
  encoder.encode(part, scratch);
  return scratch.length - start;
}

// Room for lengths, deltas, and what keeps a record in memory until it is sent.
const recordOverheadBytes = 64;
const headerOverheadBytes = 10;

/** What the record takes, at most: also one without key and value takes something. */
export function sizeOf({ keyBytes, headers }: EncodedRecord): number {
  let bytes = keyBytes.length + recordOverheadBytes;
  for (const [name, value] of headerEntries(headers)) {
    bytes += Buffer.byteLength(name) + (value?.length ?? 0) + headerOverheadBytes;
  }
  return bytes;
}
