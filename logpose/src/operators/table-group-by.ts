import { must } from '../base/assert.ts';
import type { Change } from '../serde/change.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** A row's group and what it counts as there. Null or undefined in either: it is in no group. */
export interface Grouping<K, V> {
  readonly key: K | null | undefined;
  readonly value: V | null | undefined;
}

/** What `tableGroupBy` is told. */
export interface TableGroupBy<K, V, K2, V2> {
  readonly mapper: (value: V, key: K) => Grouping<K2, V2>;
  /** Whether two groups are one, by their bytes. */
  readonly sameKey: (left: K2, right: K2) => boolean;
}

/**
 * Sends a row's change to its group: one record when the group stayed (KIP-904), otherwise what it
 * was to the old group, then what it is to the new one.
 */
export function tableGroupBy<K, V, K2, V2>({
  mapper,
  sameKey,
}: TableGroupBy<K, V, K2, V2>): ProcessorFactory<K, Change<V>, K2, Change<V2>> {
  const groupOf = (value: V | undefined, key: K): Member<K2, V2> | undefined => {
    if (value === undefined) return undefined;
    const { key: group, value: member } = mapper(value, key);
    if (group === null || group === undefined) return undefined;
    if (member === null || member === undefined) return undefined;
    return { key: group, value: member };
  };
  return (_context, forward) =>
    ({ key, value: change, timestamp, headers }) => {
      must(key ?? undefined, 'a row has a key');
      const after = groupOf(change.after, key);
      const before = groupOf(change.before, key);
      if (before !== undefined && after !== undefined && sameKey(before.key, after.key)) {
        const value = { before: before.value, after: after.value };
        forward({ key: before.key, value, timestamp, headers });
        return;
      }
      if (before !== undefined) {
        const value = { before: before.value, after: undefined };
        forward({ key: before.key, value, timestamp, headers });
      }
      if (after !== undefined) {
        const value = { before: undefined, after: after.value };
        forward({ key: after.key, value, timestamp, headers });
      }
    };
}

interface Member<K, V> {
  readonly key: K;
  readonly value: V;
}
