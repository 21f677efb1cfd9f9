import type { DurableName } from '../record/topic.ts';
import type { StoreDefinition, WindowStoreShape } from '../store/store-definition.ts';
import type { AnySerde, AnyValue } from '../topology/topology.ts';
import type { RowsDefinition, WindowRowsDefinition } from './place.ts';

/** What the options of a table or an aggregate say about its store. */
export interface StoreOptionsInForce {
  readonly name: DurableName;
  readonly changelog?: 'kept' | 'none';
  readonly emit?: 'each-commit' | 'each-change';
}

/** A store by its final name and serdes. */
export interface NamedStore {
  readonly name: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
}

/** The store of a table's rows. */
export function rowsDefinition(store: NamedStore, options: StoreOptionsInForce): RowsDefinition {
  return define('timestamped-key-value', store, options);
}

/** The store of a windowed table's rows. */
export function windowRowsDefinition(
  store: NamedStore & { readonly windows: WindowStoreShape },
  options: StoreOptionsInForce,
): WindowRowsDefinition {
  return { ...define('timestamped-window', store, options), windows: store.windows };
}

function define<Kind extends 'timestamped-key-value' | 'timestamped-window'>(
  storeKind: Kind,
  { name, key, value }: NamedStore,
  { changelog = 'kept', emit }: StoreOptionsInForce,
): StoreDefinition<Kind, AnyValue, AnyValue> {
  return { storeKind, name, key, value, changelog, emit, windows: undefined };
}
