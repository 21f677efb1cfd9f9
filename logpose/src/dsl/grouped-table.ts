import { tableAggregate, tableReduce } from '../operators/table-aggregate.ts';
import { tableGroupBy } from '../operators/table-group-by.ts';
import { storedTable } from '../operators/table-view.ts';
import { type DurableName, generated } from '../record/topic.ts';
import { changeSerde } from '../serde/change-serde.ts';
import { identityOf } from '../serde/encoded.ts';
import { int64 } from '../serde/primitives.ts';
import type { AnyProcessorFactory, AnySerde, AnyValue } from '../topology/topology.ts';
import type { AggregateOptions, Reducer, TableAggregator } from './aggregate-options.ts';
import { GraphNode } from './graph.ts';
import type { StoreOptions } from './options.ts';
import { type Place, processorNode, type RowsDefinition, type TablePlace } from './place.ts';
import { topicName, writeTopic } from './repartitioning.ts';
import { durableSerde } from './serdes.ts';
import type { TableGroupByOptions } from './stream-options.ts';
import type { KGroupedTable, StoredTable } from './streams-and-tables.ts';
import { KeptRows } from './table-rows.ts';
import { rowsDefinition } from './table-stores.ts';
import { type Needed, requireOptions } from './written-calls.ts';

type Selector = (value: AnyValue, key: AnyValue) => readonly [key: AnyValue, value: AnyValue];

/** Groups a table's rows under new keys; the topic is made by the aggregates behind. */
export function groupTable<K2, V2>(
  { rows, ...place }: TablePlace,
  selector: Selector,
  options: TableGroupByOptions<K2, V2>,
): KGroupedTable<K2, V2> {
  const { graph } = place;
  const example = "groupBy(selector, { name: 'by-customer', key: utf8, value: int64 })";
  requireOptions({ example, behind: place.node }, options);
  const ownName = options.name === generated ? undefined : options.name;
  const name = graph.names.node('KTABLE-SELECT-', options.node ?? ownName);
  const group = ownName ?? name;
  const key = durableSerde(graph, options.key, `the key serde of the groups ${group}`);
  const value = durableSerde(graph, options.value, `the value serde of the groups ${group}`);
  const node = processorNode(
    name,
    tableGroupBy<AnyValue, AnyValue, AnyValue, AnyValue>({
      mapper: (row, rowKey) => {
        const [groupKey, member] = selector(row, rowKey);
        return { key: groupKey, value: member };
      },
      sameKey: (left, right) => identityOf(key, left) === identityOf(key, right),
    }),
  );
  graph.add(node, place.node);
  graph.demand(() => rows.sendOldValues());
  return new GroupedTable<K2, V2>({ ...place, node, key, value }, options.name);
}

class GroupedTable<in out K, in out V> implements KGroupedTable<K, V> {
  readonly #place: Place & { readonly key: AnySerde; readonly value: AnySerde };
  readonly #repartition: DurableName;
  /** The topic that all aggregates of these groups share, when it has a name of its own. */
  #shared: GraphNode | undefined;

  constructor(
    place: Place & { readonly key: AnySerde; readonly value: AnySerde },
    repartition: DurableName,
  ) {
    this.#place = place;
    this.#repartition = repartition;
  }

  count(options: StoreOptions): StoredTable<K, number> {
    this.#require("count({ name: 'counts' })", options);
    const counter: TableAggregator<AnyValue, AnyValue, number> = {
      initialize: () => 0,
      add: (count) => count + 1,
      subtract: (count) => count - 1,
    };
    return this.#aggregated('KTABLE-AGGREGATE-', { ...options, value: int64 }, (definition) =>
      tableAggregate(definition, counter),
    );
  }

  reduce(
    reducer: { readonly add: Reducer<K, V>; readonly subtract: Reducer<K, V> },
    options: StoreOptions,
  ): StoredTable<K, V> {
    this.#require("reduce({ add, subtract }, { name: 'totals' })", options);
    const { value } = this.#place;
    return this.#aggregated('KTABLE-REDUCE-', { ...options, value }, (definition) =>
      tableReduce(definition, reducer),
    );
  }

  aggregate<A extends {}>(
    aggregator: TableAggregator<K, V, A>,
    options: AggregateOptions<A>,
  ): StoredTable<K, A> {
    const example = "aggregate({ initialize, add, subtract }, { name: 'totals', value: int64 })";
    this.#require(example, options, ['name', 'value']);
    return this.#aggregated('KTABLE-AGGREGATE-', options, (definition) =>
      tableAggregate(definition, aggregator),
    );
  }

  #require(example: string, options: unknown, needed?: readonly Needed[]): void {
    requireOptions({ example, behind: this.#place.node }, options, needed);
  }

  #aggregated(
    prefix: string,
    options: StoreOptions & { readonly value: AnySerde },
    factoryOf: (definition: RowsDefinition) => AnyProcessorFactory,
  ): StoredTable<AnyValue, AnyValue> {
    const { graph, chains, key } = this.#place;
    // The JVM generates the same name for the store of a reduce.
    const store = graph.names.store('KTABLE-AGGREGATE-', options.name);
    const { names, topic } = this.#topicOf(store, options.node);
    const name = graph.names.node(prefix, options.node);
    const definition = rowsDefinition({ name: store, key, value: options.value }, options);
    const source = this.#sourceNode(names, topic);
    const node = new GraphNode(name, (plan, parents) =>
      plan.addProcessor({ kind: 'processor', name, parents, factory: factoryOf(definition) }, [
        definition,
      ]),
    );
    graph.add(node, source);
    const rows = new KeptRows(definition, storedTable(definition));
    return chains.storedTable(
      { graph, chains, node, rows, sources: [source.name], key, value: options.value },
      definition,
    );
  }

  #topicOf(store: string, node: string | undefined) {
    const { names } = this.#place.graph;
    const sink = names.node('KSTREAM-SINK-', node === undefined ? undefined : `${node}-sink`);
    const source = names.node('KSTREAM-SOURCE-', node === undefined ? undefined : `${node}-source`);
    const name = this.#repartition === generated ? store : this.#repartition;
    return { names: { sink, source }, topic: topicName(name) };
  }

  #sourceNode(names: { readonly sink: string; readonly source: string }, topic: string): GraphNode {
    const { graph, node: parent, key, value } = this.#place;
    const source = this.#shared ?? topicNode(names, { topic, key, value: changeSerde(value) });
    if (this.#repartition !== generated) this.#shared = source;
    return graph.add(source, parent);
  }
}

function topicNode(
  names: { readonly sink: string; readonly source: string },
  between: { readonly topic: string; readonly key: AnySerde; readonly value: AnySerde },
): GraphNode {
  return new GraphNode(names.source, (plan, [from = '']) =>
    writeTopic(plan, { ...between, names, from, partitions: undefined, partitioner: undefined }),
  );
}
