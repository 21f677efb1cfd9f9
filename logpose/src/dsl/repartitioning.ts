import { filterNullKey } from '../operators/filter.ts';
import { passThrough } from '../operators/peek.ts';
import type { PlanBuilder } from '../topology/plan-builder.ts';
import type { AnyPartitioner, AnySerde } from '../topology/topology.ts';
import { GraphNode } from './graph.ts';
import { isGenerated, type Names } from './names.ts';
import type { Place } from './place.ts';
import { durableSerde } from './serdes.ts';

/** A topic between two parts of a topology. */
export interface Between {
  /** The topic's name without `-repartition`. */
  readonly name: string;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  readonly partitions?: number | undefined;
  readonly partitioner?: AnyPartitioner | undefined;
}

/** A node that sends records through a topic of their own, so that equal keys come together. */
export function repartitionNode({ graph }: Place, between: Between): GraphNode {
  const topic = topicName(between.name);
  const names = nodeNames(graph.names, between.name, topic);
  const key = durableSerde(graph, between.key, `the key serde of repartition topic ${topic}`);
  const value = durableSerde(graph, between.value, `the value serde of repartition topic ${topic}`);
  const { partitions, partitioner } = between;
  const node: GraphNode = new GraphNode(names.source, (plan, parents) => {
    const factory = node.reachesNullKeys() ? passThrough() : filterNullKey();
    plan.addProcessor({ kind: 'processor', name: names.filter, parents, factory });
    writeTopic(plan, { topic, key, value, partitions, partitioner, names, from: names.filter });
  });
  return node;
}

/** What `writeTopic` writes. */
export interface TopicBetween {
  readonly topic: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly partitions: number | undefined;
  readonly partitioner: AnyPartitioner | undefined;
  readonly names: { readonly sink: string; readonly source: string };
  /** The node that writes to it. */
  readonly from: string;
}

/** Adds a repartition topic with its sink and its source to the plan. */
export function writeTopic(plan: PlanBuilder, between: TopicBetween): void {
  const { topic, key, value, partitions, partitioner, names, from } = between;
  plan.addRepartitionTopic({ name: topic, partitions });
  const target = { topic, key, value };
  plan.addSink({ kind: 'sink', name: names.sink, parents: [from], target, partitioner });
  plan.addSource({
    kind: 'source',
    name: names.source,
    input: { topics: [topic] },
    key,
    value,
    timestamp: undefined,
    from: 'earliest',
    nulls: 'allowed',
  });
}

/** The topic's name, without the application's prefix. */
export function topicName(name: string): string {
  return name.endsWith('-repartition') ? name : `${name}-repartition`;
}

function nodeNames(names: Names, name: string, topic: string) {
  const sink = names.node('KSTREAM-SINK-', undefined);
  const filter = names.node('KSTREAM-FILTER-', undefined);
  const source = names.node('KSTREAM-SOURCE-', undefined);
  return isGenerated(name)
    ? { sink, filter, source }
    : { sink: `${topic}-sink`, filter: `${topic}-filter`, source: `${topic}-source` };
}
