import { tableFilter } from '../operators/table-filter.ts';
import { tableMapValues } from '../operators/table-map-values.ts';
import { tableToStream } from '../operators/table-to-stream.ts';
import type { Serde, SerdesInForce } from '../serde/serde.ts';
import type { AnyProcessorFactory, AnyStoreDefinition, AnyValue } from '../topology/topology.ts';
import { GraphNode } from './graph.ts';
import { groupTable } from './grouped-table.ts';
import type { NodeOptions, StoreOptions } from './options.ts';
import { processorNode, type TablePlace } from './place.ts';
import { durableSerde } from './serdes.ts';
import type { TableGroupByOptions } from './stream-options.ts';
import type { KGroupedTable, KStream, KTable, StoredTable } from './streams-and-tables.ts';
import { DerivedRows, filteredRows, mappedRows } from './table-rows.ts';
import { rowsDefinition } from './table-stores.ts';
import { requireOptions } from './written-calls.ts';

/** A table as a place in the graph. */
export class ChainedTable<in out K, in out V> implements KTable<K, V> {
  readonly kind = 'table';
  readonly place: TablePlace;
  /** The store its rows are read from where it is a handle. */
  readonly handleOf: AnyStoreDefinition | undefined;

  constructor(place: TablePlace, handleOf?: AnyStoreDefinition) {
    this.place = place;
    this.handleOf = handleOf;
  }

  get serdes(): SerdesInForce<K, V> {
    const { key, value } = this.place;
    return { key, value };
  }

  filter(keep: (value: AnyValue, key: K) => boolean, options?: NodeOptions): KTable<K, AnyValue> {
    return this.#filtered(keep, options);
  }

  filterNot(drop: (value: V, key: K) => boolean, options?: NodeOptions): KTable<K, V> {
    return this.#filtered((value, key) => !drop(value, key), options);
  }

  mapValues<V2>(
    mapper: (value: V, key: K) => V2,
    options: NodeOptions = {},
  ): KTable<K, NonNullable<V2>> {
    const { graph, chains, node, rows: parent } = this.place;
    const name = graph.names.node('KTABLE-MAPVALUES-', options.node);
    const rows = mappedRows(parent, mapper);
    const sendOldValues = (): boolean => rows.sendsOldValues();
    const mapped = derivedNode(name, rows, () =>
      tableMapValues({ mapper, sendOldValues, definition: rows.stored() }),
    );
    graph.add(mapped, node);
    return chains.table({ ...this.place, node: mapped, rows, value: undefined });
  }

  materialize(options: StoreOptions & { readonly value?: Serde<NoInfer<V>> }): StoredTable<K, V> {
    const { graph, chains, node, rows, key, value } = this.place;
    requireOptions({ example: "materialize({ name: 'rows' })", behind: node }, options);
    const name = graph.names.store('KTABLE-', options.name);
    const definition = rowsDefinition(
      {
        name,
        key: durableSerde(graph, key, `the key serde of store ${name}`),
        value: durableSerde(graph, options.value ?? value, `the value serde of store ${name}`),
      },
      options,
    );
    const known = rows.stored();
    if (known !== undefined) {
      graph.problem(`${node.name} cannot be kept as ${name}: it is kept as ${known.name} already`);
    } else if (rows instanceof DerivedRows) {
      rows.keepIn(definition);
    } else {
      graph.problem(`${node.name} cannot be kept as ${name}: give its own name to the table`);
    }
    return chains.storedTable({ ...this.place, value: definition.value }, definition);
  }

  toStream(options: NodeOptions = {}): KStream<K, V | null> {
    const { graph, chains, node, sources, key, value } = this.place;
    const name = graph.names.node('KTABLE-TOSTREAM-', options.node);
    const stream = graph.add(processorNode(name, tableToStream()), node);
    return chains.stream({ graph, chains, node: stream, sources, key, value, keyChanged: false });
  }

  groupBy<K2, V2>(
    selector: (value: V, key: K) => readonly [key: NoInfer<K2> | null, value: NoInfer<V2> | null],
    options: TableGroupByOptions<K2, V2>,
  ): KGroupedTable<K2, V2> {
    return groupTable(this.place, selector, options);
  }

  #filtered(passes: (value: V, key: K) => boolean, options: NodeOptions = {}): KTable<K, AnyValue> {
    const { graph, chains, node, rows: parent } = this.place;
    const name = graph.names.node('KTABLE-FILTER-', options.node);
    const rows = filteredRows(parent, passes);
    // Then nothing is sent for a row that did not pass before either (KAFKA-10077).
    if (parent.sendOldValuesIfKept()) rows.sendOldValues();
    const sendOldValues = (): boolean => rows.sendsOldValues();
    const filtered = derivedNode(name, rows, () =>
      tableFilter({ passes, sendOldValues, definition: rows.stored() }),
    );
    graph.add(filtered, node);
    return chains.table({ ...this.place, node: filtered, rows });
  }
}

function derivedNode(
  name: string,
  rows: DerivedRows,
  factory: () => AnyProcessorFactory,
): GraphNode {
  return new GraphNode(name, (plan, parents) => {
    const store = rows.stored();
    const stores = store === undefined ? [] : [store];
    plan.addProcessor({ kind: 'processor', name, parents, factory: factory() }, stores);
  });
}
