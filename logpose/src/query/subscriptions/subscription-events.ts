import type { Timestamped } from '../../record/stream-record.ts';
import type { KeyPrefix } from '../../store/stores.ts';
import type { Windowed } from '../../window/window.ts';
import type { StorePosition } from '../answer.ts';

/** The keys a subscriber sees: windowed where the store is. */
export interface RowKeys<K> {
  'key-value': K;
  'timestamped-key-value': K;
  window: Windowed<K>;
  'timestamped-window': Windowed<K>;
}

/** Which rows: one key, those whose encoded keys begin with a prefix, or all. */
export type SubscribeOptions<K> = {
  /** Continue behind this position, of an earlier event, instead of starting with a snapshot. */
  readonly from?: StorePosition;
  /** Changes held for a slow reader before older ones of the same key are skipped. Default 1000. */
  readonly maxBuffered?: number;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
} & ({ readonly key: K } | { readonly prefix: KeyPrefix<K> } | { readonly all: true });

/**
 * `snapshot` first, then each committed `change`; `value` undefined means the row is gone.
 * A second `snapshot` replaces everything: the reader was too far behind the changelog.
 *
 * Positions are places in the store's changelog: they are for `from`, not for `after`. A store
 * without timestamps has −1 for them in a snapshot.
 */
export type SubscriptionEvent<K, V> =
  | {
      readonly kind: 'snapshot';
      readonly rows: readonly (readonly [key: K, row: Timestamped<V>])[];
      readonly position: StorePosition;
    }
  | {
      readonly kind: 'change';
      readonly key: K;
      readonly value: V | undefined;
      readonly timestamp: number;
      readonly position: StorePosition;
    };
