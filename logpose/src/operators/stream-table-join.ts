import type { ProcessorFactory } from '../topology/processor.ts';
import type { TableView } from './table-view.ts';

/** What `streamTableJoin` is told. */
export interface StreamTableJoin<K, V, V2, R> {
  readonly table: TableView<K, V2>;
  /** `'left'`: records without a row go on too, and so do null keys. */
  readonly kind: 'inner' | 'left';
  readonly joiner: (value: V, row: V2 | undefined, key: K) => R;
}

/** Joins each record with the table's row as it is now. Null values are dropped. */
export function streamTableJoin<K, V, V2, R>({
  table,
  kind,
  joiner,
}: StreamTableJoin<K, V, V2, R>): ProcessorFactory<K, V | null | undefined, K, R> {
  return (context, forward) => {
    const rowOf = table.open(context);
    return ({ key, value, timestamp, headers }) => {
      const nullKey = key === null;
      if (value === null || value === undefined || (nullKey && kind === 'inner')) {
        context.drop('null-key-or-value');
        return;
      }
      const row = nullKey ? undefined : rowOf(key)?.value;
      if (row === undefined && kind === 'inner') return;
      forward({ key, value: joiner(value, row, key), timestamp, headers });
    };
  };
}
