import { must } from '../base/assert.ts';
import { streamTableJoin } from '../operators/stream-table-join.ts';
import { type DurableName, generated } from '../record/topic.ts';
import type { AnySerde, AnyValue } from '../topology/topology.ts';
import { ChainedTable } from './chained-table.ts';
import { GraphNode } from './graph.ts';
import { isGenerated } from './names.ts';
import type { StreamPlace, TablePlace } from './place.ts';
import { repartitionNode } from './repartitioning.ts';
import { missing } from './serdes.ts';
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
  const ownName = join.repartition === generated ? undefined : join.repartition;
  let key = join.key ?? stream.key;
  let value = join.value ?? stream.value;
  const isNameless = join.repartition === undefined && isGenerated(node.name);
  if (isNameless || key === undefined || value === undefined) {
    const written = [
      `repartition: '${ownName ?? 'by-id'}'`,
      ...(key === undefined ? ['key: utf8'] : []),
      ...(value === undefined ? ['value: json(parse)'] : []),
    ];
    const verb = join.kind === 'inner' ? 'join' : 'leftJoin';
    graph.problem(
      `${verb} behind ${node.name} needs a repartition topic with a name and serdes, because the ` +
        `key was changed: write ${verb}(table, joiner, { ${written.join(', ')} }), with your serdes`,
    );
    key ??= missing;
    value ??= missing;
  }
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
