import { TopologyError } from '../errors/config-errors.ts';
import type { InputTopic, Topic } from '../record/topic.ts';
import type { AnyStore } from '../store/store-handle.ts';
import type { AnyValue, Topology } from '../topology/topology.ts';
import type { Windowed } from '../window/window.ts';
import { ChainedStream } from './chained-stream.ts';
import { ChainedTable } from './chained-table.ts';
import { Graph } from './graph.ts';
import type { NodeOptions, StoreOptions } from './options.ts';
import type { Chains } from './place.ts';
import { storeOf } from './processing.ts';
import { type AnyInput, asList, Sources } from './sources.ts';
import type { KStream, StoredTable } from './streams-and-tables.ts';
import { requireOptions, requireTopics } from './written-calls.ts';

/** The stream of a topic, or of several: then of their keys' and values' unions. */
export type StreamOf<T> = [T] extends [InputTopic<infer K, infer V>] ? KStream<K, V> : never;

/** What `stream` is told. */
export interface SourceOptions extends NodeOptions {
  /** Where to begin without committed offsets. Default `'earliest'`. */
  readonly from?: 'earliest' | 'latest';
}

/**
 * Describes what an application does. Nothing runs before `StreamsApp`.
 *
 * @example
 * const builder = new StreamsBuilder();
 * builder.stream(orders).filter((order) => order.status === 'placed').to(placedOrders);
 * const topology = builder.build();
 */
export class StreamsBuilder {
  readonly #graph = new Graph();
  readonly #sources = new Sources(this.#graph, chains);

  /**
   * Records of one topic, of several, or of all that match a `topicPattern`. The same topics again
   * are the same source.
   */
  stream<T extends InputTopic<unknown, unknown>>(
    topics: T | readonly T[],
    options?: SourceOptions,
  ): StreamOf<T>;
  stream(
    topics: AnyInput | readonly AnyInput[],
    options: SourceOptions = {},
  ): KStream<AnyValue, AnyValue> {
    const inputs = asList(topics);
    requireTopics('stream', inputs);
    return this.#sources.stream(inputs, options);
  }

  /**
   * A topic as rows: the last value of each key; null deletes, a null key is dropped and counted.
   *
   * With the name `generated` the rows are kept only when something behind looks them up.
   */
  table<K, V>(
    topic: Topic<K, V>,
    options: StoreOptions,
  ): StoredTable<NonNullable<K>, NonNullable<V>> {
    requireTopics('table', [topic]);
    requireOptions({ example: `table(topic, { name: '${topic.name}' })` }, options);
    return this.#sources.table(topic, options);
  }

  /** Adds a store before the nodes that declare it. */
  addStore<Store extends AnyStore>(store: Store): Store {
    const definition = storeOf(this.#graph, store);
    if (definition !== undefined) this.#graph.addStore(definition);
    return store;
  }

  /**
   * @throws {TopologyError} With every problem: a durable name or a serde that is missing, a name
   *   used twice, a store nobody fills.
   */
  build(options: { readonly optimize?: 'all' | 'none' } = {}): Topology {
    if (options.optimize === 'all') {
      throw new TopologyError(["optimize: 'all' is not supported: leave it out or say 'none'"]);
    }
    return this.#graph.build();
  }
}

const chains: Chains = {
  stream: (place) => new ChainedStream(place),
  table: (place) => new ChainedTable(place),
  storedTable: (place, definition) =>
    Object.assign(new ChainedTable(place, definition), definition),
  windowTable: (place, definition) =>
    Object.assign(new ChainedTable<Windowed<AnyValue>, AnyValue>(place, definition), definition),
};
