import { must } from '../base/assert.ts';
import { filter, filterNot } from '../operators/filter.ts';
import { flatMap, flatMapValues } from '../operators/flat-map.ts';
import { map, mapValues, selectKey } from '../operators/map.ts';
import { asLine, forEach, passThrough, peek } from '../operators/peek.ts';
import type {
  DeclaredStores,
  NoOutput,
  NoStores,
  ProcessorDefinition,
  ValueProcessorDefinition,
} from '../operators/processor-definition.ts';
import type { NotAPromise, RecordCallback } from '../record/stream-record.ts';
import { generated, type OutputTopic } from '../record/topic.ts';
import { nonNull } from '../serde/nullable.ts';
import type { SerdesInForce } from '../serde/serde.ts';
import type {
  AnyOutputTopic,
  AnyProcessorFactory,
  AnySerde,
  AnyValue,
} from '../topology/topology.ts';
import { GraphNode } from './graph.ts';
import { GroupedStream } from './grouped-stream.ts';
import { Grouping } from './grouping.ts';
import { joinTable } from './joining.ts';
import type { NodeOptions, StoreOptions, TableSerdes } from './options.ts';
import { processorNode, type StreamPlace } from './place.ts';
import { processStream, processStreamValues } from './processing.ts';
import { repartitionNode } from './repartitioning.ts';
import { splitStream } from './splitting.ts';
import type {
  GroupByKeyOptions,
  GroupByOptions,
  RepartitionOptions,
  SinkOptions,
  TableJoinOptions,
} from './stream-options.ts';
import type { KGroupedStream, KStream, KTable, Split, StoredTable } from './streams-and-tables.ts';
import { tableOfStream } from './table-source.ts';
import { requireOptions, requireTopics } from './written-calls.ts';

/** A stream as a place in the graph. */
export class ChainedStream<in out K, in out V> implements KStream<K, V> {
  readonly kind = 'stream';
  readonly place: StreamPlace;

  constructor(place: StreamPlace) {
    this.place = place;
  }

  get serdes(): SerdesInForce<K, V> {
    const { key, value } = this.place;
    return { key, value };
  }

  filter(keep: RecordCallback<K, V, boolean>, options: NodeOptions = {}): KStream<K, AnyValue> {
    return this.#next('FILTER', filter(keep), options);
  }

  filterNot(drop: RecordCallback<K, V, boolean>, options: NodeOptions = {}): AnyValue {
    return this.#next('FILTER', filterNot(drop), options);
  }

  map<K2, V2>(
    mapper: RecordCallback<K, V, readonly [key: K2, value: V2]>,
    options: NodeOptions = {},
  ): KStream<K2, V2> {
    return this.#next('MAP', map(mapper), { ...options, changes: newKeyAndValue });
  }

  mapValues<V2>(mapper: RecordCallback<K, V, V2>, options: NodeOptions = {}): KStream<K, V2> {
    return this.#next('MAPVALUES', mapValues(mapper), { ...options, changes: newValue });
  }

  flatMap<K2, V2>(
    mapper: RecordCallback<K, V, Iterable<readonly [key: K2, value: V2]>>,
    options: NodeOptions = {},
  ): KStream<K2, V2> {
    return this.#next('FLATMAP', flatMap(mapper), { ...options, changes: newKeyAndValue });
  }

  flatMapValues<V2>(
    mapper: RecordCallback<K, V, Iterable<V2>>,
    options: NodeOptions = {},
  ): KStream<K, V2> {
    return this.#next('FLATMAPVALUES', flatMapValues(mapper), { ...options, changes: newValue });
  }

  selectKey<K2>(selector: RecordCallback<K, V, K2>, options: NodeOptions = {}): KStream<K2, V> {
    return this.#next('KEY-SELECT', selectKey(selector), { ...options, changes: newKey });
  }

  peek(action: RecordCallback<K, V, NotAPromise>, options: NodeOptions = {}): KStream<K, V> {
    return this.#next('PEEK', peek(action), options);
  }

  forEach(action: RecordCallback<K, V, NotAPromise>, options: NodeOptions = {}): void {
    this.#next('FOREACH', forEach(action), options);
  }

  print(options: NodeOptions & { readonly label?: string } = {}): void {
    const label = options.label ?? this.place.node.name;
    const action = forEach<K, V>((_value, _key, record) => console.log(asLine(label, record)));
    this.#next('PRINTER', action, options);
  }

  split(options: NodeOptions = {}): Split<K, V, unknown> {
    return splitStream(this.place, options);
  }

  merge<K2 extends K, V2>(other: KStream<K2, V2>, options: NodeOptions = {}): KStream<K, V | V2> {
    const { graph, chains, node, sources, keyChanged } = this.place;
    const { place } = chainedStream(other);
    const name = graph.names.node('KSTREAM-MERGE-', options.node);
    const merged = graph.add(processorNode(name, passThrough()), node, place.node);
    return chains.stream({
      graph,
      chains,
      node: merged,
      sources: [...new Set([...sources, ...place.sources])],
      key: this.place.key === place.key ? place.key : undefined,
      value: this.place.value === place.value ? place.value : undefined,
      keyChanged: keyChanged || place.keyChanged,
    });
  }

