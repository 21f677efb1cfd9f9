import type { Surroundings } from '../../base/clock.ts';
import { ConfigError } from '../../errors/config-errors.ts';
import { type RecordPosition, showPosition } from '../../errors/record-position.ts';
import type {
  CommittedOffset,
  GroupOffsets,
  LogAdmin,
  OffsetRange,
  PartitionTime,
  TopicDescription,
  TopicSpecification,
} from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { Committer } from '../commit/committer.ts';
import type { GroupCoordinator } from '../groups/group-coordinator.ts';
import type { TimeSearch } from '../segments/time-search.ts';
import type { Change, TopicCreated } from '../state/change.ts';
import type { LogState } from '../state/log-state.ts';
import { problemsOfConfig } from '../state/topic-rules.ts';
import { newTopicId } from './topic-id.ts';

/** What an admin works with. */
export interface AdminParts {
  readonly state: LogState;
  readonly committer: Committer;
  readonly groups: GroupCoordinator;
  readonly times: TimeSearch;
  readonly surroundings: Surroundings;
  checkOpen(): void;
}

/** Answers from what the log knows; changes it by entries of the journal. */
export class EmbeddedAdmin implements LogAdmin {
  readonly #parts: AdminParts;

  constructor(parts: AdminParts) {
    this.#parts = parts;
  }

  async createTopics(topics: readonly TopicSpecification[]): Promise<void> {
    const problems = topics.flatMap(problemsOf);
    if (problems.length > 0) throw new ConfigError(problems);
    await this.#change((state) => this.#creations(state, topics));
  }

  async describeTopics(
    names: readonly string[],
  ): Promise<readonly (TopicDescription | undefined)[]> {
    return names.map((name) => this.#state().topics.get(name)?.description);
  }

  async listTopics(): Promise<readonly string[]> {
    return [...this.#state().topics.keys()];
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    await this.#change((state) =>
      [...new Set(names)].flatMap((name): Change[] => {
        const topic = state.topics.get(name);
        return topic === undefined ? [] : [{ kind: 'topic-deleted', number: topic.number }];
      }),
    );
  }

  async deleteRecords(before: readonly RecordPosition[]): Promise<void> {
    checkOffsets(before);
    await this.#change((state) =>
      before.flatMap((position): Change[] => {
        const partition = state.partition(position);
        const startOffset = Math.min(position.offset, partition.endOffset);
        if (startOffset <= partition.startOffset) return [];
        return [{ kind: 'start-moved', ...partition.number, startOffset }];
      }),
    );
  }

  async offsetRanges(partitions: readonly TopicPartition[]): Promise<readonly OffsetRange[]> {
    const state = this.#state();
    return partitions.map((place) => {
      const { startOffset, endOffset } = state.partition(place);
      return { startOffset, endOffset, leaderEpoch: state.leaderEpoch };
    });
  }

  async offsetsForTimes(times: readonly PartitionTime[]): Promise<readonly (number | undefined)[]> {
    checkTimes(times);
    const { times: search } = this.#parts;
    const state = this.#state();
    return times.map((each) => search.offsetAt(state.partition(each), each.timestampMs));
  }

  async committedOffsets(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<readonly (CommittedOffset | undefined)[]> {
    await this.#committed();
    const offsets = this.#state().groups.get(groupId);
    return partitions.map(({ topic, partition }) => offsets?.get(partitionKey(topic, partition)));
  }

  async commitOffsets(progress: GroupOffsets): Promise<void> {
    checkOffsets(progress.offsets);
    await new Promise<void>((resolve, reject) => {
      this.#parts.committer.submit({
        kind: 'records',
        batches: [],
        offsets: progress,
        check: () => this.#parts.groups.check(progress),
        resolve: () => resolve(),
        reject,
        doubt: reject,
      });
    });
  }

  async groups(): Promise<readonly { readonly id: string; readonly state: string }[]> {
    const live = this.#parts.groups.states();
    const ids = new Set([...this.#state().groups.keys(), ...live.keys()]);
    return [...ids].map((id) => ({ id, state: live.get(id) ?? 'Empty' }));
  }

  #creations(state: LogState, topics: readonly TopicSpecification[]): readonly TopicCreated[] {
    const missing = new Map(
      topics.filter(({ name }) => !state.topics.has(name)).map((topic) => [topic.name, topic]),
    );
    return [...missing.values()].map(({ name, partitions, config = {} }, index) => ({
      kind: 'topic-created',
      number: state.nextTopicNumber + index,
      topicId: newTopicId(() => this.#parts.surroundings.random()),
      name,
      partitions,
      config,
    }));
  }

  #change(decide: (state: LogState) => readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parts.committer.submit({ kind: 'changes', decide, resolve, reject, doubt: reject });
    });
  }

  /**
   * Resolves when what was asked for before is committed, or is not. A member that was dropped may
   * have a commit on its way that was taken: whoever has its place must not begin before it.
   */
  #committed(): Promise<void> {
    return new Promise((resolve) => {
      const ended = (): void => resolve();
      const told = { resolve: ended, reject: ended, doubt: ended };
      this.#parts.committer.submit({ kind: 'changes', decide: () => [], ...told });
    });
  }

  #state(): LogState {
    this.#parts.checkOpen();
    return this.#parts.state;
  }
}

/** @throws {ConfigError} Where comparing would say nothing, and the journal hold another number. */
function checkOffsets(positions: readonly RecordPosition[]): void {
  const problems = positions
    .filter(({ offset }) => !Number.isSafeInteger(offset))
    .map((position) => `an offset must be a whole number: ${showPosition(position)}`);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** @throws {ConfigError} Where comparing would say nothing. */
function checkTimes(times: readonly PartitionTime[]): void {
  const problems = times
    .filter(({ timestampMs }) => !Number.isSafeInteger(timestampMs))
    .map(
      ({ topic, partition, timestampMs }) =>
        `a time must be whole milliseconds: ${timestampMs} for ${partitionKey(topic, partition)}`,
    );
  if (problems.length > 0) throw new ConfigError(problems);
}

// As Kafka has it; a topic's name is also part of a directory's.
const topicName = /^[a-zA-Z0-9._-]{1,249}$/;
const maxPartitions = 10_000;

function problemsOf(topic: TopicSpecification): readonly string[] {
  const { name, partitions } = topic;
  const problems = problemsOfConfig(topic);
  if (!topicName.test(name) || name === '.' || name === '..') {
    problems.push(`the topic name ${name} must be 1 to 249 of: letters, digits, '.', '_', '-'`);
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > maxPartitions) {
    problems.push(`the topic ${name} has ${partitions} partitions and must have 1 to 10,000`);
  }
  return problems;
}
