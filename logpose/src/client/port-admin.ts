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
    await this.#admin.createTopics(topics.map(specificationOf));
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
      ...(cleanup === undefined ? {} : { 'cleanup.policy': cleanupPolicies[cleanup] }),
      ...(retentionMs === undefined ? {} : { 'retention.ms': String(retentionMs) }),
      ...config,
    },
  };
}
