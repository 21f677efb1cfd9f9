import { must } from '../../base/assert.ts';
import type { Subtopology, Topology } from '../../topology/topology.ts';

/** Partitions of every topic that a plan reads, by its name in the plan. */
export type PartitionCounts = ReadonlyMap<string, number>;

/** What `partitionCounts` found: counts, and why they do not fit together. */
export interface CountedPartitions {
  readonly counts: PartitionCounts;
  readonly problems: readonly string[];
}

/**
 * Works out how many partitions each repartition topic gets: the number its author gave, else that
 * of the topics it is joined with, else the greatest of the topics its records come from; repeated
 * until nothing changes (Kafka's `RepartitionTopics`).
 *
 * @param known - Partitions of the source topics that the log has.
 */
export function partitionCounts(topology: Topology, known: PartitionCounts): CountedPartitions {
  const counts = new Map(known);
  for (const { name, partitions } of topology.repartitionTopics) {
    if (partitions !== undefined) counts.set(name, partitions);
  }
  const open = new Set(
    topology.repartitionTopics.filter((topic) => topic.partitions === undefined).map(nameOf),
  );
  // Each round settles at least one topic, or changes nothing.
  for (let round = 0; round <= topology.repartitionTopics.length * 2; round++) {
    const before = [...counts].join();
    for (const name of open) widen(counts, name, upstreamCount(topology, counts, name));
    for (const group of topology.copartitioned) align(counts, topicsOf(topology, group), open);
    if ([...counts].join() === before) break;
  }
  return { counts, problems: problemsOf(topology, counts) };
}

/** Topics that source nodes of a subtopology read, by their names in the plan. */
export function sourceTopicsOf(subtopology: Pick<Subtopology, 'nodes'>): readonly string[] {
  return subtopology.nodes.flatMap((node) =>
    node.kind === 'source' && 'topics' in node.input ? node.input.topics : [],
  );
}

/** How many tasks a subtopology has: the most partitions any of its topics has. */
export function taskCount(subtopology: Subtopology, counts: PartitionCounts): number {
  return Math.max(0, ...sourceTopicsOf(subtopology).map((name) => counts.get(name) ?? 0));
}

function upstreamCount(topology: Topology, counts: PartitionCounts, topic: string): number {
  const writers = topology.subtopologies.filter(({ nodes }) =>
    nodes.some(
      (node) => node.kind === 'sink' && 'topic' in node.target && node.target.topic === topic,
    ),
  );
  return Math.max(0, ...writers.map((writer) => taskCount(writer, counts)));
}

function widen(counts: Map<string, number>, name: string, count: number): void {
  if (count > (counts.get(name) ?? 0)) counts.set(name, count);
}

/** Gives the open topics of a group what the settled ones have, else the greatest of the open. */
function align(
  counts: Map<string, number>,
  group: readonly string[],
  open: ReadonlySet<string>,
): void {
  const settled = group.filter((name) => !open.has(name) && counts.has(name));
  const decisive = settled.length > 0 ? settled : group;
  const count = Math.max(0, ...decisive.map((name) => counts.get(name) ?? 0));
  if (count === 0) return;
  for (const name of group) if (open.has(name)) counts.set(name, count);
}

function problemsOf(topology: Topology, counts: PartitionCounts): readonly string[] {
  const differing = topology.copartitioned
    .map((group) => topicsOf(topology, group))
    .filter((topics) => new Set(topics.map((name) => counts.get(name))).size > 1)
    .map((topics) => {
      const shown = topics.map((name) => `${name} has ${counts.get(name) ?? 'none'}`).join(', ');
      return (
        `joined topics need equally many partitions, but ${shown}: ` +
        'put .repartition({ name, partitions }) in front of the join'
      );
    });
  const unfed = topology.repartitionTopics
    .filter(({ name }) => !counts.has(name))
    .map(({ name }) => `nothing says how many partitions the repartition topic ${name} needs`);
  return [...differing, ...unfed];
}

function topicsOf(topology: Topology, sources: readonly string[]): readonly string[] {
  return sources.flatMap((source) => {
    const node = must(
      topology.nodes.find(({ name }) => name === source),
      'co-partitioned sources are nodes of the plan',
    );
    return node.kind === 'source' && 'topics' in node.input ? node.input.topics : [];
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
