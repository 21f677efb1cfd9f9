// Written by `npm run api -- --update`: what users of this entry point see.

export type Adder<K, V, A> = (aggregate: A, value: V, key: K) => NoInfer<A> | null | undefined;

export interface Admin {
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  describeTopics(
    topics: readonly {
      readonly name: string;
    }[],
  ): Promise<readonly (TopicDescription | undefined)[]>;
  deleteRecords(before: readonly RecordPosition[]): Promise<void>;
  groups(): Promise<
    readonly {
      readonly id: string;
      readonly state: string;
    }[]
  >;
}

export interface AggregateOptions<A> extends StoreOptions {
  readonly value: Serde<A>;
}

export interface Aggregator<K, V, A> {
  readonly initialize: () => NoInfer<A>;
  readonly add: Adder<K, V, A>;
}

export type Answer<Row> =
  | ({
      readonly state: 'found';
    } & AnswerSource &
      Row)
  | ({
      readonly state: 'absent';
    } & AnswerSource)
  | {
      readonly state: 'moved';
      readonly to: string;
    }
  | Unavailable;

export interface AnswerSource {
  readonly position: StorePosition;
  readonly standby?: {
    readonly lag: number;
  };
}

export interface AnyConsumer extends AsyncDisposable {
  commit(batch?: BatchPosition): Promise<void>;
  seek(position: RecordPosition): void;
  endOffsets(): Promise<readonly RecordPosition[]>;
  close(): Promise<void>;
}

export interface AnyStore {
  readonly storeKind: StoreKind;
  readonly name: string;
}

export type AnyWindows = TimeWindows | UnlimitedWindows | SessionWindows;

export interface AppEvents {
  state: StateChange;
  restore: RestoreProgress;
  rebalance: {
    readonly tasks: readonly string[];
  };
  error: StreamsError;
  dropped: DroppedRecords;
}

export interface AppMetadata {
  instances(): readonly InstanceMetadata[];
  ownerOf<Kind extends StoreKind, K, V>(
    handle: StoreHandle<Kind, K, V>,
    key: NoInfer<K>,
  ): InstanceMetadata | undefined;
}

export type AppState =
  | 'created'
  | 'starting'
  | 'running'
  | 'rebalancing'
  | 'closing'
  | 'closed'
  | 'failed';

export interface Assignment<out T> {
  readonly topic: T;
  readonly partition: number;
  readonly offset?: number;
}

export interface Batch<out K, out V> extends BatchPosition {
  readonly records: readonly ConsumedRecord<K, V>[];
}

export interface BatchPosition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly nextOffset: number;
}

export interface ByteBounds {
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly reverse?: boolean;
}

export interface ByteWriter {
  byte(value: number): void;
  int32(value: number): void;
  int64(value: number): void;
  bigint64(value: bigint): void;
  float64(value: number): void;
  utf8(value: string): void;
  bytes(value: Uint8Array): void;
}

export type Cancel = () => void;

export interface Checkpoint {
  readonly topicId: string;
  readonly leaderEpoch: number;
  readonly offset: number;
  readonly flushedAtMs: number;
}

export interface CloseOptions {
  readonly timeoutMs?: number;
  readonly leaveGroup?: LeaveGroup;
}

export declare class ConfigError extends StreamsError {
  readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly retriable = false;
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: ErrorOptions);
}

export interface ConsumedRecord<out K, out V> extends StreamRecord<K, V>, RecordPosition {}

export interface Consumer<out K, out V> extends AnyConsumer, AsyncIterable<Batch<K, V>> {}

export type ConsumerOf<T> = [T] extends [InputTopic<infer K, infer V>] ? Consumer<K, V> : never;

export type ConsumerOptions<T> = {
  readonly from?: ConsumerStart;
  readonly isolation?: 'read-committed' | 'read-uncommitted';
} & (
  | {
      readonly topics: readonly T[];
      readonly groupId: string;
      readonly maxPollIntervalMs?: number;
    }
  | {
      readonly assignment: readonly Assignment<T>[];
      readonly groupId?: string;
    }
);

export type ConsumerStart =
  | 'earliest'
  | 'latest'
  | {
      readonly timestampMs: number;
    };

export interface CronSchedule {
  readonly cron: string;
  readonly zone: string;
  readonly name?: string;
}

export interface DamagePlace {
  readonly file?: string;
  readonly position?: RecordPosition;
  readonly advice?: string;
}

export type DeclaredStores = Readonly<Record<string, AnyStore>>;

export declare class DecodeError extends StreamsError {
  readonly name = 'DecodeError';
  readonly code: 'DECODE_FAILED' | 'NULL_NOT_ALLOWED';
  readonly retriable = false;
  readonly position: RecordPosition;
  readonly part: 'key' | 'value';
  constructor(position: RecordPosition, part: 'key' | 'value', cause: unknown);
}

export type DecodePolicy = (
  error: DecodeError,
  record: StreamRecord<Uint8Array | null, Uint8Array | null>,
) => FailureDecision;

export interface Decoder<out T> {
  readonly decode: (bytes: Uint8Array, start: number, end: number) => T;
}

export interface Definition extends FailurePolicies {
  readonly topology: Topology;
  readonly workers?: 0;
}

export interface DroppedRecords {
  readonly node: string;
  readonly reason: string;
  readonly count: number;
  readonly position?: RecordPosition;
}

export type DurableName = string | typeof generated;

export interface Encoder<in T> {
  readonly encode: (value: T, to: ByteWriter) => void;
}

