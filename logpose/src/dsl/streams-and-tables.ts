import type {
  DeclaredStores,
  NoOutput,
  NoStores,
  ProcessorDefinition,
  ValueProcessorDefinition,
} from '../operators/processor-definition.ts';
import type { NotAPromise, RecordCallback, RecordGuard } from '../record/stream-record.ts';
import type { OutputTopic } from '../record/topic.ts';
import type { Serde, SerdesInForce } from '../serde/serde.ts';
import type { StoreHandle } from '../store/store-handle.ts';
import type { TimeWindows, UnlimitedWindows, Windowed } from '../window/window.ts';
import type {
  AggregateOptions,
  Aggregator,
  ReduceOptions,
  Reducer,
  TableAggregator,
  WindowOptions,
} from './aggregate-options.ts';
import type { NodeOptions, StoreOptions, TableSerdes } from './options.ts';
import type {
  GroupByKeyOptions,
  GroupByOptions,
  RepartitionOptions,
  SinkOptions,
  TableGroupByOptions,
  TableJoinOptions,
} from './stream-options.ts';

/**
 * An endless sequence of records, each standing for itself.
 *
 * An operator that makes a new key or value loses its serde; what is durable behind then needs it
 * as an option. `build()` lists every place where one is missing.
 */
export interface KStream<in out K, in out V> {
  readonly kind: 'stream';
  readonly serdes: SerdesInForce<K, V>;

  /** Keeps the records `keep` accepts; a type guard narrows the stream. */
  filter<V2 extends V>(keep: RecordGuard<K, V, V2>, options?: NodeOptions): KStream<K, V2>;
  filter(keep: RecordCallback<K, V, boolean>, options?: NodeOptions): KStream<K, V>;
  /** Keeps the records `drop` refuses; a type guard takes its type out of the stream. */
  filterNot<V2 extends V>(
    drop: RecordGuard<K, V, V2>,
    options?: NodeOptions,
  ): KStream<K, Exclude<V, V2>>;
  filterNot(drop: RecordCallback<K, V, boolean>, options?: NodeOptions): KStream<K, V>;

  /** Another key and value for each record, at its time and with its headers. */
  map<K2, V2>(
    mapper: RecordCallback<K, V, readonly [key: K2, value: V2]>,
    options?: NodeOptions,
  ): KStream<K2, V2>;
  /** Another value for each record; the key stays, so nothing behind needs repartitioning. */
  mapValues<V2>(mapper: RecordCallback<K, V, V2>, options?: NodeOptions): KStream<K, V2>;
  /** Any number of records for each. */
  flatMap<K2, V2>(
    mapper: RecordCallback<K, V, Iterable<readonly [key: K2, value: V2]>>,
    options?: NodeOptions,
  ): KStream<K2, V2>;
  /** Any number of values for each, under its key. */
  flatMapValues<V2>(
    mapper: RecordCallback<K, V, Iterable<V2>>,
    options?: NodeOptions,
  ): KStream<K, V2>;
  /** Another key for each record. */
  selectKey<K2>(selector: RecordCallback<K, V, K2>, options?: NodeOptions): KStream<K2, V>;

  /** Shows each record to `action`, and passes it on. */
  peek(action: RecordCallback<K, V, NotAPromise>, options?: NodeOptions): KStream<K, V>;
  /**
   * Shows each record to `action`; the chain ends here. Nothing is awaited: for calls to the
   * outside write to a topic, and let a consumer make them.
   */
  forEach(action: RecordCallback<K, V, NotAPromise>, options?: NodeOptions): void;
  /** Writes each record to standard output as a line; the chain ends here. */
  print(options?: NodeOptions & { readonly label?: string }): void;

  /** Sends each record to the first branch that takes it; `branch` follows, once per branch. */
  split(options?: NodeOptions): Split<K, V, unknown>;
  /** Both streams' records, in no particular order between them. */
  merge<K2 extends K, V2>(other: KStream<K2, V2>, options?: NodeOptions): KStream<K, V | V2>;

