import type { RecordCallback } from '../record/stream-record.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** Makes another key and value of each record. */
export function map<K, V, K2, V2>(
  mapper: RecordCallback<K, V, readonly [key: K2, value: V2]>,
): ProcessorFactory<K, V, K2, V2> {
  return (_context, forward) => (record) => {
    const [key, value] = mapper(record.value, record.key, record);
    forward({ key, value, timestamp: record.timestamp, headers: record.headers });
  };
}

/** Makes another value of each record. */
export function mapValues<K, V, V2>(
  mapper: RecordCallback<K, V, V2>,
): ProcessorFactory<K, V, K, V2> {
  return (_context, forward) => (record) => {
    const { key, timestamp, headers } = record;
    forward({ key, value: mapper(record.value, key, record), timestamp, headers });
  };
}

/** Gives each record another key. Undefined counts as null. */
export function selectKey<K, V, K2>(
  selector: RecordCallback<K, V, K2>,
): ProcessorFactory<K, V, K2 | null, V> {
  return (_context, forward) => (record) => {
    const { value, timestamp, headers } = record;
    forward({ key: selector(value, record.key, record) ?? null, value, timestamp, headers });
  };
}