export interface EngineEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface EngineWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'TOPOLOGY_INVALID'
  | 'TOPOLOGY_CHANGED'
  | 'DECODE_FAILED'
  | 'NULL_NOT_ALLOWED'
  | 'ENCODE_FAILED'
  | 'PROCESS_FAILED'
  | 'STATE_MUTATED'
  | 'PRODUCE_FAILED'
  | 'STORE_UNAVAILABLE'
  | 'STORE_DAMAGED'
  | 'TRANSACTION_ABORTED'
  | 'TRANSACTION_IN_DOUBT'
  | 'FENCED'
  | 'NOT_A_MEMBER'
  | 'LOG_UNAVAILABLE'
  | 'LOG_DAMAGED'
  | 'POSITION_OUT_OF_RANGE'
  | 'WORKER_FAILED';

export type FailureDecision =
  | 'fail'
  | 'continue'
  | {
      readonly deadLetter: OutputTopic<Uint8Array | null, Uint8Array | null>;
    };

export interface FailurePolicies {
  readonly onDecodeError?: DecodePolicy;
  readonly onProcessError?: ProcessPolicy;
  readonly onProduceError?: ProducePolicy;
}

export declare class FencedError extends StreamsError {
  readonly name = 'FencedError';
  readonly code = 'FENCED';
  readonly retriable = false;
  readonly transactionalId: string | undefined;
  readonly instanceId: string | undefined;
  constructor(
    id:
      | string
      | {
          readonly instanceId: string;
        },
    options?: ErrorOptions,
  );
}

// Exported as Forward.
export interface ForwardNew<Out> {
  (record: Out): void;
  to(child: string, record: Out): void;
}

export interface GroupByKeyOptions<K, V> {
  readonly repartition?: DurableName;
  readonly key?: Serde<NonNullable<K>>;
  readonly value?: Serde<NonNullable<V>>;
}

export interface GroupByOptions<K2, V> extends NodeOptions {
  readonly name: DurableName;
  readonly key: Serde<K2>;
  readonly value?: Serde<NonNullable<V>>;
}

export interface InputTopic<out K, out V> {
  readonly key: Decoder<K>;
  readonly value: Decoder<V>;
}

export interface InstanceMetadata {
  readonly advertised: string | undefined;
  readonly stores: readonly string[];
  readonly tasks: readonly string[];
}

export interface InternalTopicOptions {
  readonly replicationFactor?: number;
  readonly retentionMs?: number;
  readonly config?: Readonly<Record<string, string>>;
}

export interface KGroupedStream<in out K, in out V> {
  count(options: StoreOptions): StoredTable<K, number>;
  reduce(
    reducer: Reducer<K, NonNullable<V>>,
    options: ReduceOptions<NonNullable<V>>,
  ): StoredTable<K, NonNullable<V>>;
  aggregate<A extends {}>(
    aggregator: Aggregator<K, NonNullable<V>, A>,
    options: AggregateOptions<A>,
  ): StoredTable<K, A>;
  windowedBy(windows: TimeWindows | UnlimitedWindows): TimeWindowedKStream<K, V>;
}

export interface KGroupedTable<in out K, in out V> {
  count(options: StoreOptions): StoredTable<K, number>;
  reduce(
    reducer: {
      readonly add: Reducer<K, V>;
      readonly subtract: Reducer<K, V>;
    },
    options: StoreOptions,
  ): StoredTable<K, V>;
  aggregate<A extends {}>(
    aggregator: TableAggregator<K, V, A>,
    options: AggregateOptions<A>,
  ): StoredTable<K, A>;
}

export interface KStream<in out K, in out V> {
  readonly kind: 'stream';
  readonly serdes: SerdesInForce<K, V>;
  filter<V2 extends V>(keep: RecordGuard<K, V, V2>, options?: NodeOptions): KStream<K, V2>;
  filter(keep: RecordCallback<K, V, boolean>, options?: NodeOptions): KStream<K, V>;
  filterNot<V2 extends V>(
    drop: RecordGuard<K, V, V2>,
    options?: NodeOptions,
  ): KStream<K, Exclude<V, V2>>;
  filterNot(drop: RecordCallback<K, V, boolean>, options?: NodeOptions): KStream<K, V>;
  map<K2, V2>(
    mapper: RecordCallback<K, V, readonly [key: K2, value: V2]>,
    options?: NodeOptions,
  ): KStream<K2, V2>;
  mapValues<V2>(mapper: RecordCallback<K, V, V2>, options?: NodeOptions): KStream<K, V2>;
  flatMap<K2, V2>(
    mapper: RecordCallback<K, V, Iterable<readonly [key: K2, value: V2]>>,
    options?: NodeOptions,
  ): KStream<K2, V2>;
  flatMapValues<V2>(
    mapper: RecordCallback<K, V, Iterable<V2>>,
    options?: NodeOptions,
  ): KStream<K, V2>;
  selectKey<K2>(selector: RecordCallback<K, V, K2>, options?: NodeOptions): KStream<K2, V>;
  peek(action: RecordCallback<K, V, NotAPromise>, options?: NodeOptions): KStream<K, V>;
  forEach(action: RecordCallback<K, V, NotAPromise>, options?: NodeOptions): void;
  print(
    options?: NodeOptions & {
      readonly label?: string;
    },
  ): void;
  split(options?: NodeOptions): Split<K, V, unknown>;
  merge<K2 extends K, V2>(other: KStream<K2, V2>, options?: NodeOptions): KStream<K, V | V2>;
  repartition(options: RepartitionOptions<K, V>): KStream<K, V>;
  toTable(options: StoreOptions & TableSerdes<K, V>): StoredTable<NonNullable<K>, NonNullable<V>>;
  groupByKey(options?: GroupByKeyOptions<K, V>): KGroupedStream<NonNullable<K>, V>;
  groupBy<K2>(
    selector: RecordCallback<K, V, NoInfer<K2> | null | undefined>,
    options: GroupByOptions<K2, V>,
  ): KGroupedStream<K2, V>;
  join<V2, R>(
    table: KTable<NonNullable<K>, V2>,
    joiner: (value: NonNullable<V>, row: V2, key: NonNullable<K>) => R,
    options?: TableJoinOptions<K, V>,
  ): KStream<NonNullable<K>, R>;
  leftJoin<V2, R>(
    table: KTable<NonNullable<K>, V2>,
    joiner: (value: NonNullable<V>, row: V2 | undefined, key: K) => R,
    options?: TableJoinOptions<K, V>,
  ): KStream<K, R>;
  process<S extends DeclaredStores = NoStores, K2 = NoOutput, V2 = NoOutput>(
    definition: ProcessorDefinition<K, V, K2, V2, S>,
  ): KStream<K2, V2>;
  processValues<S extends DeclaredStores = NoStores, V2 = NoOutput>(
    definition: ValueProcessorDefinition<K, V, V2, S>,
  ): KStream<K, V2>;
  to(
    choose: RecordCallback<K, V, OutputTopic<K, Exclude<V, null>>>,
    options?: SinkOptions<K, V>,
  ): void;
  to(topic: OutputTopic<K, Exclude<V, null>>, options?: SinkOptions<K, V>): void;
}

