import type { TopicSpecification } from '../../log/log-port.ts';
import type { AnyStoreDefinition, Topology } from '../../topology/topology.ts';
import { changelogTopicName, repartitionTopicName } from '../topic-names.ts';
import { type PartitionCounts, taskCount } from './partition-counts.ts';

/** What users may say about the topics that an application makes for itself. */
export interface InternalTopicOptions {
  /** On how many brokers. The embedded log has one copy, whatever is asked for. */
  readonly replicationFactor?: number;
  /** Of changelogs of windowed stores, in milliseconds, where that is longer than they need. */
  readonly retentionMs?: number;
  /** Kafka's topic settings by their Kafka names; they win over what is worked out. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Whose topics. */
export interface InternalTopicOwner {
  readonly applicationId: string;
  readonly topology: Topology;
  readonly counts: PartitionCounts;
  readonly options: InternalTopicOptions;
}

const dayMs = 24 * 60 * 60 * 1000;
const repartitionSegmentBytes = 50 * 1024 * 1024;

/** The repartition and changelog topics of an application, named and set as the JVM's are. */
export function internalTopics(owner: InternalTopicOwner): readonly TopicSpecification[] {
  const { applicationId, topology, counts } = owner;
  const repartition = topology.repartitionTopics.map(({ name }) =>
    specification(owner, {
      name: repartitionTopicName(applicationId, name),
      partitions: counts.get(name) ?? 0,
      config: repartitionConfig,
    }),
  );
  const changelogs = topology.subtopologies.flatMap((subtopology) =>
    subtopology.stores
      .filter(({ definition }) => definition.changelog === 'kept')
      .map(({ definition }) =>
        specification(owner, {
          name: changelogTopicName(applicationId, definition),
          partitions: taskCount(subtopology, counts),
          config: changelogConfig(definition, owner.options),
        }),
      ),
  );
  return [...repartition, ...changelogs];
}

/** Records are removed once they are processed, never by age (Kafka's `RepartitionTopicConfig`). */
const repartitionConfig = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'segment.bytes': String(repartitionSegmentBytes),
  'message.timestamp.type': 'CreateTime',
};

/** As Kafka's `WindowedChangelogTopicConfig` and `UnwindowedUnversionedChangelogTopicConfig`. */
function changelogConfig(
  { windows }: AnyStoreDefinition,
  { retentionMs = 0 }: InternalTopicOptions,
): Readonly<Record<string, string>> {
  const common = { 'message.timestamp.type': 'CreateTime' };
  if (windows === undefined) return { ...common, 'cleanup.policy': 'compact' };
  const neededMs = windows.retentionMs + dayMs;
  return {
    ...common,
    'cleanup.policy': 'compact,delete',
    'retention.ms': String(Math.min(Math.max(neededMs, retentionMs), Number.MAX_SAFE_INTEGER)),
  };
}

function specification(
  { options: { replicationFactor, config } }: InternalTopicOwner,
  topic: TopicSpecification & { readonly config: Readonly<Record<string, string>> },
): TopicSpecification {
  const full = { ...topic, config: { ...topic.config, ...config } };
  return replicationFactor === undefined ? full : { ...full, replicationFactor };
}
