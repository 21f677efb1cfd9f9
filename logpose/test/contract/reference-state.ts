import { randomUUID } from 'node:crypto';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import type {
  CommittedOffset,
  GroupOffsets,
  LogAdmin,
  TopicDescription,
  TopicSpecification,
} from '../../src/log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../src/record/topic-partition.ts';
import { ReferenceGroups } from './reference-groups.ts';
import { ReferencePartition } from './reference-partition.ts';

interface ReferenceTopic {
  readonly description: TopicDescription;
  readonly partitions: readonly ReferencePartition[];
}

/** What a reference log holds; survives the log's closing, as files or a cluster would. */
export class ReferenceState implements LogAdmin {
  readonly #topics = new Map<string, ReferenceTopic>();
  readonly #groups = new Map<string, Map<string, CommittedOffset>>();
  readonly #epochs = new Map<string, number>();
  /** Its log's: members do not survive a closing. */
  members = new ReferenceGroups();

  partition({ topic, partition }: TopicPartition): ReferencePartition {
    const found = this.#topics.get(topic)?.partitions[partition];
    if (found === undefined) {
      throw new LogUnavailableError(`there is no partition ${partitionKey(topic, partition)}`, {
        retriable: false,
      });
    }
    return found;
  }

  /** Makes every earlier producer of the id an old one. */
  nextEpoch(transactionalId: string): number {
    const epoch = this.epochOf(transactionalId) + 1;
    this.#epochs.set(transactionalId, epoch);
    return epoch;
  }

  epochOf(transactionalId: string): number {
    return this.#epochs.get(transactionalId) ?? -1;
  }

  saveOffsets({ groupId, offsets }: GroupOffsets): void {
    const saved = this.#groups.get(groupId) ?? new Map<string, CommittedOffset>();
    this.#groups.set(groupId, saved);
    for (const each of offsets) saved.set(partitionKey(each.topic, each.partition), each);
  }

  async createTopics(topics: readonly TopicSpecification[]): Promise<void> {
    for (const { name, partitions, config = {} } of topics) {
      if (this.#topics.has(name)) continue;
      this.#topics.set(name, {
        description: { name, topicId: randomUUID(), partitions, config },
        partitions: Array.from({ length: partitions }, () => new ReferencePartition()),
      });
    }
  }

  async describeTopics(
    names: readonly string[],
  ): Promise<readonly (TopicDescription | undefined)[]> {
    return names.map((name) => this.#topics.get(name)?.description);
  }

  async listTopics(): Promise<readonly string[]> {
    return [...this.#topics.keys()];
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const { partitions = [] } = this.#topics.get(name) ?? {};
      this.#topics.delete(name);
      for (const partition of partitions.keys()) this.#forgetOffsets(partitionKey(name, partition));
    }
  }

  async deleteRecords(before: Parameters<LogAdmin['deleteRecords']>[0]): Promise<void> {
    for (const position of before) this.partition(position).deleteBefore(position.offset);
  }

  async offsetRanges(partitions: readonly TopicPartition[]) {
    return partitions.map((each) => {
      const { startOffset, endOffset } = this.partition(each);
      return { startOffset, endOffset, leaderEpoch: 0 };
    });
  }

  async offsetsForTimes(times: Parameters<LogAdmin['offsetsForTimes']>[0]) {
    if (!times.every(({ timestampMs }) => Number.isSafeInteger(timestampMs))) {
      throw new ConfigError(['a time must be whole milliseconds']);
    }
    return times.map((each) => this.partition(each).offsetAt(each.timestampMs));
  }

  async committedOffsets(groupId: string, partitions: readonly TopicPartition[]) {
    const saved = this.#groups.get(groupId);
    return partitions.map(({ topic, partition }) => saved?.get(partitionKey(topic, partition)));
  }

  async commitOffsets(offsets: GroupOffsets): Promise<void> {
    this.members.check(offsets);
    this.saveOffsets(offsets);
  }

  async groups() {
    const live = this.members.states();
    const ids = new Set([...this.#groups.keys(), ...live.keys()]);
    return [...ids].map((id) => ({ id, state: live.get(id) ?? 'Empty' }));
  }

  #forgetOffsets(key: string): void {
    for (const [groupId, saved] of this.#groups) {
      if (saved.delete(key) && saved.size === 0) this.#groups.delete(groupId);
    }
  }
}
