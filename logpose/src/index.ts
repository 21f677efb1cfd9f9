export { defineApp } from './app/define-app.ts';
export type { AppEvents, DroppedRecords } from './app/events.ts';
export type {
  Definition,
  ModuleDefinition,
  SharedOptions,
  StreamsAppOptions,
  WorkerFailurePolicy,
} from './app/options.ts';
export { type CloseOptions, StreamsApp } from './app/streams-app.ts';
export type { Surroundings, Timers } from './base/clock.ts';
export type { Admin, NewTopic } from './client/admin.ts';
export type {
  AnyConsumer,
  Assignment,
  Batch,
  BatchPosition,
  ConsumedRecord,
  Consumer,
  ConsumerOf,
  ConsumerOptions,
  ConsumerStart,
} from './client/consumer.ts';
export type { Log } from './client/log.ts';
export type { Producer, ProducerOptions, ProducerRecord } from './client/producer.ts';
export type {
  Transaction,
  TransactionalProducer,
  TransactionalProducerOptions,
} from './client/transaction.ts';
export type {
  Adder,
  AggregateOptions,
  Aggregator,
  ReduceOptions,
  Reducer,
  TableAggregator,
  WindowOptions,
} from './dsl/aggregate-options.ts';
export type { NodeOptions, StoreOptions, TableSerdes } from './dsl/options.ts';
export type {
  GroupByKeyOptions,
  GroupByOptions,
  RepartitionOptions,
  SinkOptions,
  TableGroupByOptions,
  TableJoinOptions,
} from './dsl/stream-options.ts';
export type {
  KGroupedStream,
  KGroupedTable,
  KStream,
  KTable,
  Split,
  StoredTable,
  TimeWindowedKStream,
  WindowTable,
} from './dsl/streams-and-tables.ts';
export { type SourceOptions, type StreamOf, StreamsBuilder } from './dsl/streams-builder.ts';
export { ConfigError, TopologyError } from './errors/config-errors.ts';
export {
  type DamagePlace,
  FencedError,
  LogDamagedError,
  LogUnavailableError,
  NotAMemberError,
  PositionOutOfRangeError,
  TransactionAbortedError,
  TransactionInDoubtError,
} from './errors/log-errors.ts';
export { DecodeError, ProcessError, ProduceError } from './errors/record-errors.ts';
export type { RecordPosition } from './errors/record-position.ts';
export { StoreDamagedError, StoreUnavailableError } from './errors/store-errors.ts';
export { type ErrorCode, StreamsError } from './errors/streams-error.ts';
export { WorkerError } from './errors/worker-errors.ts';
export type { TopicDescription } from './log/log-port.ts';
export {
  type DeclaredStores,
  type ForwardNew as Forward,
  type NoOutput,
  type OpenStores,
  type Output,
  type ProcessorContext,
  type ProcessorDefinition,
  processor,
  type ValueProcessorDefinition,
} from './operators/processor-definition.ts';
export type {
  Answer,
  AnswerSource,
  ReadOptions,
  Row,
  StorePosition,
  Unavailable,
} from './query/answer.ts';
export type { AppMetadata, InstanceMetadata } from './query/instance-metadata.ts';
export type { KeyValueReader, Readers, WindowReader } from './query/readers.ts';
export type {
  RowKeys,
  SubscribeOptions,
  SubscriptionEvent,
} from './query/subscriptions/subscription-events.ts';
export { noHeaders, type RecordHeaders } from './record/headers.ts';
export type {
  NewRecord,
  NotAPromise,
  RecordCallback,
  RecordGuard,
  StreamRecord,
  Timestamped,
} from './record/stream-record.ts';
export {
  type DurableName,
  generated,
  type InputTopic,
  type OutputTopic,
  type TimestampExtractor,
  type Topic,
  type TopicOptions,
  type TopicPattern,
  topic,
  topicPattern,
} from './record/topic.ts';
export type { TopicPartition } from './record/topic-partition.ts';
export type {
  DecodePolicy,
  FailureDecision,
  FailurePolicies,
  ProcessPolicy,
  ProducePolicy,
} from './runtime/failure-policy.ts';
export type { AppState, StateChange } from './runtime/lifecycle.ts';
export type { Metric } from './runtime/metrics.ts';
export type { InternalTopicOptions } from './runtime/topics/internal-topics.ts';
export type { RestoreProgress } from './runtime/worker/worker-listeners.ts';
export { serde } from './serde/from-functions.ts';
export { json, type SchemaResult, type StandardSchema } from './serde/json.ts';
export { list } from './serde/list.ts';
export { nullable } from './serde/nullable.ts';
export { bigint64, boolean, bytes, float64, int32, int64, utf8, uuid } from './serde/primitives.ts';
export type { ByteWriter, Decoder, Encoder, Serde, SerdesInForce } from './serde/serde.ts';
export { windowed } from './serde/windowed.ts';
export {
  keyValueStore,
  type StoreConfig,
  timestampedKeyValueStore,
  type WindowStoreConfig,
  windowStore,
} from './store/store-definition.ts';
export type {
  ByteBounds,
  Checkpoint,
  EngineEntry,
  EngineWrite,
  OpenEngines,
  StoreEngine,
  StoreEngineFactory,
  TaskEngines,
} from './store/store-engine.ts';
export type { AnyStore, StoreHandle, StoreKind } from './store/store-handle.ts';
export type {
  KeyBounds,
  KeyPrefix,
  KeyValueStore,
  ReadonlyKeyValueStore,
  ReadonlyWindowStore,
  TimeBounds,
  WindowStore,
} from './store/stores.ts';
export { type LmdbOptions, lmdbStores } from './store-lmdb/lmdb-stores.ts';
export { memoryStores } from './store-memory/memory-stores.ts';
export { describe } from './topology/describe.ts';
export type { Cancel } from './topology/processor.ts';
export type {
  CronSchedule,
  PunctuationSchedule,
  StreamTimeSchedule,
  WallClockSchedule,
} from './topology/punctuation.ts';
export type { Partitioner, Topology } from './topology/topology.ts';
export { calendar } from './window/calendar.ts';
export { hopping, tumbling, unlimited } from './window/fixed-windows.ts';
export { session, sliding } from './window/moving-windows.ts';
export type {
  AnyWindows,
  SessionWindows,
  TimeWindows,
  UnlimitedWindows,
  Window,
  Windowed,
} from './window/window.ts';
