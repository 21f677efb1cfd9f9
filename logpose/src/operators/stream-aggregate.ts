import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { ProcessorFactory } from '../topology/processor.ts';
import type { Aggregator, Reducer } from './aggregation.ts';

/**
 * One aggregate per key, at the latest time added. Null keys and values are dropped.
 *
 * The first change of a key has the initial aggregate as its row before, as on the JVM.
 */
export function streamAggregate<K, V, A>(
  definition: StoreDefinition<'timestamped-key-value', K, A>,
  { initialize, add }: Aggregator<K, V, A>,
): ProcessorFactory<K | null, V | null | undefined, K, Change<A>> {
  return (context, forward) => {
    const table = context.table(definition, forward);
    return ({ key, value, timestamp, headers }) => {
      if (key === null || value === null || value === undefined) {
        context.drop('null-key-or-value');
        return;
      }
      const row = table.get(key);
      const before = row === undefined ? initialize() : row.value;
      const after = add(before, value, key) ?? undefined;
      const latest = row === undefined ? timestamp : Math.max(timestamp, row.timestamp);
      table.update({ key, value: { before, after }, timestamp: latest, headers });
    };
  };
}

/** As `streamAggregate`, but the first value of a key is taken as it is. */
export function streamReduce<K, V>(
  definition: StoreDefinition<'timestamped-key-value', K, V>,
  reducer: Reducer<K, V>,
): ProcessorFactory<K | null, V | null | undefined, K, Change<V>> {
  return (context, forward) => {
    const table = context.table(definition, forward);
    return ({ key, value, timestamp, headers }) => {
      if (key === null || value === null || value === undefined) {
        context.drop('null-key-or-value');
        return;
      }
      const row = table.get(key);
      if (row === undefined) {
        table.update({ key, value: { before: undefined, after: value }, timestamp, headers });
        return;
      }
      const after = reducer(row.value, value, key) ?? undefined;
      const latest = Math.max(timestamp, row.timestamp);
      table.update({ key, value: { before: row.value, after }, timestamp: latest, headers });
    };
  };
}
