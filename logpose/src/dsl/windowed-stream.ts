import { windowedTable } from '../operators/table-view.ts';
import { windowAggregate, windowReduce } from '../operators/window-aggregate.ts';
import { generated } from '../record/topic.ts';
import { int64 } from '../serde/primitives.ts';
import { windowed } from '../serde/windowed.ts';
import type { WindowStoreShape } from '../store/store-definition.ts';
import type { AnyProcessorFactory, AnySerde, AnyValue } from '../topology/topology.ts';
import { shapeOf } from '../window/definition-of.ts';
import type { TimeWindows, UnlimitedWindows } from '../window/window.ts';
import type { WindowDefinition } from '../window/window-definition.ts';
import type { Aggregator, ReduceOptions, Reducer, WindowOptions } from './aggregate-options.ts';
import type { Graph } from './graph.ts';
import type { Grouping } from './grouping.ts';
import type { WindowRowsDefinition } from './place.ts';
import { durableSerde } from './serdes.ts';
import type { TimeWindowedKStream, WindowTable } from './streams-and-tables.ts';
import { KeptRows } from './table-rows.ts';
import { windowRowsDefinition } from './table-stores.ts';
import { type Needed, requireOptions } from './written-calls.ts';

/** A stream grouped by key and window as a place in the graph. */
export class WindowedStream<in out K, in out V> implements TimeWindowedKStream<K, V> {
  readonly #grouping: Grouping;
  readonly #windows: TimeWindows | UnlimitedWindows;
  readonly #definition: WindowDefinition;

  /** @throws {ConfigError} When the windows were made by hand. */
  constructor(grouping: Grouping, windows: TimeWindows | UnlimitedWindows) {
    this.#grouping = grouping;
    this.#windows = windows;
    this.#definition = fixed(grouping.place.graph, windows);
  }

  count(options: WindowOptions): WindowTable<K, number> {
    this.#require("count({ name: 'counts' })", options);
    // The JVM leaves a number out here, from a time when it needed one.
    if (options.name === generated) this.#grouping.place.graph.names.skip();
    const counter: Aggregator<AnyValue, AnyValue, number> = {
      initialize: () => 0,
      add: (count) => count + 1,
    };
    return this.#aggregated('KSTREAM-AGGREGATE-', { ...options, value: int64 }, (definition) =>
      windowAggregate(this.#definition, definition, counter),
    );
  }

  reduce(
    reducer: Reducer<K, NonNullable<V>>,
    options: WindowOptions & ReduceOptions<NonNullable<V>>,
  ): WindowTable<K, NonNullable<V>> {
    this.#require("reduce(reducer, { name: 'latest' })", options);
    return this.#aggregated('KSTREAM-REDUCE-', options, (definition) =>
      windowReduce(this.#definition, definition, reducer),
    );
  }

  aggregate<A extends {}>(
    aggregator: Aggregator<K, V, A>,
    options: WindowOptions & { readonly value: AnySerde },
  ): WindowTable<K, A> {
    const example = "aggregate({ initialize, add }, { name: 'totals', value: int64 })";
    this.#require(example, options, ['name', 'value']);
    return this.#aggregated('KSTREAM-AGGREGATE-', options, (definition) =>
      windowAggregate(this.#definition, definition, aggregator),
    );
  }

  #require(example: string, options: unknown, needed?: readonly Needed[]): void {
    requireOptions({ example, behind: this.#grouping.place.node }, options, needed);
  }

  #aggregated(
    prefix: string,
    options: WindowOptions & { readonly value?: AnySerde },
    factoryOf: (definition: WindowRowsDefinition) => AnyProcessorFactory,
  ): WindowTable<AnyValue, AnyValue> {
    const { graph, chains, value: valueInForce } = this.#grouping.place;
    const store = graph.names.store(prefix, options.name);
    const name = graph.names.node(prefix, options.node);
    const key = this.#grouping.key(store);
    const given = options.value ?? valueInForce;
    const value = durableSerde(graph, given, `the value serde of store ${store}`);
    const windows = this.#shape(store, options.retentionMs);
    const definition = windowRowsDefinition({ name: store, key, value, windows }, options);
    const place = this.#grouping.add(name, definition, factoryOf(definition));
    const rows = new KeptRows(definition, windowedTable(definition));
    const windowedKey = windowed(key, this.#windows);
    return chains.windowTable({ ...place, rows, key: windowedKey, value }, definition);
  }

  #shape(store: string, retentionMs: number | undefined): WindowStoreShape {
    const { graph } = this.#grouping.place;
    const { maxSizeMs, graceMs } = this.#definition;
    const neededMs = maxSizeMs + graceMs;
    if (retentionMs !== undefined && !(retentionMs >= neededMs)) {
      graph.problem(
        `store ${store} keeps rows for ${retentionMs} ms: windows and grace need ${neededMs} ms`,
      );
    }
    return {
      endMs: (startMs) => this.#definition.endMs(startMs),
      retentionMs: retentionMs ?? neededMs,
    };
  }
}

function fixed(graph: Graph, windows: TimeWindows | UnlimitedWindows): WindowDefinition {
  const shaped = shapeOf(windows);
  if (shaped.shape === 'fixed') return shaped.windows;
  graph.problem(
    `${windows.kind} windows cannot be aggregated yet: use tumbling, hopping or calendar windows`,
  );
  return nothing;
}

// Stands in for windows that have been refused, so that other problems are found too.
const nothing: WindowDefinition = {
  sizeMs: 0,
  graceMs: 0,
  maxSizeMs: 0,
  firstStartMs: () => Number.POSITIVE_INFINITY,
  nextStartMs: () => Number.POSITIVE_INFINITY,
  endMs: () => Number.POSITIVE_INFINITY,
};
