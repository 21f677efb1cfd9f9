import type { RecordPosition } from '../errors/record-position.ts';

/** How far a store has read its input: at most one position per topic partition. */
export type StorePosition = readonly RecordPosition[];

/** How a read waits. */
export interface ReadOptions {
  /** Wait until the store has seen these: what `producer.send` or an earlier answer gave. */
  readonly after?: RecordPosition | StorePosition;
  /** Default 1000. When it runs out the answer is `unavailable`. */
  readonly timeoutMs?: number;
}

/** A row of a store without timestamps. */
export interface Row<out V> {
  readonly value: V;
}

/** Why there is no answer. */
export type Unavailable =
  | { readonly state: 'restoring'; readonly lag: number }
  | { readonly state: 'unavailable'; readonly reason: 'not-running' | 'timeout' | 'closed' };

/** A committed row, or why there is none. `Row` is `{ value }` or `{ value, timestamp }`. */
export type Answer<Row> =
  | ({ readonly state: 'found'; readonly position: StorePosition } & Row)
  | { readonly state: 'absent'; readonly position: StorePosition }
  | { readonly state: 'moved'; readonly to: string }
  | Unavailable;
