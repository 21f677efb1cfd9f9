import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/** What `tableFilter` is told. */
export interface TableFilter<K, V> {
  /** Not called for a deleted row. */
  readonly passes: (value: V, key: K) => boolean;
  /** Whether what a row was is known, or needed downstream. Asked when the task opens. */
  readonly sendOldValues: () => boolean;
  readonly definition: StoreDefinition<'timestamped-key-value', K, V> | undefined;
}

/**
 * Keeps the rows that pass. A row that does not is sent on as deleted, even when it was never in;
 * unless old values are known, which show that there is nothing to delete.
 */
export function tableFilter<K, V>(
  options: TableFilter<K, V>,
): ProcessorFactory<K, Change<V>, K, Change<V>> {
  const { definition } = options;
  const keep = (value: V | undefined, key: K): V | undefined =>
    value !== undefined && options.passes(value, key) ? value : undefined;
  return (context, forward) => {
    const sendOldValues = options.sendOldValues();
    const table = definition && context.table(definition, forward);
    return ({ key, value: change, timestamp, headers }) => {
      const after = keep(change.after, key);
      if (!sendOldValues) {
        const record = { key, value: { before: undefined, after }, timestamp, headers };
        if (table === undefined) forward(record);
        else table.update(record);
        return;
      }
      const before = table === undefined ? keep(change.before, key) : table.get(key)?.value;
      if (before === undefined && after === undefined) return;
      const record = { key, value: { before, after }, timestamp, headers };
      if (table === undefined) forward(record);
      else table.update(record);
    };
  };
}