  /** Sends the records through a topic of their own, partitioned by key. */
  repartition(options: RepartitionOptions<K, V>): KStream<K, V>;
  /** The stream as updates of rows: null deletes, a null key is dropped. */
  toTable(options: StoreOptions & TableSerdes<K, V>): StoredTable<NonNullable<K>, NonNullable<V>>;

  /** Groups by the key as it is. Records with a null key are dropped by what follows. */
  groupByKey(options?: GroupByKeyOptions<K, V>): KGroupedStream<NonNullable<K>, V>;
  /** Groups by a new key, through a repartition topic called `name`. */
  groupBy<K2>(
    selector: RecordCallback<K, V, NoInfer<K2> | null | undefined>,
    options: GroupByOptions<K2, V>,
  ): KGroupedStream<K2, V>;

  /**
   * Inner join with the table's row as it is now, at the record's timestamp; later changes of the
   * row revise nothing. Null keys or values and records without a row are dropped.
   */
  join<V2, R>(
    table: KTable<NonNullable<K>, V2>,
    joiner: (value: NonNullable<V>, row: V2, key: NonNullable<K>) => R,
    options?: TableJoinOptions<K, V>,
  ): KStream<NonNullable<K>, R>;
  /** Like `join`, but keeps records without a row, and null keys: the row is then undefined. */
  leftJoin<V2, R>(
    table: KTable<NonNullable<K>, V2>,
    joiner: (value: NonNullable<V>, row: V2 | undefined, key: K) => R,
    options?: TableJoinOptions<K, V>,
  ): KStream<K, R>;

  /** Runs a processor with stores and punctuators; what it forwards has the types of `output`. */
  process<S extends DeclaredStores = NoStores, K2 = NoOutput, V2 = NoOutput>(
    definition: ProcessorDefinition<K, V, K2, V2, S>,
  ): KStream<K2, V2>;
  /** The same for a processor that keeps the key. */
  processValues<S extends DeclaredStores = NoStores, V2 = NoOutput>(
    definition: ValueProcessorDefinition<K, V, V2, S>,
  ): KStream<K, V2>;

  /** Writes to a topic, or to the one the function returns. A null value is a tombstone. */
  to(
    choose: RecordCallback<K, V, OutputTopic<K, Exclude<V, null>>>,
    options?: SinkOptions<K, V>,
  ): void;
  to(topic: OutputTopic<K, Exclude<V, null>>, options?: SinkOptions<K, V>): void;
}

/** A stream being split. `V` is what no type guard has taken so far. */
export interface Split<K, V, Branches> {
  /** The records that `take` accepts and no branch before has taken. */
  branch<Name extends string, V2 extends V>(
    name: Name,
    take: RecordGuard<K, V, V2>,
  ): Split<K, Exclude<V, V2>, Branches & { readonly [N in Name]: KStream<K, V2> }>;
  branch<Name extends string>(
    name: Name,
    take: RecordCallback<K, V, boolean>,
  ): Split<K, V, Branches & { readonly [N in Name]: KStream<K, V> }>;
  /** Gives the branches and, under `name`, what none took. */
  defaultBranch<Name extends string>(
    name: Name,
  ): Branches & { readonly [N in Name]: KStream<K, V> };
  /** Gives the branches; what none took is dropped. */
  noDefaultBranch(): Branches;
}

/**
 * Rows by key and their changes. V is never null: a row that turns null is gone.
 *
 * Keys are invariant, so that tables join only when their keys are of the same type.
 */
export interface KTable<in out K, in out V> {
  readonly kind: 'table';
  readonly serdes: SerdesInForce<K, V>;

