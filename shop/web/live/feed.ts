import { type Signal, signal } from '@preact/signals';

/** A kind of live data, and how a frame changes what is known. */
export interface Channel<T> {
  readonly name: string;
  /** The feed of a key: kept, so that a page opened again shows its last values at once. */
  feedOf(key: string): Feed<T>;
  /** The value after a frame's data; `before` is undefined for a snapshot. */
  merge(before: T | undefined, data: unknown): T;
}

/** One channel with its key, as this page follows it. */
export interface Feed<T> {
  /** The newest value; undefined until the first snapshot. Survives a lost line. */
  readonly value: Signal<T | undefined>;
  readonly readiness: Signal<Readiness>;
}

/** Whether a feed's value is current. */
export type Readiness =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'restoring'; readonly percent: number | undefined };

/** A feed that nothing has been said about yet. */
export function emptyFeed<T>(): Feed<T> {
  return { value: signal(undefined), readiness: signal({ kind: 'waiting' }) };
}
