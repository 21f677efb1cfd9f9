import type { Change } from '../serde/change.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** A table's changes as records: the row after each, null when it was deleted. */
export function tableToStream<K, V>(): ProcessorFactory<K, Change<V>, K, V | null> {
  return (_context, forward) =>
    ({ key, value, timestamp, headers }) =>
      forward({ key, value: value.after ?? null, timestamp, headers });
}
