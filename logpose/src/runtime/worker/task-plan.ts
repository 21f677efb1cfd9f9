import type { TopicPartition } from '../../record/topic-partition.ts';
import type { AnyStoreDefinition, Subtopology, Topology } from '../../topology/topology.ts';
import { changelogTopicName, topicNaming } from '../topic-names.ts';
import { type PartitionCounts, taskCount } from '../topics/partition-counts.ts';

/** One task as the plan and the topics' partitions make it: a subtopology on one partition. */
export interface PlannedTask {
  /** `subtopology_partition`, as on the JVM. */
  readonly id: string;
  readonly subtopology: Subtopology;
  readonly partition: number;
  readonly inputs: readonly PlannedInput[];
  readonly stores: readonly PlannedTaskStore[];
}

/** A partition that a task reads. */
export interface PlannedInput extends TopicPartition {
  readonly source: string;
  readonly from: 'earliest' | 'latest';
  /** A repartition topic's records are removed once they are processed. */
  readonly kind: 'source' | 'repartition';
}

/** A store of a task and where its changes go; undefined: nowhere. */
export interface PlannedTaskStore {
  readonly definition: AnyStoreDefinition;
  readonly changelog: TopicPartition | undefined;
}

/** Every task of a plan, by subtopology, then partition. */
export function plannedTasks(
  applicationId: string,
  topology: Topology,
  counts: PartitionCounts,
): readonly PlannedTask[] {
  const topicName = topicNaming(applicationId, topology);
  const repartition = new Set(topology.repartitionTopics.map(({ name }) => name));
  return topology.subtopologies.flatMap((subtopology) =>
    Array.from({ length: taskCount(subtopology, counts) }, (_, partition) => ({
      id: `${subtopology.id}_${partition}`,
      subtopology,
      partition,
      inputs: inputsOf(subtopology, (topic) => (counts.get(topic) ?? 0) > partition).map(
        ({ topic, source, from }): PlannedInput => ({
          topic: topicName(topic),
          partition,
          source,
          from,
          kind: repartition.has(topic) ? 'repartition' : 'source',
        }),
      ),
      stores: subtopology.stores.map(({ definition }) => ({
        definition,
        changelog:
          definition.changelog === 'kept'
            ? { topic: changelogTopicName(applicationId, definition), partition }
            : undefined,
      })),
    })),
  );
}

function inputsOf(subtopology: Subtopology, isWanted: (topic: string) => boolean) {
  return subtopology.nodes.flatMap((node) => {
    if (node.kind !== 'source' || !('topics' in node.input)) return [];
    return node.input.topics
      .filter(isWanted)
      .map((topic) => ({ topic, source: node.name, from: node.from }));
  });
}
