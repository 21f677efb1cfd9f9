import type { RecordPosition } from '../errors/record-position.ts';

/** How far a store has read its input: at most one position per topic partition. */
export type StorePosition = readonly RecordPosition[];

/** How a read waits, and who may answer it. */
export interface ReadOptions {
  /**
   * Wait until the store has seen these: what `producer.send` or an earlier answer gave. Only the
   * owner knows that, so no standby answers then.
   */
  readonly after?: RecordPosition | StorePosition;
  /** Default 1000. When it runs out the answer is `unavailable`. */
  readonly timeoutMs?: number;
  /**
   * Whether a standby may answer where the owner can't: its copy is some records behind. Default
   * `'refused'`.
   */
  readonly standby?: 'allowed' | 'refused';
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
  | ({ readonly state: 'found' } & AnswerSource & Row)
  | ({ readonly state: 'absent' } & AnswerSource)
  | { readonly state: 'moved'; readonly to: string }
  | Unavailable;

/** Of what an answer is. */
export interface AnswerSource {
  /**
   * The last record of each input that the store has seen; of a standby, the last record of the
   * changelog that it has.
   */
  readonly position: StorePosition;
  /** There when a standby answered: the changelog records it was behind. */
  readonly standby?: { readonly lag: number };
}
