import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** What `tableMapValues` is told. */
export interface TableMapValues<K, V, R> {
  /** Not called for a deleted row. Null or undefined: no row. */
  readonly mapper: (value: V, key: K) => R | null | undefined;
  /** Whether something downstream needs to know what a row was. Asked when the task opens. */
  readonly sendOldValues: () => boolean;
  readonly definition: StoreDefinition<'timestamped-key-value', K, R> | undefined;
}

/** Maps the rows of a table. */
export function tableMapValues<K, V, R>(
  options: TableMapValues<K, V, R>,
): ProcessorFactory<K, Change<V>, K, Change<R>> {
  const { definition } = options;
  const map = (value: V | undefined, key: K): R | undefined =>
    value === undefined ? undefined : (options.mapper(value, key) ?? undefined);
  return (context, forward) => {
    const sendOldValues = options.sendOldValues();
    const table = definition && context.table(definition, forward);
    return ({ key, value: change, timestamp, headers }) => {
      const after = map(change.after, key);
      if (table !== undefined) {
        const before = sendOldValues ? table.get(key)?.value : undefined;
        table.update({ key, value: { before, after }, timestamp, headers });
        return;
      }
      const before = sendOldValues ? map(change.before, key) : undefined;
      forward({ key, value: { before, after }, timestamp, headers });
    };
  };
}
