import type { RecordHeaders } from './headers.ts';

/** What flows through a topology. Immutable; user code may keep it. */
export interface StreamRecord<out K, out V> {
  readonly key: K;
  readonly value: V;
  /** Event time in milliseconds since 1970. */
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/**
 * A record to send on. What is left out is taken from the record in hand: its timestamp and
 * headers; in a punctuator, the punctuation time and no headers.
 */
export interface NewRecord<out K, out V> {
  readonly key: K;
  readonly value: V;
  readonly timestamp?: number;
  readonly headers?: RecordHeaders;
}

/** A value and its event time, as tables keep it. */
export interface Timestamped<out V> {
  readonly value: V;
  readonly timestamp: number;
}

/** A callback on a record. The third argument carries its time and headers. */
export type RecordCallback<K, V, R> = (value: V, key: K, record: StreamRecord<K, V>) => R;

/** What an action on a record may return: anything but a promise, which nobody would wait for. */
export type NotAPromise =
  | void
  | null
  | string
  | number
  | bigint
  | boolean
  | symbol
  | (object & { readonly then?: never });

/** A callback on a record that narrows its value. */
export type RecordGuard<K, V, V2 extends V> = (
  value: V,
  key: K,
  record: StreamRecord<K, V>,
) => value is V2;
