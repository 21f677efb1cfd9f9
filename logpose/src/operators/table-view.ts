import type { Timestamped } from '../record/stream-record.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { NodeContext } from '../topology/processor.ts';
import type { AnyStoreDefinition } from '../topology/topology.ts';
import type { Windowed } from '../window/window.ts';

/** A table's rows as they are now: stored, or computed from the rows of the table it comes from. */
export interface TableView<K, V> {
  /** Stores to be connected to the node that looks. */
  readonly stores: readonly AnyStoreDefinition[];
  open(context: NodeContext): (key: K) => Timestamped<V> | undefined;
}

/** Rows of a store. */
export function storedTable<K, V>(
  definition: StoreDefinition<'timestamped-key-value', K, V>,
): TableView<K, V> {
  return {
    stores: [definition],
    open: (context) => {
      const store = context.store<'timestamped-key-value', K, V>(definition);
      return (key) => store.get(key);
    },
  };
}

/** Rows of a store of windows. */
export function windowedTable<K, V>(
  definition: StoreDefinition<'timestamped-window', K, V>,
): TableView<Windowed<K>, V> {
  return {
    stores: [definition],
    open: (context) => {
      const store = context.store<'timestamped-window', K, V>(definition);
      return ({ key, window }) => store.get(key, window.startMs);
    },
  };
}

/** The rows of `parent` that pass. */
export function filteredTable<K, V>(
  parent: TableView<K, V>,
  passes: (value: V, key: K) => boolean,
): TableView<K, V> {
  return {
    stores: parent.stores,
    open: (context) => {
      const get = parent.open(context);
      return (key) => {
        const row = get(key);
        return row !== undefined && passes(row.value, key) ? row : undefined;
      };
    },
  };
}

/** The rows of `parent`, each value mapped. Null or undefined: no row. */
export function mappedTable<K, V, R>(
  parent: TableView<K, V>,
  mapper: (value: V, key: K) => R | null | undefined,
): TableView<K, R> {
  return {
    stores: parent.stores,
    open: (context) => {
      const get = parent.open(context);
      return (key) => {
        const row = get(key);
        if (row === undefined) return undefined;
        const value = mapper(row.value, key) ?? undefined;
        return value === undefined ? undefined : { value, timestamp: row.timestamp };
      };
    },
  };
}
