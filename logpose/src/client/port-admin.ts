import { ConfigError } from '../errors/config-errors.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import type { LogAdmin, TopicDescription, TopicSpecification } from '../log/log-port.ts';
import type { Admin, NewTopic } from './admin.ts';

/** Puts the options of topics into Kafka's words. */
export class PortAdmin implements Admin {
  readonly #admin: LogAdmin;

  constructor(admin: LogAdmin) {
    this.#admin = admin;
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    const problems = topics.flatMap(problemsOf);
    if (problems.length > 0) throw new ConfigError(problems);
    const asked = topics.map(specificationOf);
    await this.#admin.createTopics(asked);
    await this.#warnOfOtherPartitions(asked);
  }

  describeTopics(
    topics: readonly { readonly name: string }[],
  ): Promise<readonly (TopicDescription | undefined)[]> {
    return this.#admin.describeTopics(topics.map((topic) => topic.name));
  }

  deleteRecords(before: readonly RecordPosition[]): Promise<void> {
    return this.#admin.deleteRecords(before);
  }

  groups(): ReturnType<Admin['groups']> {
    return this.#admin.groups();
  }

  /** A topic that was there stays as it is, so what was asked for may not be what is there. */
  async #warnOfOtherPartitions(asked: readonly TopicSpecification[]): Promise<void> {
    const found = await this.#admin.describeTopics(asked.map(({ name }) => name));
    for (const [index, { name, partitions }] of asked.entries()) {
      const there = found[index]?.partitions ?? partitions;
      if (there === partitions) continue;
      process.emitWarning(
        `topic ${name} is there already, with ${there} partitions instead of ${partitions}: ` +
          'createTopics leaves it as it is',
        { code: 'LOGPOSE_TOPIC_PARTITIONS' },
      );
    }
  }
}

/** Types say so too, but Node takes types away without reading them. */
function problemsOf(asked: unknown): readonly string[] {
  const topic = typeof asked === 'object' && asked !== null && 'topic' in asked && asked.topic;
  if (typeof topic === 'object' && topic !== null && 'name' in topic) return [];
  const what = typeof asked === 'string' ? `'${asked}'` : `a ${typeof asked}`;
  return [`createTopics takes { topic, partitions: 1 } for each topic, not ${what}`];
}

const cleanupPolicies = {
  delete: 'delete',
  compact: 'compact',
  'compact-and-delete': 'compact,delete',
};

function specificationOf(asked: NewTopic): TopicSpecification {
  const { topic, partitions, replicationFactor, cleanup, retentionMs, config } = asked;
  return {
    name: topic.name,
    partitions,
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    config: {
      ...(cleanup === undefined ? {} : { 'cleanup.policy': cleanupPolicies[cleanup] ?? cleanup }),
      ...(retentionMs === undefined ? {} : { 'retention.ms': String(retentionMs) }),
      ...config,
    },
  };
}
