import type { DurableName } from '../record/topic.ts';
import type { Serde } from '../serde/serde.ts';
import type { NodeOptions, StoreOptions } from './options.ts';

/** Takes one value into an aggregate. Null or undefined deletes the row. */
export type Adder<K, V, A> = (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined;

/** How to build an aggregate of A. `initialize` runs per key and must not share mutable parts. */
export interface Aggregator<K, V, A> {
  readonly initialize: () => NoInfer<A>;
  readonly add: Adder<K, V, A>;
}

/** `subtract` undoes `add`; on a change it runs first. */
export interface TableAggregator<K, V, A> extends Aggregator<K, V, A> {
  readonly subtract: Adder<K, V, A>;
}

/** Makes one value of two. The first value of a key is taken as it is. */
export type Reducer<K, V> = (aggregate: V, value: V, key: K) => V | null | undefined;

/** What `reduce` is told. */
export interface ReduceOptions<V> extends StoreOptions {
  /** Needed when a callback made the values. */
  readonly value?: Serde<V>;
}

/** What `aggregate` is told. The type of an aggregate is the type of its serde. */
export interface AggregateOptions<A> extends StoreOptions {
  readonly value: Serde<A>;
}

/** What a windowed aggregation is told. */
export interface WindowOptions extends NodeOptions {
  /** Names the store and its changelog topic. Changing it loses the state. */
  readonly name: DurableName;
  /** `'none'`: a crash may lose or repeat rows. Default `'kept'`. */
  readonly changelog?: 'kept' | 'none';
  /** Default: window and grace. For calendar windows: the longest window and grace. */
  readonly retentionMs?: number;
  /** When updates go downstream. Default: the application's. */
  readonly emit?: 'each-commit' | 'each-change';
}
