import { tableSource } from '../operators/table-source.ts';
import { generated } from '../record/topic.ts';
import type { PlanBuilder } from '../topology/plan-builder.ts';
import type { AnySerde, AnyValue } from '../topology/topology.ts';
import { GraphNode } from './graph.ts';
import type { StoreOptions } from './options.ts';
import type { StreamPlace } from './place.ts';
import { repartitionNode } from './repartitioning.ts';
import { durableSerde } from './serdes.ts';
import type { StoredTable } from './streams-and-tables.ts';
import { SourceRows } from './table-rows.ts';
import { rowsDefinition } from './table-stores.ts';
import { requireOptions } from './written-calls.ts';

/** A table whose rows are what a stream says last of each key. */
export function tableOfStream(
  stream: StreamPlace,
  options: StoreOptions & { readonly key?: AnySerde; readonly value?: AnySerde },
): StoredTable<AnyValue, AnyValue> {
  const { graph, chains } = stream;
  requireOptions({ example: "toTable({ name: 'rows' })", behind: stream.node }, options);
  const name = graph.names.node('KSTREAM-TOTABLE-', options.node);
  const store = graph.names.store('KSTREAM-TOTABLE-', options.name);
  const key = durableSerde(graph, options.key ?? stream.key, `the key serde of store ${store}`);
  const given = options.value ?? stream.value;
  const value = durableSerde(graph, given, `the value serde of store ${store}`);
  const definition = rowsDefinition({ name: store, key, value }, options);
  const rows = new SourceRows(definition, options.name === generated ? 'when-needed' : 'always');
  const topic = options.name === generated ? name : store;
  const parent = stream.keyChanged
    ? graph.add(repartitionNode(stream, { name: topic, key, value }), stream.node)
    : stream.node;
  const node = graph.add(
    new GraphNode(name, (plan, parents) => writeTable(plan, { name, parents, rows })),
    parent,
  );
  const sources = stream.keyChanged ? [parent.name] : stream.sources;
  return chains.storedTable({ graph, chains, node, rows, sources, key, value }, definition);
}

/** Adds a node that takes records as updates of rows. */
export function writeTable(
  plan: PlanBuilder,
  table: { readonly name: string; readonly parents: readonly string[]; readonly rows: SourceRows },
): void {
  const { name, parents, rows } = table;
  const store = rows.stored();
  const factory = tableSource(store);
  const stores = store === undefined ? [] : [store];
  plan.addProcessor({ kind: 'processor', name, parents, factory }, stores);
}
