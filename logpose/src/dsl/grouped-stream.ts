import { streamAggregate, streamReduce } from '../operators/stream-aggregate.ts';
import { storedTable } from '../operators/table-view.ts';
import { generated } from '../record/topic.ts';
import { int64 } from '../serde/primitives.ts';
import type { Serde } from '../serde/serde.ts';
import type { AnyProcessorFactory, AnyValue } from '../topology/topology.ts';
import type { TimeWindows, UnlimitedWindows } from '../window/window.ts';
import type { AggregateOptions, Aggregator, ReduceOptions, Reducer } from './aggregate-options.ts';
import type { Grouping } from './grouping.ts';
import type { StoreOptions } from './options.ts';
import type { RowsDefinition } from './place.ts';
import { durableSerde } from './serdes.ts';
import type { KGroupedStream, StoredTable, TimeWindowedKStream } from './streams-and-tables.ts';
import { KeptRows } from './table-rows.ts';
import { rowsDefinition } from './table-stores.ts';
import { WindowedStream } from './windowed-stream.ts';
import { type Needed, requireOptions } from './written-calls.ts';

/** A grouped stream as a place in the graph. */
export class GroupedStream<in out K, in out V> implements KGroupedStream<K, V> {
  readonly #grouping: Grouping;

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
  }

  count(options: StoreOptions): StoredTable<K, number> {
    this.#require("count({ name: 'counts' })", options);
    // The JVM leaves a number out here, from a time when it needed one.
    if (options.name === generated) this.#grouping.place.graph.names.skip();
    const counter: Aggregator<AnyValue, AnyValue, number> = {
      initialize: () => 0,
      add: (count) => count + 1,
    };
    return this.#aggregated('KSTREAM-AGGREGATE-', { ...options, value: int64 }, (definition) =>
      streamAggregate(definition, counter),
    );
  }

  reduce(
    reducer: Reducer<K, NonNullable<V>>,
    options: ReduceOptions<NonNullable<V>>,
  ): StoredTable<K, NonNullable<V>> {
    this.#require("reduce(reducer, { name: 'latest' })", options);
    return this.#aggregated('KSTREAM-REDUCE-', options, (definition) =>
      streamReduce(definition, reducer),
    );
  }

  aggregate<A extends {}>(
    aggregator: Aggregator<K, NonNullable<V>, A>,
    options: AggregateOptions<A>,
  ): StoredTable<K, A> {
    const example = "aggregate({ initialize, add }, { name: 'totals', value: int64 })";
    this.#require(example, options, ['name', 'value']);
    return this.#aggregated('KSTREAM-AGGREGATE-', options, (definition) =>
      streamAggregate(definition, aggregator),
    );
  }

  windowedBy(windows: TimeWindows | UnlimitedWindows): TimeWindowedKStream<K, V> {
    return new WindowedStream(this.#grouping, windows);
  }

  #require(example: string, options: unknown, needed?: readonly Needed[]): void {
    requireOptions({ example, behind: this.#grouping.place.node }, options, needed);
  }

  #aggregated(
    prefix: string,
    options: StoreOptions & { readonly value?: Serde<AnyValue> },
    factoryOf: (definition: RowsDefinition) => AnyProcessorFactory,
  ): StoredTable<AnyValue, AnyValue> {
    const { graph, chains, value: valueInForce } = this.#grouping.place;
    const store = graph.names.store(prefix, options.name);
    const name = graph.names.node(prefix, options.node);
    const key = this.#grouping.key(store);
    const given = options.value ?? valueInForce;
    const value = durableSerde(graph, given, `the value serde of store ${store}`);
    const definition = rowsDefinition({ name: store, key, value }, options);
    const place = this.#grouping.add(name, definition, factoryOf(definition));
    const rows = new KeptRows(definition, storedTable(definition));
    return chains.storedTable({ ...place, rows, key, value }, definition);
  }
}
