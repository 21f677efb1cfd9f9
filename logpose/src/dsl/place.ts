import type { StoreDefinition } from '../store/store-definition.ts';
import type { AnyProcessorFactory, AnySerde, AnyValue } from '../topology/topology.ts';
import { type Graph, GraphNode } from './graph.ts';
import type { KStream, KTable, StoredTable, WindowTable } from './streams-and-tables.ts';
import type { TableRows } from './table-rows.ts';

/** Where a chain has come to: what the next operator needs to know. Types are forgotten here. */
export interface Place {
  readonly graph: Graph;
  readonly chains: Chains;
  readonly node: GraphNode;
  /** Names of the sources that the records come from, back to the last topic. */
  readonly sources: readonly string[];
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
}

/** The same for a stream. */
export interface StreamPlace extends Place {
  /** Whether equal keys may be in several partitions, because an operator has changed them. */
  readonly keyChanged: boolean;
}

/** The same for a table. */
export interface TablePlace extends Place {
  readonly rows: TableRows;
}

/** Where chains go on: makes the public objects, which know each other only by this. */
export interface Chains {
  stream(place: StreamPlace): KStream<AnyValue, AnyValue>;
  table(place: TablePlace): KTable<AnyValue, AnyValue>;
  storedTable(place: TablePlace, definition: RowsDefinition): StoredTable<AnyValue, AnyValue>;
  windowTable(place: TablePlace, definition: WindowRowsDefinition): WindowTable<AnyValue, AnyValue>;
}

/** The store of a table's rows. */
export type RowsDefinition = StoreDefinition<'timestamped-key-value', AnyValue, AnyValue>;

/** The store of a windowed table's rows. */
export type WindowRowsDefinition = StoreDefinition<'timestamped-window', AnyValue, AnyValue>;

/** A node of the graph that is one processor. */
export function processorNode(name: string, factory: AnyProcessorFactory): GraphNode {
  return new GraphNode(name, (plan, parents) =>
    plan.addProcessor({ kind: 'processor', name, parents, factory }),
  );
}
