import type { Timestamped } from '../record/stream-record.ts';
import type { KeyBounds, KeyPrefix, TimeBounds } from '../store/stores.ts';
import type { Windowed } from '../window/window.ts';
import type { Answer, ReadOptions, Row } from './answer.ts';

/** How each kind of store is read from outside. Asynchronous, committed state only. */
export interface Readers<K, V> {
  'key-value': KeyValueReader<K, Row<V>>;
  'timestamped-key-value': KeyValueReader<K, Timestamped<V>>;
  window: WindowReader<K, Row<V>>;
  'timestamped-window': WindowReader<K, Timestamped<V>>;
}

/**
 * Reads rows by key.
 *
 * Scans are one snapshot per partition, in key order within each. They end with
 * `StoreUnavailableError` when the store restores, closes or `timeoutMs` runs out.
 */
export interface KeyValueReader<K, Row> {
  /** @throws {ConfigError} When `after` is not of the store's own input, or no key can be that. */
  get(key: K, options?: ReadOptions): Promise<Answer<Row>>;
  range(bounds?: KeyBounds<K>, options?: ReadOptions): AsyncIterable<{ readonly key: K } & Row>;
  prefix(prefix: KeyPrefix<K>, options?: ReadOptions): AsyncIterable<{ readonly key: K } & Row>;
}

/** Reads rows by key and window; scans as `KeyValueReader`. */
export interface WindowReader<K, Row> {
  /** @throws {ConfigError} When `after` is not of the store's own input, or no key can be that. */
  get(key: K, windowStartMs: number, options?: ReadOptions): Promise<Answer<Row>>;
  /** Windows of one key that start in the bounds, both inclusive. */
  fetch(
    key: K,
    bounds?: TimeBounds,
    options?: ReadOptions,
  ): AsyncIterable<{ readonly key: Windowed<K> } & Row>;
  /** Windows of all keys that start in the bounds, both inclusive. */
  fetchAll(
    bounds?: TimeBounds,
    options?: ReadOptions,
  ): AsyncIterable<{ readonly key: Windowed<K> } & Row>;
}
