import type { RecordCallback } from '../record/stream-record.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** Makes any number of records of each, at its time and with its headers. */
export function flatMap<K, V, K2, V2>(
  mapper: RecordCallback<K, V, Iterable<readonly [key: K2, value: V2]>>,
): ProcessorFactory<K, V, K2, V2> {
  return (_context, forward) => (record) => {
    const { timestamp, headers } = record;
    for (const [key, value] of mapper(record.value, record.key, record)) {
      forward({ key, value, timestamp, headers });
    }
  };
}

/** Makes any number of values of each. */
export function flatMapValues<K, V, V2>(
  mapper: RecordCallback<K, V, Iterable<V2>>,
): ProcessorFactory<K, V, K, V2> {
  return (_context, forward) => (record) => {
    const { key, timestamp, headers } = record;
    for (const value of mapper(record.value, key, record)) {
      forward({ key, value, timestamp, headers });
    }
  };
}
