import type { Change } from '../serde/change.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { ProcessorFactory } from '../topology/processor.ts';

/**
 * Takes records as updates of rows; a null value deletes. Without a store the row before is unknown
 * downstream. Out-of-order updates apply, as on the JVM.
 */
export function tableSource<K, V>(
  definition: StoreDefinition<'timestamped-key-value', K, V> | undefined,
): ProcessorFactory<K | null, V | null | undefined, K, Change<V>> {
  return (context, forward) => {
    const table = definition && context.table(definition, forward);
    return ({ key, value, timestamp, headers }) => {
      if (key === null) {
        context.drop('null-key');
        return;
      }
      const after = value ?? undefined;
      if (table === undefined) {
        forward({ key, value: { before: undefined, after }, timestamp, headers });
        return;
      }
      const before = table.get(key)?.value;
      table.update({ key, value: { before, after }, timestamp, headers });
    };
  };
}