export interface KTable<in out K, in out V> {
  readonly kind: 'table';
  readonly serdes: SerdesInForce<K, V>;
  filter<V2 extends V>(
    keep: (value: V, key: K) => value is V2,
    options?: NodeOptions,
  ): KTable<K, V2>;
  filter(keep: (value: V, key: K) => boolean, options?: NodeOptions): KTable<K, V>;
  filterNot(drop: (value: V, key: K) => boolean, options?: NodeOptions): KTable<K, V>;
  mapValues<V2>(
    mapper: (value: V, key: K) => V2,
    options?: NodeOptions,
  ): KTable<K, NonNullable<V2>>;
  materialize(
    options: Omit<StoreOptions, 'node'> & {
      readonly value?: Serde<NoInfer<V>>;
    },
  ): StoredTable<K, V>;
  toStream(options?: NodeOptions): KStream<K, V | null>;
  groupBy<K2, V2>(
    selector: (value: V, key: K) => readonly [key: NoInfer<K2> | null, value: NoInfer<V2> | null],
    options: TableGroupByOptions<K2, V2>,
  ): KGroupedTable<K2, V2>;
}

export interface KeyBounds<K> {
  readonly gte?: K;
  readonly gt?: K;
  readonly lte?: K;
  readonly lt?: K;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export type KeyPrefix<K> = Uint8Array | (K & string);

export interface KeyValueReader<K, Row> {
  get(key: K, options?: ReadOptions): Promise<Answer<Row>>;
  range(
    bounds?: KeyBounds<K>,
    options?: ReadOptions,
  ): AsyncIterable<
    {
      readonly key: K;
    } & Row
  >;
  prefix(
    prefix: KeyPrefix<K>,
    options?: ReadOptions,
  ): AsyncIterable<
    {
      readonly key: K;
    } & Row
  >;
}

export interface KeyValueStore<K, V> extends ReadonlyKeyValueStore<K, V> {
  put(key: K, value: V): void;
  delete(key: K): void;
}

export interface LmdbOptions {
  readonly openingGraceMs?: number;
  readonly maxScanMs?: number;
  readonly maxWriteMs?: number;
  readonly surroundings?: Surroundings;
  readonly writeTimers?: Timers;
  readonly bootId?: string;
}

export interface Log extends AsyncDisposable {
  readonly admin: Admin;
  producer(options: TransactionalProducerOptions): TransactionalProducer;
  producer(options?: ProducerOptions): Producer;
  consumer<T extends InputTopic<unknown, unknown>>(options: ConsumerOptions<T>): ConsumerOf<T>;
}

export declare class LogDamagedError extends StreamsError {
  readonly name = 'LogDamagedError';
  readonly code = 'LOG_DAMAGED';
  readonly retriable = false;
  readonly file: string | undefined;
  readonly position: RecordPosition | undefined;
  readonly advice: string | undefined;
  constructor(what: string, where: DamagePlace, options?: ErrorOptions);
}

export declare class LogUnavailableError extends StreamsError {
  readonly name = 'LogUnavailableError';
  readonly code = 'LOG_UNAVAILABLE';
  readonly retriable: boolean;
  constructor(
    what: string,
    options?: ErrorOptions & {
      readonly retriable?: boolean;
    },
  );
}

export interface Metric {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ModuleDefinition {
  readonly module: URL;
  readonly workers: number;
  readonly onWorkerFailure?: WorkerFailurePolicy;
}

export interface NewRecord<out K, out V> {
  readonly key: K;
  readonly value: V;
  readonly timestamp?: number;
  readonly headers?: RecordHeaders;
}

export interface NewTopic {
  readonly topic: {
    readonly name: string;
  };
  readonly partitions: number;
  readonly replicationFactor?: number;
  readonly cleanup?: 'delete' | 'compact' | 'compact-and-delete';
  readonly retentionMs?: number;
  readonly config?: Readonly<Record<string, string>>;
}

export interface NoOutput {
  readonly declare: 'output: { key, value } before forwarding';
}

export interface NodeOptions {
  readonly node?: string;
}

export declare class NotAMemberError extends StreamsError {
  readonly name = 'NotAMemberError';
  readonly code = 'NOT_A_MEMBER';
  readonly retriable = true;
  readonly groupId: string;
  constructor(groupId: string, why: string, options?: ErrorOptions);
}

export type NotAPromise =
  | void
  | null
  | string
  | number
  | bigint
  | boolean
  | symbol
  | (object & {
      readonly then?: never;
    });

export interface OpenEngines {
  readonly directory: string | undefined;
  readonly stores: readonly string[];
}

export type OpenStores<S extends DeclaredStores> = {
  readonly [Name in keyof S]: S[Name] extends StoreHandle<infer Kind, infer K, infer V>
    ? StoreOf<Kind, K, V>
    : never;
};

export interface Output<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

export interface OutputTopic<in K, in V> {
  readonly name: string;
  readonly key: Encoder<K>;
  readonly value: Encoder<V>;
}

export type Partitioner<K, V> = (value: V, key: K, partitions: number) => number | undefined;

export declare class PositionOutOfRangeError extends StreamsError {
  readonly name = 'PositionOutOfRangeError';
  readonly code = 'POSITION_OUT_OF_RANGE';
  readonly retriable = false;
  readonly position: RecordPosition;
  readonly startOffset: number;
  readonly endOffset: number;
  constructor(
    position: RecordPosition,
    range: {
      startOffset: number;
      endOffset: number;
    },
  );
}

export declare class ProcessError extends StreamsError {
  readonly name = 'ProcessError';
  readonly code: 'PROCESS_FAILED' | 'STATE_MUTATED';
  readonly retriable = false;
  readonly node: string;
  readonly position: RecordPosition | undefined;
  constructor(node: string, position: RecordPosition | undefined, cause: unknown);
}

export type ProcessPolicy = (
  error: ProcessError,
  record: StreamRecord<unknown, unknown> | undefined,
) => FailureDecision;

export interface ProcessorContext<Out, S extends DeclaredStores> {
  readonly stores: OpenStores<S>;
  readonly forward: ForwardNew<Out>;
  readonly punctuate: (schedule: PunctuationSchedule, run: (nowMs: number) => void) => Cancel;
  readonly requestCommit: () => void;
  readonly onClose: (run: () => void) => void;
  readonly streamTimeMs: () => number | undefined;
  readonly wallClockMs: () => number;
  readonly position: () => RecordPosition | undefined;
  readonly generation: () => number;
  readonly taskId: string;
}

export interface ProcessorDefinition<K, V, K2, V2, S extends DeclaredStores> {
  readonly node?: string;
  readonly stores?: S;
  readonly output?: Output<K2, V2>;
  readonly init: (
    context: ProcessorContext<NewRecord<K2, V2>, S>,
  ) => (record: StreamRecord<K, V>) => void;
}

export declare class ProduceError extends StreamsError {
  readonly name = 'ProduceError';
  readonly code: 'PRODUCE_FAILED' | 'ENCODE_FAILED';
  readonly retriable: boolean;
  readonly topic: string;
  constructor(
    topic: string,
    kind: {
      readonly code: 'PRODUCE_FAILED' | 'ENCODE_FAILED';
      readonly retriable?: boolean;
    },
    cause: unknown,
  );
}

export type ProducePolicy = (
  error: ProduceError,
  record: StreamRecord<unknown, unknown>,
) => FailureDecision;

export interface Producer extends AsyncDisposable {
  send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<NoInfer<K>, NoInfer<V> | null>,
  ): Promise<RecordPosition>;
  close(): Promise<void>;
}

export interface ProducerOptions {
  readonly lingerMs?: number;
  readonly maxPendingBytes?: number;
  readonly transactionalId?: never;
}

export interface ProducerRecord<out K, out V> extends NewRecord<K, V> {
  readonly partition?: number;
}

export type PunctuationSchedule = StreamTimeSchedule | WallClockSchedule | CronSchedule;

export interface ReadOptions {
  readonly after?: RecordPosition | StorePosition;
  readonly timeoutMs?: number;
  readonly standby?: 'allowed' | 'refused';
}

export interface Readers<K, V> {
  'key-value': KeyValueReader<K, Row<V>>;
  'timestamped-key-value': KeyValueReader<K, Timestamped<V>>;
  window: WindowReader<K, Row<V>>;
  'timestamped-window': WindowReader<K, Timestamped<V>>;
}

export interface ReadonlyKeyValueStore<K, V> {
  readonly name: string;
  get(key: K): V | undefined;
  range(bounds?: KeyBounds<K>): IterableIterator<[key: K, value: V]>;
  prefix(prefix: KeyPrefix<K>): IterableIterator<[key: K, value: V]>;
}

export interface ReadonlyWindowStore<K, V> {
  readonly name: string;
  get(key: K, windowStartMs: number): V | undefined;
  fetch(key: K, bounds?: TimeBounds): IterableIterator<[key: Windowed<K>, value: V]>;
  fetchAll(bounds?: TimeBounds): IterableIterator<[key: Windowed<K>, value: V]>;
}

export type RecordCallback<K, V, R> = (value: V, key: K, record: StreamRecord<K, V>) => R;

export type RecordGuard<K, V, V2 extends V> = (
  value: V,
  key: K,
  record: StreamRecord<K, V>,
) => value is V2;

export interface RecordHeaders extends Iterable<readonly [name: string, value: Uint8Array]> {
  get(name: string): Uint8Array | undefined;
  text(name: string): string | undefined;
  all(name: string): readonly Uint8Array[];
  with(name: string, value: string | Uint8Array): RecordHeaders;
  without(name: string): RecordHeaders;
}

export interface RecordPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface ReduceOptions<V> extends StoreOptions {
  readonly value?: Serde<V>;
}

export type Reducer<K, V> = (aggregate: V, value: V, key: K) => V | null | undefined;

export interface RepartitionOptions<K, V> {
  readonly name: DurableName;
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
  readonly partitions?: number;
  readonly partitioner?: Partitioner<K, V>;
}

export interface RestoreProgress {
  readonly store: string;
  readonly partition: number;
  readonly lag: number;
}

export interface Row<out V> {
  readonly value: V;
}

export interface RowKeys<K> {
  'key-value': K;
  'timestamped-key-value': K;
  window: Windowed<K>;
  'timestamped-window': Windowed<K>;
}

export type SchemaResult<T> =
  | {
      readonly value: T;
      readonly issues?: undefined;
    }
  | {
      readonly issues: readonly {
        readonly message: string;
      }[];
    };

export interface Serde<in out T> extends Encoder<T>, Decoder<T> {
  readonly encode: (value: T, to: ByteWriter) => void;
  readonly decode: (bytes: Uint8Array, start: number, end: number) => T;
  readonly holds: 'primitive' | 'plain' | 'opaque';
  readonly identity: ((value: T) => string | number) | undefined;
}

export interface SerdesInForce<in out K, in out V> {
  readonly key: Serde<K> | undefined;
  readonly value: Serde<V> | undefined;
}

export interface SessionWindows {
  readonly kind: 'session';
  readonly gapMs: number;
  readonly graceMs: number;
}

export interface SharedOptions {
  readonly id: string;
  readonly log: Log;
  readonly stateDirectory?: string;
  readonly guarantee?: 'at-least-once' | 'exactly-once';
  readonly commitIntervalMs?: number;
  readonly emit?: 'each-commit' | 'each-change';
  readonly maxTaskIdleMs?: number;
  readonly stores?: {
    readonly engine: StoreEngineFactory;
  };
  readonly instanceId?: string;
  readonly standbys?: number;
  readonly advertise?: string;
  readonly internalTopics?: InternalTopicOptions;
}

export interface SinkOptions<K, V> extends NodeOptions {
  readonly partitioner?: Partitioner<K, V>;
}

export interface SourceOptions extends NodeOptions {
  readonly from?: 'earliest' | 'latest';
}

export interface Split<K, V, Branches> {
  branch<Name extends string, V2 extends V>(
    name: Name,
    take: RecordGuard<K, V, V2>,
  ): Split<
    K,
    Exclude<V, V2>,
    Branches & {
      readonly [N in Name]: KStream<K, V2>;
    }
  >;
  branch<Name extends string>(
    name: Name,
    take: RecordCallback<K, V, boolean>,
  ): Split<
    K,
    V,
    Branches & {
      readonly [N in Name]: KStream<K, V>;
    }
  >;
  defaultBranch<Name extends string>(
    name: Name,
  ): Branches & {
    readonly [N in Name]: KStream<K, V>;
  };
  noDefaultBranch(): Branches;
}

export interface StandardSchema<out T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
  };
}

