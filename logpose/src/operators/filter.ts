import type { RecordCallback } from '../record/stream-record.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** Passes on the records that `keep` accepts. */
export function filter<K, V>(keep: RecordCallback<K, V, boolean>): ProcessorFactory<K, V, K, V> {
  return (_context, forward) => (record) => {
    if (keep(record.value, record.key, record)) forward(record);
  };
}

/** Passes on the records that `drop` refuses. */
export function filterNot<K, V>(drop: RecordCallback<K, V, boolean>): ProcessorFactory<K, V, K, V> {
  return (_context, forward) => (record) => {
    if (!drop(record.value, record.key, record)) forward(record);
  };
}

/** Passes on the records that have a key: others belong to no partition. Not counted as dropped. */
export function filterNullKey<K, V>(): ProcessorFactory<K | null | undefined, V, K, V> {
  return (_context, forward) =>
    ({ key, value, timestamp, headers }) => {
      if (key !== null && key !== undefined) forward({ key, value, timestamp, headers });
    };
}
