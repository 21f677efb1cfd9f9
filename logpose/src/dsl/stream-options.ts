import type { DurableName } from '../record/topic.ts';
import type { Serde } from '../serde/serde.ts';
import type { Partitioner } from '../topology/topology.ts';
import type { NodeOptions, TableSerdes } from './options.ts';

/** What `repartition` is told. */
export interface RepartitionOptions<K, V> {
  /** Names the topic, and the nodes around it. */
  readonly name: DurableName;
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
  /** Default: the greatest number of partitions among the sources. */
  readonly partitions?: number;
  readonly partitioner?: Partitioner<K, V>;
}

/** What `groupByKey` is told. It is no node of its own. */
export interface GroupByKeyOptions<K, V> {
  /** Names the repartition topic; needed only when the key was changed before. */
  readonly repartition?: DurableName;
  readonly key?: Serde<NonNullable<K>>;
  readonly value?: Serde<NonNullable<V>>;
}

/** What `groupBy` is told. */
export interface GroupByOptions<K2, V> extends NodeOptions {
  /** Names the repartition topic, and the node when `node` does not. */
  readonly name: DurableName;
  readonly key: Serde<K2>;
  /** Needed when the value was made by a callback before. */
  readonly value?: Serde<NonNullable<V>>;
}

/** What a join with a table is told. */
export interface TableJoinOptions<K, V> extends NodeOptions, TableSerdes<K, V> {
  /** Names the repartition topic; needed only when the key was changed before. */
  readonly repartition?: DurableName;
}

/** What `to` is told. */
export interface SinkOptions<K, V> extends NodeOptions {
  readonly partitioner?: Partitioner<K, V>;
}
/** What a table's `groupBy` is told. */
export interface TableGroupByOptions<K2, V2> extends NodeOptions {
  /** Names the repartition topic, and the node when `node` does not. */
  readonly name: DurableName;
  readonly key: Serde<K2>;
  readonly value: Serde<V2>;
}