export interface StateChange {
  readonly from: AppState;
  readonly to: AppState;
}

export interface StoreConfig<K extends {}, V extends {}> {
  readonly name: DurableName;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly changelog?: 'kept' | 'none';
}

export declare class StoreDamagedError extends StreamsError {
  readonly name = 'StoreDamagedError';
  readonly code = 'STORE_DAMAGED';
  readonly retriable = true;
  readonly store: string;
  readonly directory: string;
  constructor(
    store: string,
    directory: string,
    {
      damage,
      cause,
    }: {
      readonly damage: string;
      readonly cause?: unknown;
    },
  );
}

export interface StoreEngine {
  readonly checkpoint: Checkpoint | undefined;
  get(key: Uint8Array): Uint8Array | undefined;
  scan(bounds: ByteBounds): IterableIterator<EngineEntry>;
  apply(writes: readonly EngineWrite[], checkpoint: Checkpoint): Promise<void>;
  readonly entries: number;
  readonly bytesPerApply?: number;
}

export interface StoreEngineFactory {
  readonly name: string;
  readonly kept: 'memory' | 'disk';
  open(options: OpenEngines): Promise<TaskEngines>;
}

export interface StoreHandle<out Kind extends StoreKind, in out K, in out V> extends AnyStore {
  readonly storeKind: Kind;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

export type StoreKind = keyof Stores<unknown, unknown>;

export interface StoreOptions extends NodeOptions {
  readonly name: DurableName;
  readonly changelog?: 'kept' | 'none';
  readonly emit?: 'each-commit' | 'each-change';
}

export type StorePosition = readonly RecordPosition[];

export declare class StoreUnavailableError extends StreamsError {
  readonly name = 'StoreUnavailableError';
  readonly code = 'STORE_UNAVAILABLE';
  readonly retriable = true;
  readonly store: string;
  readonly state: 'restoring' | 'moved' | 'unavailable';
  constructor(
    store: string,
    state: StoreUnavailableError['state'],
    about: {
      readonly why: string;
      readonly what?: string;
      readonly cause?: unknown;
    },
  );
}

export interface StoredTable<in out K, in out V>
  extends KTable<K, V>,
    StoreHandle<'timestamped-key-value', K, V> {}

export type StreamOf<T> = [T] extends [InputTopic<infer K, infer V>] ? KStream<K, V> : never;

export interface StreamRecord<out K, out V> {
  readonly key: K;
  readonly value: V;
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

export interface StreamTimeSchedule {
  readonly everyMs: number;
  readonly time: 'stream';
  readonly anchorMs?: number;
  readonly name?: never;
}

export declare class StreamsApp implements AsyncDisposable {
  #private;
  constructor(options: StreamsAppOptions);
  get state(): AppState;
  on<E extends keyof AppEvents>(event: E, listener: (event: AppEvents[E]) => void): () => void;
  start(): Promise<void>;
  run(options?: { readonly signal?: AbortSignal }): Promise<void>;
  runUntilEnd(): Promise<void>;
  ready(): Promise<void>;
  pause(): void;
  resume(): void;
  close(options?: CloseOptions): Promise<void>;
  abandon(): void;
  cleanUp(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  store<Kind extends StoreKind, K, V>(handle: StoreHandle<Kind, K, V>): Readers<K, V>[Kind];
  subscribe<Kind extends StoreKind, K, V>(
    handle: StoreHandle<Kind, K, V>,
    options: SubscribeOptions<RowKeys<NoInfer<K>>[NoInfer<Kind>]>,
  ): AsyncIterable<SubscriptionEvent<RowKeys<K>[Kind], V>>;
  readonly metadata: AppMetadata;
  metrics(): readonly Metric[];
}

export type StreamsAppOptions = SharedOptions & (Definition | ModuleDefinition);

export declare class StreamsBuilder {
  #private;
  stream<T extends InputTopic<unknown, unknown>>(
    topics: T | readonly T[],
    options?: SourceOptions,
  ): StreamOf<T>;
  table<K, V>(
    topic: Topic<K, V>,
    options: StoreOptions,
  ): StoredTable<NonNullable<K>, NonNullable<V>>;
  addStore<Store extends AnyStore>(store: Store): Store;
  build(options?: { readonly optimize?: 'all' | 'none' }): Topology;
}

export declare abstract class StreamsError extends Error {
  abstract readonly code: ErrorCode;
  abstract readonly retriable: boolean;
}

export type SubscribeOptions<K> = {
  readonly from?: StorePosition;
  readonly maxBuffered?: number;
  readonly signal?: AbortSignal;
} & (
  | {
      readonly key: K;
    }
  | {
      readonly prefix: KeyPrefix<K>;
    }
  | {
      readonly all: true;
    }
);

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

export interface Surroundings extends Clock, Timers {
  random(): number;
}

export interface TableAggregator<K, V, A> extends Aggregator<K, V, A> {
  readonly subtract: Adder<K, V, A>;
}

export interface TableGroupByOptions<K2, V2> extends NodeOptions {
  readonly name: DurableName;
  readonly key: Serde<K2>;
  readonly value: Serde<V2>;
}

export interface TableJoinOptions<K, V> extends NodeOptions, TableSerdes<K, V> {
  readonly repartition?: DurableName;
}

export interface TableSerdes<K, V> {
  readonly key?: Serde<NonNullable<K>>;
  readonly value?: Serde<NonNullable<V>>;
}

export interface TaskEngines {
  engine(store: string): StoreEngine;
  readonly discarded: string | undefined;
  discard(store: string): Promise<void>;
  close(how: 'clean' | 'abandoned'): Promise<void>;
}

export interface TimeBounds {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export interface TimeWindowedKStream<in out K, in out V> {
  count(options: WindowOptions): WindowTable<K, number>;
  reduce(
    reducer: Reducer<K, NonNullable<V>>,
    options: WindowOptions & ReduceOptions<NonNullable<V>>,
  ): WindowTable<K, NonNullable<V>>;
  aggregate<A extends {}>(
    aggregator: Aggregator<K, V, A>,
    options: WindowOptions & {
      readonly value: Serde<A>;
    },
  ): WindowTable<K, A>;
}

export interface TimeWindows {
  readonly kind: 'tumbling' | 'hopping' | 'sliding' | 'calendar';
  readonly graceMs: number;
}

export interface Timers {
  after(delayMs: number, run: () => void, whileWaiting?: 'keeps-alive' | 'lets-end'): () => void;
}

export type TimestampExtractor<K, V> = (value: V, key: K, record: StreamRecord<K, V>) => number;

export interface Timestamped<out V> {
  readonly value: V;
  readonly timestamp: number;
}

export interface Topic<in out K, in out V> extends InputTopic<K, V>, OutputTopic<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor<K, V>;
}

export interface TopicDescription {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor<K, V>;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface TopicPattern<in out K, in out V> extends InputTopic<K, V> {
  readonly pattern: RegExp;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor<K, V>;
}

export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly stores: readonly PlannedStore[];
  readonly repartitionTopics: readonly RepartitionTopic[];
  readonly copartitioned: readonly (readonly string[])[];
  readonly subtopologies: readonly Subtopology[];
}

export declare class TopologyError extends StreamsError {
  readonly name = 'TopologyError';
  readonly code: 'TOPOLOGY_INVALID' | 'TOPOLOGY_CHANGED';
  readonly retriable = false;
  readonly problems: readonly string[];
  constructor(problems: readonly string[], code?: 'TOPOLOGY_INVALID' | 'TOPOLOGY_CHANGED');
}

export interface Transaction {
  send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<NoInfer<K>, NoInfer<V> | null>,
  ): Promise<TopicPartition>;
  sendOffsets(consumer: AnyConsumer, batch: BatchPosition): void;
}

export declare class TransactionAbortedError extends StreamsError {
  readonly name = 'TransactionAbortedError';
  readonly code = 'TRANSACTION_ABORTED';
  readonly retriable = true;
  constructor(why: string, options?: ErrorOptions);
}

export declare class TransactionInDoubtError extends StreamsError {
  readonly name = 'TransactionInDoubtError';
  readonly code = 'TRANSACTION_IN_DOUBT';
  readonly retriable = false;
  constructor(options?: ErrorOptions);
}

export interface TransactionalProducer extends AsyncDisposable {
  transaction<R>(run: (tx: Transaction) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

export interface TransactionalProducerOptions {
  readonly transactionalId: string;
  readonly transactionTimeoutMs?: number;
  readonly maxPendingBytes?: number;
  readonly maxWaitingTransactions?: number;
}

export type Unavailable =
  | {
      readonly state: 'restoring';
      readonly lag: number;
    }
  | {
      readonly state: 'unavailable';
      readonly reason: 'not-running' | 'timeout' | 'closed';
    };

export interface UnlimitedWindows {
  readonly kind: 'unlimited';
  readonly startMs: number;
}

export interface ValueProcessorDefinition<K, V, V2, S extends DeclaredStores> {
  readonly node?: string;
  readonly stores?: S;
  readonly output?: {
    readonly value: Serde<V2>;
  };
  readonly init: (
    context: ProcessorContext<Omit<NewRecord<K, V2>, 'key'>, S>,
  ) => (record: StreamRecord<K, V>) => void;
}

export interface WallClockSchedule {
  readonly everyMs: number;
  readonly time: 'wall-clock';
  readonly anchorMs?: number;
  readonly name?: string;
}

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

export interface WindowOptions extends NodeOptions {
  readonly name: DurableName;
  readonly changelog?: 'kept' | 'none';
  readonly retentionMs?: number;
  readonly emit?: 'each-commit' | 'each-change';
}

export interface WindowReader<K, Row> {
  get(key: K, windowStartMs: number, options?: ReadOptions): Promise<Answer<Row>>;
  fetch(
    key: K,
    bounds?: TimeBounds,
    options?: ReadOptions,
  ): AsyncIterable<
    {
      readonly key: Windowed<K>;
    } & Row
  >;
  fetchAll(
    bounds?: TimeBounds,
    options?: ReadOptions,
  ): AsyncIterable<
    {
      readonly key: Windowed<K>;
    } & Row
  >;
}

export interface WindowStore<K, V> extends ReadonlyWindowStore<K, V> {
  put(key: K, value: V, windowStartMs: number): void;
  delete(key: K, windowStartMs: number): void;
}

export interface WindowStoreConfig<K extends {}, V extends {}> extends StoreConfig<K, V> {
  readonly windowSizeMs: number;
  readonly retentionMs: number;
}

export interface WindowTable<in out K, in out V>
  extends KTable<Windowed<K>, V>,
    StoreHandle<'timestamped-window', K, V> {}

export interface Windowed<out K> {
  readonly key: K;
  readonly window: Window;
}

export declare class WorkerError extends StreamsError {
  readonly name = 'WorkerError';
  readonly code = 'WORKER_FAILED';
  readonly retriable = false;
  readonly worker: number;
  constructor(worker: number, why: string, options?: ErrorOptions);
}

export type WorkerFailurePolicy = (failure: Error) => 'replace' | 'fail';

export declare const bigint64: Serde<bigint>;

export declare const boolean: Serde<boolean>;

export declare const bytes: Serde<Uint8Array>;

export declare function calendar(options: {
  readonly unit: 'hour' | 'day' | 'week' | 'month';
  readonly zone: string;
  readonly graceMs: number;
}): TimeWindows;

export declare function defineApp(definition: Omit<Definition, 'workers'>): Definition;

export declare function describe(topology: Topology): string;

export declare const float64: Serde<number>;

export declare const generated: unique symbol;

export declare function hopping(options: {
  readonly sizeMs: number;
  readonly advanceMs: number;
  readonly graceMs: number;
}): TimeWindows;

export declare const int32: Serde<number>;

export declare const int64: Serde<number>;

export declare function json<T extends {}>(
  parse: ((value: unknown) => T) | StandardSchema<T>,
): Serde<T>;

export declare function keyValueStore<K extends {}, V extends {}>(
  config: StoreConfig<K, V>,
): StoreHandle<'key-value', K, V>;

export declare function list<T extends {}>(element: Serde<T>): Serde<readonly T[]>;

export declare function lmdbStores(options?: LmdbOptions): StoreEngineFactory;

export declare const memoryStores: StoreEngineFactory;

export declare const noHeaders: RecordHeaders;

export declare function nullable<T extends {}>(serde: Serde<T>): Serde<T | null>;

export declare function processor<
  K,
  V,
  K2 = NoOutput,
  V2 = NoOutput,
  S extends DeclaredStores = NoStores,
>(definition: ProcessorDefinition<K, V, K2, V2, S>): ProcessorDefinition<K, V, K2, V2, S>;

export declare function serde<T extends {}>(functions: {
  readonly encode: (value: T) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => T;
  readonly holds?: Serde<T>['holds'];
}): Serde<T>;

export declare function session(options: {
  readonly gapMs: number;
  readonly graceMs: number;
}): SessionWindows;

export declare function sliding(options: {
  readonly differenceMs: number;
  readonly graceMs: number;
}): TimeWindows;

export declare function timestampedKeyValueStore<K extends {}, V extends {}>(
  config: StoreConfig<K, V>,
): StoreHandle<'timestamped-key-value', K, V>;

export declare function topic<K, V>(name: string, options: TopicOptions<K, V>): Topic<K, V>;

export declare function topicPattern<K, V>(
  pattern: RegExp,
  options: TopicOptions<K, V>,
): TopicPattern<K, V>;

export declare function tumbling(options: {
  readonly sizeMs: number;
  readonly graceMs: number;
}): TimeWindows;

export declare function unlimited(options?: { readonly startMs?: number }): UnlimitedWindows;

export declare const utf8: Serde<string>;

export declare const uuid: Serde<string>;

export declare function windowStore<K extends {}, V extends {}>(
  config: WindowStoreConfig<K, V>,
): StoreHandle<'window', K, V>;

export declare function windowed<K extends {}>(
  key: Serde<K>,
  windows: AnyWindows,
): Serde<Windowed<K>>;

// Needed by these, and not exported:

type AnyEncoder = Encoder<any>;

type AnyOutputTopic = OutputTopic<any, any>;

type AnyPartitioner = Partitioner<any, any>;

type AnyProcessorFactory = ProcessorFactory<any, any, any, any>;

type AnyRecord = StreamRecord<any, any>;

type AnySerde = Serde<any>;

type AnyStoreDefinition = StoreDefinition<StoreKind, any, any>;

type AnyValue = any;

interface Change<out V> {
  readonly before: V | undefined;
  readonly after: V | undefined;
}

interface Clock {
  nowMs(): number;
}

type DropReason =
  | 'null-key'
  | 'null-key-or-value'
  | 'late'
  | 'negative-timestamp'
  | 'timestamp-too-large'
  | 'decode-failed'
  | 'process-failed'
  | 'produce-failed';

interface Forward<K, V> {
  (record: StreamRecord<K, V>): void;
  to(child: string): Processor<K, V>;
}

type LeaveGroup = 'yes' | 'no';

type NoStores = Readonly<Record<never, AnyStore>>;

interface NodeContext {
  readonly taskId: string;
  store<Kind extends StoreKind, K, V>(definition: StoreDefinition<Kind, K, V>): StoreOf<Kind, K, V>;
  table<K, V>(
    definition: StoreDefinition<'timestamped-key-value', K, V>,
    forward: Forward<K, Change<V>>,
  ): TableWriter<K, V>;
  windowTable<K, V>(
    definition: StoreDefinition<'timestamped-window', K, V>,
    forward: Forward<Windowed<K>, Change<V>>,
  ): WindowTableWriter<K, V>;
  punctuate(schedule: PunctuationSchedule, run: (nowMs: number) => void): Cancel;
  drop(reason: DropReason): void;
  requestCommit(): void;
  onClose(run: () => void): void;
  streamTimeMs(): number | undefined;
  wallClockMs(): number;
  observedTime(): ObservedTime;
  position(): RecordPosition | undefined;
  generation(): number;
}

interface ObservedTime {
  advance(timestamp: number): number;
}

interface PlannedStore {
  readonly definition: AnyStoreDefinition;
  readonly processors: readonly string[];
}

type Processor<K, V> = (record: StreamRecord<K, V>) => void;

type ProcessorFactory<KIn, VIn, KOut, VOut> = (
  context: NodeContext,
  forward: Forward<KOut, VOut>,
) => Processor<KIn, VIn>;

interface ProcessorNode {
  readonly kind: 'processor';
  readonly name: string;
  readonly parents: readonly string[];
  readonly factory: AnyProcessorFactory;
}

interface RepartitionTopic {
  readonly name: string;
  readonly partitions: number | undefined;
}

interface SinkNode {
  readonly kind: 'sink';
  readonly name: string;
  readonly parents: readonly string[];
  readonly target: SinkTarget;
  readonly partitioner: AnyPartitioner | undefined;
}

type SinkTarget =
  | {
      readonly topic: string;
      readonly key: AnyEncoder;
      readonly value: AnyEncoder;
    }
  | {
      readonly choose: (value: AnyValue, key: AnyValue, record: AnyRecord) => AnyOutputTopic;
    };

type SourceInput =
  | {
      readonly topics: readonly string[];
    }
  | {
      readonly pattern: RegExp;
    };

interface SourceNode {
  readonly kind: 'source';
  readonly name: string;
  readonly input: SourceInput;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly timestamp: TimestampExtractor<AnyValue, AnyValue> | undefined;
  readonly from: 'earliest' | 'latest';
  readonly nulls: 'as-serde' | 'allowed';
}

interface StoreDefinition<out Kind extends StoreKind, in out K, in out V>
  extends StoreHandle<Kind, K, V> {
  readonly changelog: 'kept' | 'none';
  readonly emit: 'each-commit' | 'each-change' | undefined;
  readonly windows: WindowStoreShape | undefined;
}

type StoreOf<Kind extends StoreKind, K, V> = Stores<K, V>[Kind];

interface Stores<K, V> {
  'key-value': KeyValueStore<K, V>;
  'timestamped-key-value': KeyValueStore<K, Timestamped<V>>;
  window: WindowStore<K, V>;
  'timestamped-window': WindowStore<K, Timestamped<V>>;
}

interface Subtopology {
  readonly id: number;
  readonly nodes: readonly TopologyNode[];
  readonly stores: readonly PlannedStore[];
}

interface TableWriter<K, V> {
  get(key: K): Timestamped<V> | undefined;
  update(record: StreamRecord<K, Change<V>>): void;
}

type TopologyNode = SourceNode | ProcessorNode | SinkNode;

interface WindowStoreShape {
  readonly endMs: (startMs: number) => number;
  readonly retentionMs: number;
}

interface WindowTableWriter<K, V> {
  get(key: K, windowStartMs: number): Timestamped<V> | undefined;
  update(record: StreamRecord<Windowed<K>, Change<V>>): void;
}