  repartition(options: RepartitionOptions<K, V>): KStream<K, V> {
    const { graph, chains, node } = this.place;
    requireOptions({ example: "repartition({ name: 'by-key' })", behind: node }, options);
    const { partitions, partitioner } = options;
    const name =
      options.name === generated
        ? graph.names.node('KSTREAM-REPARTITION-', undefined)
        : options.name;
    const key: AnySerde | undefined = options.key ?? this.place.key;
    const value: AnySerde | undefined = options.value ?? this.place.value;
    const between = repartitionNode(this.place, { name, key, value, partitions, partitioner });
    graph.add(between, node);
    const sources = [between.name];
    return chains.stream({ graph, chains, node: between, sources, key, value, keyChanged: false });
  }

  toTable(options: StoreOptions & TableSerdes<K, V>): StoredTable<NonNullable<K>, NonNullable<V>> {
    return tableOfStream(this.place, options);
  }

  groupByKey(options: GroupByKeyOptions<K, V> = {}): KGroupedStream<NonNullable<K>, V> {
    const place = {
      ...this.place,
      key: options.key ?? orNonNull(this.place.key),
      value: options.value ?? orNonNull(this.place.value),
    };
    return new GroupedStream(
      new Grouping(place, place.keyChanged ? { name: options.repartition } : 'not-needed'),
    );
  }

  groupBy<K2>(
    selector: RecordCallback<K, V, NoInfer<K2> | null | undefined>,
    options: GroupByOptions<K2, V>,
  ): KGroupedStream<K2, V> {
    const { graph, node } = this.place;
    const example = "groupBy(selector, { name: 'by-customer', key: utf8 })";
    requireOptions({ example, behind: node }, options, ['name', 'key']);
    const ownName = options.name === generated ? undefined : options.name;
    const name = graph.names.node('KSTREAM-KEY-SELECT-', options.node ?? ownName);
    const selected = graph.add(processorNode(name, selectKey(selector)), node);
    const value = options.value ?? orNonNull(this.place.value);
    const place = { ...this.place, node: selected, key: nonNull(options.key), value };
    return new GroupedStream(new Grouping(place, { name: options.name }));
  }

  join<V2, R>(
    table: KTable<NonNullable<K>, V2>,
    joiner: (value: NonNullable<V>, row: V2, key: NonNullable<K>) => R,
    options: TableJoinOptions<K, V> = {},
  ): KStream<NonNullable<K>, R> {
    return joinTable(this.place, table, { ...options, kind: 'inner', joiner });
  }

  leftJoin<V2, R>(
    table: KTable<NonNullable<K>, V2>,
    joiner: (value: NonNullable<V>, row: V2 | undefined, key: K) => R,
    options: TableJoinOptions<K, V> = {},
  ): KStream<K, R> {
    return joinTable(this.place, table, { ...options, kind: 'left', joiner });
  }

  process<S extends DeclaredStores = NoStores, K2 = NoOutput, V2 = NoOutput>(
    definition: ProcessorDefinition<K, V, K2, V2, S>,
  ): KStream<K2, V2> {
    return processStream(this.place, definition);
  }

  processValues<S extends DeclaredStores = NoStores, V2 = NoOutput>(
    definition: ValueProcessorDefinition<K, V, V2, S>,
  ): KStream<K, V2> {
    return processStreamValues(this.place, definition);
  }

  to(
    target:
      | RecordCallback<K, V, OutputTopic<K, Exclude<V, null>>>
      | OutputTopic<K, Exclude<V, null>>,
    options: SinkOptions<K, V> = {},
  ): void {
    const { graph, node } = this.place;
    if (typeof target !== 'function') requireTopics('to', [target]);
    const name = graph.names.node('KSTREAM-SINK-', options.node);
    const { partitioner } = options;
    const sink = new GraphNode(name, (plan, parents) =>
      plan.addSink({ kind: 'sink', name, parents, target: sinkTarget(target), partitioner }),
    );
    graph.add(sink, node);
  }

  #next(
    verb: string,
    factory: AnyProcessorFactory,
    options: NodeOptions & { readonly changes?: Partial<StreamPlace> },
  ): KStream<AnyValue, AnyValue> {
    const { graph, chains } = this.place;
    const name = graph.names.node(`KSTREAM-${verb}-`, options.node);
    const node = graph.add(processorNode(name, factory), this.place.node);
    return chains.stream({ ...this.place, ...options.changes, node });
  }
}

const newValue = { value: undefined };
const newKey = { key: undefined, keyChanged: true };
const newKeyAndValue = { ...newKey, ...newValue };

/** What stands behind a public stream. */
function chainedStream<K, V>(stream: KStream<K, V>): ChainedStream<K, V> {
  return must(
    stream instanceof ChainedStream ? stream : undefined,
    'streams are made by a StreamsBuilder',
  );
}

function orNonNull(serde: AnySerde | undefined): AnySerde | undefined {
  return serde && nonNull(serde);
}

function sinkTarget(target: RecordCallback<AnyValue, AnyValue, AnyOutputTopic> | AnyOutputTopic) {
  if (typeof target === 'function') return { choose: target };
  const { name: topic, key, value } = target;
  return { topic, key, value };
}
