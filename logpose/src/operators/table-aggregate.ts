import { must } from '../base/assert.ts';
import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { ProcessorFactory } from '../topology/processor.ts';
import type { Adder, Reducer, TableAggregator } from './aggregation.ts';

/**
 * One aggregate per group of a table's rows: first what a row was is subtracted, then what it is
 * added. A subtraction that leaves nothing begins anew before the addition.
 *
 * @throws {InvariantError} On a null key, which the step before never sends.
 */
export function tableAggregate<K, V, A>(
  definition: StoreDefinition<'timestamped-key-value', K, A>,
  { initialize, add, subtract }: TableAggregator<K, V, A>,
): ProcessorFactory<K, Change<V>, K, Change<A>> {
  return perGroup(definition, {
    subtract,
    add: (aggregate, value, key) => add(aggregate ?? initialize(), value, key),
  });
}

/** As `tableAggregate`, but a group's first value is taken as it is. */
export function tableReduce<K, V>(
  definition: StoreDefinition<'timestamped-key-value', K, V>,
  { add, subtract }: { readonly add: Reducer<K, V>; readonly subtract: Reducer<K, V> },
): ProcessorFactory<K, Change<V>, K, Change<V>> {
  return perGroup(definition, {
    subtract,
    add: (aggregate, value, key) => (aggregate === undefined ? value : add(aggregate, value, key)),
  });
}

/** How a group's aggregate follows its rows. */
interface Steps<K, V, A> {
  readonly subtract: Adder<K, V, A>;
  readonly add: (aggregate: A | undefined, value: V, key: K) => A | null | undefined;
}

function perGroup<K, V, A>(
  definition: StoreDefinition<'timestamped-key-value', K, A>,
  { subtract, add }: Steps<K, V, A>,
): ProcessorFactory<K, Change<V>, K, Change<A>> {
  return (context, forward) => {
    const table = context.table(definition, forward);
    return ({ key, value: change, timestamp, headers }) => {
      must(key ?? undefined, 'rows are grouped under a key');
      const row = table.get(key);
      let after = row?.value;
      let latest = timestamp;
      if (row !== undefined && change.before !== undefined) {
        after = subtract(row.value, change.before, key) ?? undefined;
        latest = Math.max(timestamp, row.timestamp);
      }
      if (change.after !== undefined) {
        after = add(after, change.after, key) ?? undefined;
        if (row !== undefined) latest = Math.max(timestamp, row.timestamp);
      }
      table.update({ key, value: { before: row?.value, after }, timestamp: latest, headers });
    };
  };
}
