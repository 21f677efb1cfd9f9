import { process, processValues, type StoresByAlias } from '../operators/process.ts';
import type {
  DeclaredStores,
  ProcessorDefinition,
  ValueProcessorDefinition,
} from '../operators/processor-definition.ts';
import { definitionOf } from '../store/store-definition.ts';
import type { AnyStore, StoreHandle, StoreKind } from '../store/store-handle.ts';
import type { AnyProcessorFactory, AnyStoreDefinition, AnyValue } from '../topology/topology.ts';
import { ChainedTable } from './chained-table.ts';
import { type Graph, GraphNode } from './graph.ts';
import type { StreamPlace } from './place.ts';
import type { KStream } from './streams-and-tables.ts';

/** Runs a processor on a stream. What it forwards may have any key. */
export function processStream<S extends DeclaredStores>(
  place: StreamPlace,
  definition: ProcessorDefinition<AnyValue, AnyValue, AnyValue, AnyValue, S>,
): KStream<AnyValue, AnyValue> {
  const stores = storesOf(place.graph, definition.stores);
  const name = nameOf(place.graph, 'KSTREAM-PROCESSOR-', definition.node);
  const node = added(place, { name, stores, factory: process(definition, stores) });
  const { key, value } = definition.output ?? { key: undefined, value: undefined };
  return place.chains.stream({ ...place, node, key, value, keyChanged: true });
}

/** The same for a processor that keeps the key. */
export function processStreamValues<S extends DeclaredStores>(
  place: StreamPlace,
  definition: ValueProcessorDefinition<AnyValue, AnyValue, AnyValue, S>,
): KStream<AnyValue, AnyValue> {
  const stores = storesOf(place.graph, definition.stores);
  const name = nameOf(place.graph, 'KSTREAM-PROCESSVALUES-', definition.node);
  const node = added(place, { name, stores, factory: processValues(definition, stores) });
  return place.chains.stream({ ...place, node, value: definition.output?.value });
}

interface Processing {
  readonly name: string;
  readonly stores: StoresByAlias;
  readonly factory: AnyProcessorFactory;
}

function added({ graph, node: parent }: StreamPlace, { name, stores, factory }: Processing) {
  const node = new GraphNode(name, (plan, parents) =>
    plan.addProcessor({ kind: 'processor', name, parents, factory }, Object.values(stores)),
  );
  return graph.add(node, parent);
}

/** The JVM counts on for a processor only where it generates the name. */
function nameOf({ names }: Graph, prefix: string, own: string | undefined): string {
  return own ?? names.node(prefix, undefined);
}

function storesOf(graph: Graph, declared: DeclaredStores = {}): StoresByAlias {
  const stores: Record<string, AnyStoreDefinition> = {};
  for (const [alias, store] of Object.entries(declared)) {
    const definition = storeOf(graph, store);
    if (definition !== undefined) stores[alias] = definition;
  }
  return stores;
}

/** The definition behind a store that a processor declares; undefined when it was made by hand. */
export function storeOf(graph: Graph, store: AnyStore): AnyStoreDefinition | undefined {
  if (store instanceof ChainedTable) {
    const { rows } = store.place;
    graph.demand(() => rows.keepForLookup());
    return store.handleOf;
  }
  const definition = isHandle(store) ? definitionOf(store) : undefined;
  if (definition === undefined) {
    graph.problem(`store ${store.name} was made by hand: make it with keyValueStore or its like`);
  }
  return definition;
}

function isHandle(store: AnyStore): store is StoreHandle<StoreKind, AnyValue, AnyValue> {
  return 'key' in store && 'value' in store;
}
