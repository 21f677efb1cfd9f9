/** Takes one value into an aggregate. Null or undefined deletes the row. */
export type Adder<K, V, A> = (aggregate: A, value: V, key: K) => A | null | undefined;

/** How to build an aggregate. `initialize` runs per key and must not share mutable parts. */
export interface Aggregator<K, V, A> {
  readonly initialize: () => A;
  readonly add: Adder<K, V, A>;
}

/** `subtract` undoes `add`; on a change it runs first. */
export interface TableAggregator<K, V, A> extends Aggregator<K, V, A> {
  readonly subtract: Adder<K, V, A>;
}

/** Makes one value of two. */
export type Reducer<K, V> = (aggregate: V, value: V, key: K) => V | null | undefined;
