import type { RecordPosition } from '../errors/record-position.ts';
import type {
  CommittedOffset,
  GroupOffsets,
  LogAdmin,
  OffsetRange,
  PartitionTime,
  TopicDescription,
  TopicSpecification,
} from '../log/log-port.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { LogCaller } from './log-caller.ts';
import { plainOffsets, plainPlace, plainPosition } from './plain.ts';

/** Asks the admin of a log in another thread. */
export class ThreadAdmin implements LogAdmin {
  readonly #caller: LogCaller;

  constructor(caller: LogCaller) {
    this.#caller = caller;
  }

  createTopics(topics: readonly TopicSpecification[]): Promise<void> {
    return this.#caller.call('createTopics', [topics]);
  }

  describeTopics(names: readonly string[]): Promise<readonly (TopicDescription | undefined)[]> {
    return this.#caller.call('describeTopics', [names]);
  }

  listTopics(): Promise<readonly string[]> {
    return this.#caller.call('listTopics', []);
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return this.#caller.call('deleteTopics', [names]);
  }

  deleteRecords(before: readonly RecordPosition[]): Promise<void> {
    return this.#caller.call('deleteRecords', [before.map(plainPosition)]);
  }

  offsetRanges(partitions: readonly TopicPartition[]): Promise<readonly OffsetRange[]> {
    return this.#caller.call('offsetRanges', [partitions.map(plainPlace)]);
  }

  offsetsForTimes(times: readonly PartitionTime[]): Promise<readonly (number | undefined)[]> {
    const plain = times.map((each) => ({ ...plainPlace(each), timestampMs: each.timestampMs }));
    return this.#caller.call('offsetsForTimes', [plain]);
  }

  committedOffsets(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<readonly (CommittedOffset | undefined)[]> {
    return this.#caller.call('committedOffsets', [groupId, partitions.map(plainPlace)]);
  }

  commitOffsets(offsets: GroupOffsets): Promise<void> {
    return this.#caller.call('commitOffsets', [plainOffsets(offsets)]);
  }

  groups(): Promise<readonly { readonly id: string; readonly state: string }[]> {
    return this.#caller.call('groups', []);
  }
}
