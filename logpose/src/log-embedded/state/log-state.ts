import { must, unreachable } from '../../base/assert.ts';
import { LogUnavailableError } from '../../errors/log-errors.ts';
import type { CommittedOffset, TopicDescription } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { Change, PartitionNumber, TopicCreated } from './change.ts';
import { PartitionState } from './partition-state.ts';
import { rulesOf } from './topic-rules.ts';

/** A topic and where it is kept. */
export interface TopicState {
  readonly number: number;
  readonly directory: string;
  readonly description: TopicDescription;
  readonly partitions: readonly PartitionState[];
}

/** All that the log knows besides the records. Changes in no other way than by `apply`. */
export class LogState {
  bootId = '';
  leaderEpoch = 0;
  nextTopicNumber = 0;
  readonly topics = new Map<string, TopicState>();
  readonly groups = new Map<string, Map<string, CommittedOffset>>();
  readonly producerEpochs = new Map<string, number>();
  readonly #byNumber = new Map<number, TopicState>();

  /** @throws {LogUnavailableError} When there is no such partition. */
  partition({ topic, partition }: TopicPartition): PartitionState {
    const partitions = this.topics.get(topic)?.partitions;
    const found = partitions?.[partition];
    if (found !== undefined) return found;
    const known =
      partitions === undefined
        ? `the log has no topic ${topic}`
        : `topic ${topic} has partitions 0 to ${partitions.length - 1}`;
    throw new LogUnavailableError(
      `there is no partition ${partitionKey(topic, partition)}: ${known}`,
      { retriable: false },
    );
  }

  /** A partition that is there. */
  numbered(number: PartitionNumber): PartitionState {
    return must(this.findNumbered(number), 'a partition is created before it is written to');
  }

  findNumbered({ topic, partition }: PartitionNumber): PartitionState | undefined {
    return this.#byNumber.get(topic)?.partitions[partition];
  }

  /** Returns the paths of files and directories that the state has no use for any more. */
  apply(change: Change): readonly string[] {
    switch (change.kind) {
      case 'appended':
        this.numbered(change).append(change);
        return [];
      case 'offset':
        this.#saveOffset(change.groupId, change.offset);
        return [];
      case 'start-moved': {
        const segments = this.numbered(change).moveStart(change.startOffset);
        return segments.map((segment) => segment.path);
      }
      case 'topic-deleted':
        return this.#deleteTopic(change.number);
      case 'segments-cleaned':
        return this.numbered(change)
          .clean(change)
          .map((segment) => segment.path);
      default:
        this.#applyRare(change);
        return [];
    }
  }

  /** Changes that make an empty state equal to this one, but for `opened`, which comes first. */
  *toChanges(): Generator<Change> {
    for (const { description, number, partitions } of this.topics.values()) {
      yield { kind: 'topic-created', number, ...description };
      for (const partition of partitions) yield partition.toChange();
    }
    for (const [groupId, offsets] of this.groups) {
      for (const offset of offsets.values()) yield { kind: 'offset', groupId, offset };
    }
    for (const [transactionalId, epoch] of this.producerEpochs) {
      yield { kind: 'producer', transactionalId, epoch };
    }
  }

  #applyRare(
    change: Exclude<
      Change,
      {
        readonly kind: 'appended' | 'offset' | 'start-moved' | 'topic-deleted' | 'segments-cleaned';
      }
    >,
  ): void {
    switch (change.kind) {
      case 'opened':
        this.bootId = change.bootId;
        this.leaderEpoch = change.leaderEpoch;
        this.nextTopicNumber = change.nextTopicNumber;
        break;
      case 'closed':
        break;
      case 'topic-created':
        this.#createTopic(change);
        break;
      case 'producer':
        this.producerEpochs.set(change.transactionalId, change.epoch);
        break;
      case 'partition':
        this.numbered(change).keep(change);
        break;
      default:
        unreachable(change);
    }
  }

  #createTopic({ number, topicId, name, partitions, config }: TopicCreated): void {
    const directory = `topics/${number}.${name}`;
    const kept = { number, directory, rules: rulesOf(config) };
    const topic = {
      number,
      directory,
      description: { name, topicId, partitions, config },
      partitions: Array.from(
        { length: partitions },
        (_, partition) => new PartitionState({ topic: name, partition }, kept),
      ),
    };
    this.topics.set(name, topic);
    this.#byNumber.set(number, topic);
    this.nextTopicNumber = Math.max(this.nextTopicNumber, number + 1);
  }

  #deleteTopic(number: number): readonly string[] {
    const topic = must(this.#byNumber.get(number), 'a topic is created before it is deleted');
    const { name } = topic.description;
    this.topics.delete(name);
    this.#byNumber.delete(number);
    // A later topic of the name is another one: progress in this one means nothing there.
    for (const [groupId, offsets] of this.groups) {
      const forgotten = topic.partitions.filter(({ place }) =>
        offsets.delete(partitionKey(name, place.partition)),
      );
      if (forgotten.length > 0 && offsets.size === 0) this.groups.delete(groupId);
    }
    return [topic.directory];
  }

  #saveOffset(groupId: string, offset: CommittedOffset): void {
    const offsets = this.groups.get(groupId) ?? new Map<string, CommittedOffset>();
    this.groups.set(groupId, offsets);
    offsets.set(partitionKey(offset.topic, offset.partition), offset);
  }
}
