import { must } from '../base/assert.ts';
import { streamTableJoin } from '../operators/stream-table-join.ts';
import { type DurableName, generated } from '../record/topic.ts';
import type { AnySerde, AnyValue } from '../topology/topology.ts';
import { ChainedTable } from './chained-table.ts';
import { GraphNode } from './graph.ts';
import { isGenerated } from './names.ts';
import type { StreamPlace, TablePlace } from './place.ts';
import { repartitionNode } from './repartitioning.ts';
import type { KStream, KTable } from './streams-and-tables.ts';

/** How a stream is joined with a table. */
export interface TableJoin {
  readonly kind: 'inner' | 'left';
  readonly joiner: (value: AnyValue, row: AnyValue, key: AnyValue) => AnyValue;
  readonly node?: string;
  readonly repartition?: DurableName;
  readonly key?: AnySerde;
  readonly value?: AnySerde;
}

/** Joins a stream with the rows of a table, behind a repartition topic when one is needed. */
export function joinTable(
  stream: StreamPlace,
  table: KTable<AnyValue, AnyValue>,
  join: TableJoin,
): KStream<AnyValue, AnyValue> {
  const { graph, chains } = stream;
  const { rows, sources } = tablePlace(table);
  const left = stream.keyChanged ? repartitioned(stream, join) : stream;
  const { kind, joiner } = join;
  const ownName = join.repartition === generated ? undefined : join.repartition;
  const prefix = kind === 'inner' ? 'KSTREAM-JOIN-' : 'KSTREAM-LEFTJOIN-';
  const name = graph.names.node(prefix, join.node ?? ownName);
  const node = new GraphNode(
    name,
    (plan, parents) => {
      const view = rows.view();
      const factory = streamTableJoin({ table: view, kind, joiner });
      plan.addProcessor({ kind: 'processor', name, parents, factory }, view.stores);
    },
    { takesNullKeys: kind === 'left' },
  );
  graph.add(node, left.node);
  graph.demand(() => rows.keepForLookup());
  const both = [...new Set([...left.sources, ...sources])];
  graph.copartition(both);
  const key = join.key ?? left.key;
  return chains.stream({ ...left, node, sources: both, key, value: undefined, keyChanged: false });
}

function repartitioned(stream: StreamPlace, join: TableJoin): StreamPlace {
  const { graph, node } = stream;
  if (join.repartition === undefined && isGenerated(node.name)) {
    graph.problem(
      `the join behind ${node.name} needs a repartition topic, because the key was changed: ` +
        'name it by the option repartition',
    );
  }
  const ownName = join.repartition === generated ? undefined : join.repartition;
  const key = join.key ?? stream.key;
  const value = join.value ?? stream.value;
  const between = repartitionNode(stream, { name: ownName ?? node.name, key, value });
  graph.add(between, node);
  return { ...stream, node: between, sources: [between.name], key, value, keyChanged: false };
}

/** What stands behind a public table. */
function tablePlace(table: KTable<AnyValue, AnyValue>): TablePlace {
  return must(
    table instanceof ChainedTable ? table : undefined,
    'tables are made by a StreamsBuilder',
  ).place;
}
