import { ConfigError } from '../errors/config-errors.ts';
import { changelogTopicName, topicNaming } from '../runtime/topic-names.ts';
import { partitionCounts, sourceTopicsOf } from '../runtime/topics/partition-counts.ts';
import { type PlannedTask, plannedTasks } from '../runtime/worker/task-plan.ts';
import { storesInOrder } from '../topology/subtopologies.ts';
import type { Topology } from '../topology/topology.ts';

/** The prefix of internal topics in a driver; an application's is its id. */
export const driverApplicationId = 'test-driver';

/** What a driver plans. */
export interface DriverPlanOptions {
  readonly layout: 'one-task' | 'as-deployed';
  readonly partitions: number;
}

/** The tasks of a driver, in the order in which they take turns, and its topics' partitions. */
export interface DriverPlan {
  readonly tasks: readonly PlannedTask[];
  partitionsOf(topic: string): number;
}

/**
 * Divides a topology into tasks.
 *
 * @throws {ConfigError} When its topics' partitions do not fit together, with every reason.
 */
export function driverPlan(topology: Topology, options: DriverPlanOptions): DriverPlan {
  return options.layout === 'one-task' ? oneTask(topology, options) : asDeployed(topology, options);
}

/** The whole plan as one task, as the JVM's driver runs it; it reads all partitions. */
function oneTask(topology: Topology, { partitions }: DriverPlanOptions): DriverPlan {
  const { nodes, stores } = topology;
  const topicName = topicNaming(driverApplicationId, topology);
  const ordered = storesInOrder(nodes, stores);
  const inputs = nodes.flatMap((node) => {
    if (node.kind !== 'source' || !('topics' in node.input)) return [];
    const { from, name: source } = node;
    return node.input.topics.flatMap((topic) =>
      partitionsUpTo(partitions).map((partition) => {
        return { topic: topicName(topic), partition, source, from, kind: 'source' as const };
      }),
    );
  });
  const task: PlannedTask = {
    id: '0_0',
    subtopology: { id: 0, nodes, stores: ordered },
    partition: 0,
    inputs,
    stores: ordered.map(({ definition }) => {
      const topic = changelogTopicName(driverApplicationId, definition);
      const changelog = definition.changelog === 'none' ? undefined : { topic, partition: 0 };
      return { definition, changelog };
    }),
  };
  return { tasks: [task], partitionsOf: () => partitions };
}

/** A task per subtopology and partition, as an application has them. */
function asDeployed(topology: Topology, { partitions }: DriverPlanOptions): DriverPlan {
  const topicName = topicNaming(driverApplicationId, topology);
  const own = new Set(topology.repartitionTopics.map(({ name }) => name));
  const sources = sourceTopicsOf(topology).filter((name) => !own.has(name));
  const known = new Map(sources.map((name) => [name, partitions]));
  const { counts, problems } = partitionCounts(topology, known);
  const all = [...problems, ...problemsOfPatterns(topology)];
  if (all.length > 0) throw new ConfigError(all);
  const internal = new Map([...counts].map(([name, count]) => [topicName(name), count]));
  return {
    tasks: plannedTasks(driverApplicationId, topology, counts),
    partitionsOf: (topic) => internal.get(topic) ?? partitions,
  };
}

function* problemsOfPatterns({ nodes }: Topology): Generator<string> {
  for (const node of nodes) {
    if (node.kind !== 'source' || 'topics' in node.input) continue;
    yield `source ${node.name} reads a topicPattern, which only layout 'one-task' can run`;
  }
}

/** The numbers of so many partitions. */
export function partitionsUpTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, partition) => partition);
}
