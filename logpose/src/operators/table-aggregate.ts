import { must } from '../base/assert.ts';
import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { ProcessorFactory } from '../topology/processor.ts';
import type { Reducer, TableAggregator } from './aggregation.ts';

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
  return (context, forward) => {
    const table = context.table(definition, forward);
    return ({ key, value: change, timestamp, headers }) => {
      must(key ?? undefined, 'rows are grouped under a key');
      const row = table.get(key);
      let aggregate = row?.value;
      let latest = timestamp;
      if (row !== undefined && change.before !== undefined) {
        aggregate = subtract(row.value, change.before, key) ?? undefined;
        latest = Math.max(timestamp, row.timestamp);
      }
      if (change.after !== undefined) {
        aggregate = add(aggregate ?? initialize(), change.after, key) ?? undefined;
        if (row !== undefined) latest = Math.max(timestamp, row.timestamp);
      }
      const value = { before: row?.value, after: aggregate };
      table.update({ key, value, timestamp: latest, headers });
    };
  };
}

/** As `tableAggregate`, but a group's first value is taken as it is. */
export function tableReduce<K, V>(
  definition: StoreDefinition<'timestamped-key-value', K, V>,
  { add, subtract }: { readonly add: Reducer<K, V>; readonly subtract: Reducer<K, V> },
): ProcessorFactory<K, Change<V>, K, Change<V>> {
  return (context, forward) => {
    const table = context.table(definition, forward);
    return ({ key, value: change, timestamp, headers }) => {
      must(key ?? undefined, 'rows are grouped under a key');
      const row = table.get(key);
      let aggregate = row?.value;
      let latest = timestamp;
      if (row !== undefined && change.before !== undefined) {
        aggregate = subtract(row.value, change.before, key) ?? undefined;
        latest = Math.max(timestamp, row.timestamp);
      }
      if (change.after !== undefined) {
        if (aggregate === undefined) {
          aggregate = change.after;
        } else {
          aggregate = add(aggregate, change.after, key) ?? undefined;
          if (row !== undefined) latest = Math.max(timestamp, row.timestamp);
        }
      }
      const value = { before: row?.value, after: aggregate };
      table.update({ key, value, timestamp: latest, headers });
    };
  };
}
