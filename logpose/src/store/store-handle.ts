import type { Serde } from '../serde/serde.ts';
import type { ReadonlyStores, Stores } from './stores.ts';

/** What a store keeps per key. `timestamped-…` are what tables use. */
export type StoreKind = keyof Stores<unknown, unknown>;

/** Any store, types forgotten. */
export interface AnyStore {
  readonly storeKind: StoreKind;
  readonly name: string;
}

/**
 * Something whose rows can be read: a store definition or a stored table.
 * Hand it to `app.store`, to a processor's `stores`, or to `TestDriver.store`.
 */
export interface StoreHandle<out Kind extends StoreKind, in out K, in out V> extends AnyStore {
  readonly storeKind: Kind;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** An open store of a kind. */
export type StoreOf<Kind extends StoreKind, K, V> = Stores<K, V>[Kind];

/** The same, for reading only. */
export type ReadonlyStoreOf<Kind extends StoreKind, K, V> = ReadonlyStores<K, V>[Kind];
