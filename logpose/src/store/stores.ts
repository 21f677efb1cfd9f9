import type { Timestamped } from '../record/stream-record.ts';
import type { Windowed } from '../window/window.ts';

/** What a processor gets for each kind of store. Synchronous. */
export interface Stores<K, V> {
  'key-value': KeyValueStore<K, V>;
  'timestamped-key-value': KeyValueStore<K, Timestamped<V>>;
  window: WindowStore<K, V>;
  'timestamped-window': WindowStore<K, Timestamped<V>>;
}

/** The same, for reading only. */
export interface ReadonlyStores<K, V> {
  'key-value': ReadonlyKeyValueStore<K, V>;
  'timestamped-key-value': ReadonlyKeyValueStore<K, Timestamped<V>>;
  window: ReadonlyWindowStore<K, V>;
  'timestamped-window': ReadonlyWindowStore<K, Timestamped<V>>;
}

/** Bounds of a scan, by encoded key. Without any: everything. */
export interface KeyBounds<K> {
  readonly gte?: K;
  readonly gt?: K;
  readonly lte?: K;
  readonly lt?: K;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** Event times in milliseconds since 1970, both ends inclusive as in Kafka. */
export interface TimeBounds {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** The first bytes of a key; for text keys, its first characters. */
export type KeyPrefix<K> = Uint8Array | (K & string);

/** Rows by key, for reading. */
export interface ReadonlyKeyValueStore<K, V> {
  readonly name: string;
  /** Undefined: no such row. */
  get(key: K): V | undefined;
  /** Rows in the bounds, ascending by encoded key, as they were when the scan began. */
  range(bounds?: KeyBounds<K>): IterableIterator<[key: K, value: V]>;
  /** Rows whose encoded keys begin with the prefix, in the same order. */
  prefix(prefix: KeyPrefix<K>): IterableIterator<[key: K, value: V]>;
}

/**
 * Keyed state of one task.
 *
 * Synchronous on purpose: no other record can run between a processor's `get` and its `put`. A
 * write is visible at once and durable at the next commit. Values are immutable: one that was put
 * or got must not be changed (`STATE_MUTATED`).
 */
export interface KeyValueStore<K, V> extends ReadonlyKeyValueStore<K, V> {
  put(key: K, value: V): void;
  delete(key: K): void;
}

/** Rows by key and window start, for reading. Rows older than the retention are not seen. */
export interface ReadonlyWindowStore<K, V> {
  readonly name: string;
  get(key: K, windowStartMs: number): V | undefined;
  /** Windows of one key that start in the bounds, ascending by start. */
  fetch(key: K, bounds?: TimeBounds): IterableIterator<[key: Windowed<K>, value: V]>;
  /** Windows of all keys that start in the bounds, ascending by key, then start. */
  fetchAll(bounds?: TimeBounds): IterableIterator<[key: Windowed<K>, value: V]>;
}

/**
 * Windowed state of one task. A row whose window starts at or before the store's stream time less
 * its retention is expired: it is neither kept nor found.
 */
export interface WindowStore<K, V> extends ReadonlyWindowStore<K, V> {
  put(key: K, value: V, windowStartMs: number): void;
  delete(key: K, windowStartMs: number): void;
}
