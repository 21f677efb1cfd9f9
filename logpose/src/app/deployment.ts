import { ConfigError, TopologyError } from '../errors/config-errors.ts';
import type { LogAdmin, TopicSpecification } from '../log/log-port.ts';
import type { FailurePolicies } from '../runtime/failure-policy.ts';
import { topicNaming } from '../runtime/topic-names.ts';
import { type InternalTopicOptions, internalTopics } from '../runtime/topics/internal-topics.ts';
import {
  type PartitionCounts,
  partitionCounts,
  sourceTopicsOf,
} from '../runtime/topics/partition-counts.ts';
import { type PlannedTask, plannedTasks } from '../runtime/worker/task-plan.ts';
import type { Topology } from '../topology/topology.ts';

/** An application on the topics that a log has. */
export interface Deployment {
  readonly counts: PartitionCounts;
  readonly tasks: readonly PlannedTask[];
  /** Repartition topics and changelogs, there or not. */
  readonly internalTopics: readonly TopicSpecification[];
  /** Topics that are written to, as far as the plan names them. */
  readonly writtenTopics: readonly string[];
  /** Those and, where sinks choose topics or policies may name them, all that the log has. */
  readonly reachableTopics: readonly string[];
}

/** What is deployed. */
export interface Deployed extends FailurePolicies {
  readonly id: string;
  readonly topology: Topology;
  readonly internalTopics?: InternalTopicOptions;
}

/**
 * Looks at the topics that a plan names. Creates nothing.
 *
 * @throws {ConfigError} When topics are missing, or have partitions that do not fit together.
 * @throws {TopologyError} When internal topics of an earlier plan have other partitions.
 */
export async function plannedDeployment(app: Deployed, admin: LogAdmin): Promise<Deployment> {
  const { id, topology } = app;
  const own = new Set(topology.repartitionTopics.map(({ name }) => name));
  const sources = sourceTopicsOf(topology).filter((name) => !own.has(name));
  const sinks = sinkTopicsOf(topology).filter((name) => !own.has(name));
  const known = await describedTopics([...new Set([...sources, ...sinks])], admin);
  const ofSources = new Map([...known].filter(([name]) => sources.includes(name)));
  const { counts, problems } = partitionCounts(topology, ofSources);
  if (problems.length > 0) throw new ConfigError(problems);
  const options = app.internalTopics ?? {};
  const internal = internalTopics({ applicationId: id, topology, counts, options });
  await checkInternalTopics(internal, admin);
  const naming = topicNaming(id, topology);
  const writtenTopics = [
    ...sinkTopicsOf(topology).map(naming),
    ...internal.map(({ name }) => name),
  ];
  const others = mayWriteAnywhere(app) ? await admin.listTopics() : [];
  return {
    counts,
    tasks: plannedTasks(id, topology, counts),
    internalTopics: internal,
    writtenTopics,
    reachableTopics: [...new Set([...writtenTopics, ...others])],
  };
}

/**
 * A topic that is named for the first time in the middle of a transaction costs that transaction:
 * whoever names topics then has them looked up at the start.
 */
function mayWriteAnywhere({ topology, ...policies }: Deployed): boolean {
  const { onDecodeError, onProcessError, onProduceError } = policies;
  const hasPolicy = [onDecodeError, onProcessError, onProduceError].some(Boolean);
  return (
    hasPolicy || topology.nodes.some((node) => node.kind === 'sink' && !('topic' in node.target))
  );
}

function sinkTopicsOf({ nodes }: Topology): readonly string[] {
  return nodes.flatMap((node) =>
    node.kind === 'sink' && 'topic' in node.target ? [node.target.topic] : [],
  );
}

/** @throws {ConfigError} With every topic that is not there. */
async function describedTopics(
  names: readonly string[],
  admin: LogAdmin,
): Promise<PartitionCounts> {
  const described = await admin.describeTopics(names);
  const missing = names.filter((_, at) => described[at] === undefined);
  if (missing.length > 0) {
    throw new ConfigError(
      missing.map(
        (name) =>
          `topic ${name} is not there: create it before the start, ` +
          `await log.admin.createTopics([{ topic: { name: '${name}' }, partitions: 1 }])`,
      ),
    );
  }
  return new Map(described.flatMap((topic) => (topic ? [[topic.name, topic.partitions]] : [])));
}

async function checkInternalTopics(
  wanted: readonly TopicSpecification[],
  admin: LogAdmin,
): Promise<void> {
  const found = await admin.describeTopics(wanted.map(({ name }) => name));
  const problems = wanted.flatMap(({ name, partitions }, at) => {
    const has = found[at]?.partitions ?? partitions;
    if (has === partitions) return [];
    return [
      `${name} has ${has} partitions and needs ${partitions}: keys would be looked for where ` +
        'they are not. Give its source topics their former number of partitions, or start ' +
        'under another id',
    ];
  });
  if (problems.length > 0) throw new TopologyError(problems, 'TOPOLOGY_CHANGED');
}
