import type { StreamRecord } from '../record/stream-record.ts';
import type { OutputTopic, TimestampExtractor } from '../record/topic.ts';
import type { Encoder, Serde } from '../serde/serde.ts';
import type { StoreDefinition } from '../store/store-definition.ts';
import type { StoreKind } from '../store/store-handle.ts';
import type { Processor, ProcessorFactory } from './processor.ts';

/** A finished plan: plain data, reusable, independent of any log. */
export interface Topology {
  /** Parents before children, in the order in which they were added. */
  readonly nodes: readonly TopologyNode[];
  readonly stores: readonly PlannedStore[];
  /** Topics between subtopologies, without the application's prefix. */
  readonly repartitionTopics: readonly RepartitionTopic[];
  /** Groups of source nodes whose topics must have equally many partitions. */
  readonly copartitioned: readonly (readonly string[])[];
  readonly subtopologies: readonly Subtopology[];
}

export type TopologyNode = SourceNode | ProcessorNode | SinkNode;

/** Reads topics. */
export interface SourceNode {
  readonly kind: 'source';
  readonly name: string;
  readonly input: SourceInput;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly timestamp: TimestampExtractor<AnyValue, AnyValue> | undefined;
  /** Where to begin without a committed offset. */
  readonly from: 'earliest' | 'latest';
  /** `'allowed'`: nulls pass whatever the serdes say (tables and internal topics). */
  readonly nulls: 'as-serde' | 'allowed';
}

export type SourceInput = { readonly topics: readonly string[] } | { readonly pattern: RegExp };

/** Does something with each record. */
export interface ProcessorNode {
  readonly kind: 'processor';
  readonly name: string;
  readonly parents: readonly string[];
  readonly factory: AnyProcessorFactory;
}

/** Writes each record to a topic. */
export interface SinkNode {
  readonly kind: 'sink';
  readonly name: string;
  readonly parents: readonly string[];
  readonly target: SinkTarget;
  readonly partitioner: AnyPartitioner | undefined;
}

export type SinkTarget =
  | { readonly topic: string; readonly key: AnyEncoder; readonly value: AnyEncoder }
  | { readonly choose: (value: AnyValue, key: AnyValue, record: AnyRecord) => AnyOutputTopic };

/** Chooses among `partitions`; undefined leaves it to the key's hash. */
export type Partitioner<K, V> = (value: V, key: K, partitions: number) => number | undefined;

/** A store and the processors that use it. */
export interface PlannedStore {
  readonly definition: AnyStoreDefinition;
  readonly processors: readonly string[];
}

export interface RepartitionTopic {
  readonly name: string;
  /** Undefined: as many as the greatest of the topics it comes from. */
  readonly partitions: number | undefined;
}

/** Nodes that are connected, directly or by a store; each partition of it is a task. */
export interface Subtopology {
  readonly id: number;
  readonly nodes: readonly TopologyNode[];
  /** In the order in which a commit sends their updates on. */
  readonly stores: readonly PlannedStore[];
}

// Key and value types end here: the DSL has checked them, the runtime moves records of any type.
// These are the only `any` in the code base.
// biome-ignore-start lint/suspicious/noExplicitAny: this is the one place
export type AnyValue = any;
export type AnyRecord = StreamRecord<any, any>;
export type AnySerde = Serde<any>;
export type AnyEncoder = Encoder<any>;
export type AnyOutputTopic = OutputTopic<any, any>;
export type AnyPartitioner = Partitioner<any, any>;
export type AnyStoreDefinition = StoreDefinition<StoreKind, any, any>;
export type AnyProcessor = Processor<any, any>;
export type AnyProcessorFactory = ProcessorFactory<any, any, any, any>;
// biome-ignore-end lint/suspicious/noExplicitAny: this is the one place
