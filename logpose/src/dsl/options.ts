import type { DurableName } from '../record/topic.ts';
import type { Serde } from '../serde/serde.ts';

/** Each operator's last argument. */
export interface NodeOptions {
  /** The operator's name in `describe` and metrics. Nothing durable depends on it. */
  readonly node?: string;
}

/** The store of a table or an aggregate. */
export interface StoreOptions extends NodeOptions {
  /** Names the store and its changelog topic. Changing it loses the state. */
  readonly name: DurableName;
  /** `'none'`: a crash may lose or repeat rows. Default `'kept'`. */
  readonly changelog?: 'kept' | 'none';
  /** When updates go downstream. Default: the application's. */
  readonly emit?: 'each-commit' | 'each-change';
}

/** Serdes that a stream may have lost on its way; each defaults to the one in force. */
export interface TableSerdes<K, V> {
  readonly key?: Serde<NonNullable<K>>;
  readonly value?: Serde<NonNullable<V>>;
}