  /**
   * The rows that `keep` accepts. A row that it refuses is sent on as deleted; one that it refused
   * before, too, only where this table's rows are not kept.
   */
  filter<V2 extends V>(
    keep: (value: V, key: K) => value is V2,
    options?: NodeOptions,
  ): KTable<K, V2>;
  filter(keep: (value: V, key: K) => boolean, options?: NodeOptions): KTable<K, V>;
  /** The rows that `drop` refuses. */
  filterNot(drop: (value: V, key: K) => boolean, options?: NodeOptions): KTable<K, V>;
  /** A row for which `mapper` gives null or undefined is gone. */
  mapValues<V2>(
    mapper: (value: V, key: K) => V2,
    options?: NodeOptions,
  ): KTable<K, NonNullable<V2>>;

  /** Keeps these rows in a named store, so that they can be read. It is no node of its own. */
  materialize(
    options: Omit<StoreOptions, 'node'> & { readonly value?: Serde<NoInfer<V>> },
  ): StoredTable<K, V>;

  /** Each change as a record; a deleted row is a null value. */
  toStream(options?: NodeOptions): KStream<K, V | null>;

  /**
   * Groups rows under new keys, through a repartition topic called `name`. When a row changes, its
   * old value leaves its old group and its new value enters the new one. A null key or value: in
   * no group.
   */
  groupBy<K2, V2>(
    selector: (value: V, key: K) => readonly [key: NoInfer<K2> | null, value: NoInfer<V2> | null],
    options: TableGroupByOptions<K2, V2>,
  ): KGroupedTable<K2, V2>;
}

/** A table kept in a named store. */
export interface StoredTable<in out K, in out V>
  extends KTable<K, V>,
    StoreHandle<'timestamped-key-value', K, V> {}

/** The result of a windowed aggregation: one row per key and window. */
export interface WindowTable<in out K, in out V>
  extends KTable<Windowed<K>, V>,
    StoreHandle<'timestamped-window', K, V> {}

/** Records by key. Null values are skipped and counted. */
export interface KGroupedStream<in out K, in out V> {
  /** How many records each key has had, at the latest timestamp counted. */
  count(options: StoreOptions): StoredTable<K, number>;
  /** One value per key. */
  reduce(
    reducer: Reducer<K, NonNullable<V>>,
    options: ReduceOptions<NonNullable<V>>,
  ): StoredTable<K, NonNullable<V>>;
  /** One aggregate per key, at the latest timestamp added. */
  aggregate<A extends {}>(
    aggregator: Aggregator<K, NonNullable<V>, A>,
    options: AggregateOptions<A>,
  ): StoredTable<K, A>;
  /** Splits each key's records by event time. */
  windowedBy(windows: TimeWindows | UnlimitedWindows): TimeWindowedKStream<K, V>;
}

/**
 * Records by key and window. A null value reaches the aggregator (sliding windows skip it), as in
 * Kafka Streams. A record too late for a window is dropped from it and counted.
 */
export interface TimeWindowedKStream<in out K, in out V> {
  count(options: WindowOptions): WindowTable<K, number>;
  reduce(
    reducer: Reducer<K, NonNullable<V>>,
    options: WindowOptions & ReduceOptions<NonNullable<V>>,
  ): WindowTable<K, NonNullable<V>>;
  aggregate<A extends {}>(
    aggregator: Aggregator<K, V, A>,
    options: WindowOptions & { readonly value: Serde<A> },
  ): WindowTable<K, A>;
}

/** Rows by group. */
export interface KGroupedTable<in out K, in out V> {
  /** How many rows each group has. A group that was left by all has the count 0. */
  count(options: StoreOptions): StoredTable<K, number>;
  reduce(
    reducer: { readonly add: Reducer<K, V>; readonly subtract: Reducer<K, V> },
    options: StoreOptions,
  ): StoredTable<K, V>;
  aggregate<A extends {}>(
    aggregator: TableAggregator<K, V, A>,
    options: AggregateOptions<A>,
  ): StoredTable<K, A>;
}
