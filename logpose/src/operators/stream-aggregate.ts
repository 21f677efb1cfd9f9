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
  return perKey(definition, (row: A | undefined, value: V, key) => {
    const before = row ?? initialize();
    return { before, after: add(before, value, key) ?? undefined };
  });
}

/** As `streamAggregate`, but the first value of a key is taken as it is. */
export function streamReduce<K, V>(
  definition: StoreDefinition<'timestamped-key-value', K, V>,
  reducer: Reducer<K, V>,
): ProcessorFactory<K | null, V | null | undefined, K, Change<V>> {
  return perKey(definition, (row: V | undefined, value: V, key) => ({
    before: row,
    after: row === undefined ? value : (reducer(row, value, key) ?? undefined),
  }));
}

function perKey<K, V, A>(
  definition: StoreDefinition<'timestamped-key-value', K, A>,
  changeOf: (row: A | undefined, value: V, key: K) => Change<A>,
): ProcessorFactory<K | null, V | null | undefined, K, Change<A>> {
  return (context, forward) => {
    const table = context.table(definition, forward);
    return ({ key, value, timestamp, headers }) => {
      if (key === null || value === null || value === undefined) {
        context.drop('null-key-or-value');
        return;
      }
      const row = table.get(key);
      table.update({
        key,
        value: changeOf(row?.value, value, key),
        timestamp: row === undefined ? timestamp : Math.max(timestamp, row.timestamp),
        headers,
      });
    };
  };
}
