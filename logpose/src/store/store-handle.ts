import { ConfigError } from '../errors/config-errors.ts';
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

/**
 * Refuses a table whose rows nothing keeps, as types do.
 *
 * @throws {ConfigError} With what to write instead.
 */
export function requireHandle(handle: unknown): void {
  if (typeof handle === 'object' && handle !== null && 'storeKind' in handle) return;
  throw new ConfigError([
    "this is no store and no table that is kept in one: read what materialize({ name: 'rows' }) " +
      'or an aggregate returns',
  ]);
}

/** An open store of a kind. */
export type StoreOf<Kind extends StoreKind, K, V> = Stores<K, V>[Kind];

/** The same, for reading only. */
export type ReadonlyStoreOf<Kind extends StoreKind, K, V> = ReadonlyStores<K, V>[Kind];
