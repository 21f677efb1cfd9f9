import type { RecordPosition } from '../errors/record-position.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { BatchBuilder } from './batch-builder.ts';
import type { GroupMember, GroupMemberOptions, MemberIdentity } from './group-port.ts';

/**
 * A partitioned log as the engine uses it: record batches (v2) in and out, as bytes.
 *
 * The embedded log implements it, a Kafka cluster will; one contract suite holds for all.
 */
export interface LogPort {
  readonly admin: LogAdmin;
  consumer(options?: LogConsumerOptions): LogConsumer;
  producer(): LogProducer;
  /**
   * Takes over a transactional id: earlier producers of it are fenced, and what they left open is
   * aborted, before this resolves.
   */
  transactionalProducer(options: TransactionalOptions): Promise<TransactionalLogProducer>;
  /** One who may take part in a group's work: `join` makes it a member. */
  groupMember(options: GroupMemberOptions): GroupMember;
  /** Ends every wait with `LogUnavailableError` and releases what is held. Idempotent. */
  close(): Promise<void>;
}

export interface LogConsumerOptions {
  /** Default `'read-committed'`. */
  readonly isolation?: 'read-committed' | 'read-uncommitted';
  /** Most bytes one poll returns per partition; a larger single batch still comes whole. */
  readonly maxPartitionBytes?: number;
}

/** Reads assigned partitions. For one reader; `poll` calls do not overlap. */
export interface LogConsumer {
  /** Adds partitions, or moves those already there; the next poll reads from these offsets. */
  assign(positions: readonly RecordPosition[]): void;
  unassign(partitions: readonly TopicPartition[]): void;
  /** A paused partition keeps its position and is left out of polls. */
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /**
   * Waits until an assigned partition has data, at most `timeoutMs`, and takes each one's next
   * batches. Empty when the time is up or `wake` was called.
   *
   * @throws {PositionOutOfRangeError} When a position is outside of what the log has.
   * @throws {LogDamagedError} When stored bytes are damaged.
   * @throws {LogUnavailableError} When the log cannot be reached or was closed; not retriable when
   *   there is no such partition.
   */
  poll(timeoutMs: number): Promise<readonly FetchedBatches[]>;
  /** Ends a waiting poll, or the next one, at once. */
  wake(): void;
  /** Where the readable log of an assigned partition ended when last asked; undefined: not yet. */
  endOffset(partition: TopicPartition): number | undefined;
  close(): void;
}

/** Whole batches of one partition, in offset order. */
export interface FetchedBatches extends TopicPartition {
  /** Batches one behind the other. Kept by the reader; the log does not reuse the memory. */
  readonly bytes: Uint8Array;
  /** Records below this offset may be in the first batch and are not wanted. */
  readonly fromOffset: number;
  /** Offset behind the last record. */
  readonly nextOffset: number;
  /** End of the readable log when these were taken. */
  readonly endOffset: number;
}

/** Writes outside of transactions, each batch atomically, in the order of the calls. */
export interface LogProducer {
  /**
   * Appends one batch and takes the builder over until then.
   *
   * Resolves, when the log has it as its durability promises, with the first record's offset.
   *
   * @throws {LogUnavailableError} When the log cannot take it; then none of it is there.
   */
  append(partition: TopicPartition, batch: BatchBuilder): Promise<number>;
  close(): Promise<void>;
}

export interface TransactionalOptions {
  readonly transactionalId: string;
  /** How long a transaction may stay open before the log aborts it. Default 60,000. */
  readonly transactionTimeoutMs?: number;
}

/** One transactional id's only producer, until another takes it over. */
export interface TransactionalLogProducer {
  /** Begins the next transaction. One may be committing meanwhile; they commit in order. */
  begin(): LogTransaction;
  close(): Promise<void>;
}

/** Batches of several partitions and consumer offsets that become visible together or never. */
export interface LogTransaction {
  /** Adds a batch to the end of a partition and takes the builder over. */
  append(partition: TopicPartition, batch: BatchBuilder): void;
  /**
   * Resolves when the commit is decided. An empty transaction resolves without touching the log.
   *
   * @throws {FencedError} When another producer has taken over the id, or another member that of
   *   the offsets' member; nothing is in the log.
   * @throws {NotAMemberError} When the offsets' member is one no more; nothing is in the log.
   * @throws {TransactionAbortedError} When nothing of it is in the log.
   * @throws {TransactionInDoubtError} When that could not be found out.
   * @throws {LogUnavailableError} When the log takes no more writes, or has not one of the
   *   partitions; nothing of it is in the log.
   */
  commit(offsets?: GroupOffsets): Promise<CommitReceipt>;
  abort(): Promise<void>;
}

/** A consumer group's progress. */
export interface GroupOffsets {
  readonly groupId: string;
  /** Undefined: whoever commits is no member, and the group is not asked. */
  readonly member?: MemberIdentity;
  readonly offsets: readonly CommittedOffset[];
}

export interface CommittedOffset extends RecordPosition {
  /** Free text beside the offset, as in Kafka's offset commit. */
  readonly metadata: string;
}

export interface CommitReceipt {
  /** For each partition appended to: the offset behind the transaction's last record. */
  readonly endOffsets: readonly RecordPosition[];
  /** Resolves when the commit survives a crash of the machine; at once where none promises that. */
  readonly durable: Promise<void>;
}

/** What is known of a topic. */
export interface TopicDescription {
  readonly name: string;
  /** Distinguishes a topic from a later one of the same name. */
  readonly topicId: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicSpecification {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor?: number;
  /** Kafka's topic settings by their Kafka names. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Which part of a partition the log still has: `[startOffset, endOffset)`. */
export interface OffsetRange {
  readonly startOffset: number;
  readonly endOffset: number;
  /** Rises when the log has lost its end, so that offsets may mean other records than before. */
  readonly leaderEpoch: number;
}

/** A time to look for in a partition. */
export interface PartitionTime extends TopicPartition {
  readonly timestampMs: number;
}

export interface LogAdmin {
  /** Creates what is missing. A topic that is there already is left as it is. */
  createTopics(topics: readonly TopicSpecification[]): Promise<void>;
  describeTopics(names: readonly string[]): Promise<readonly (TopicDescription | undefined)[]>;
  listTopics(): Promise<readonly string[]>;
  /** Deletes topics with their records. A topic that is not there is no error. */
  deleteTopics(names: readonly string[]): Promise<void>;
  /** Gives up everything below these offsets. */
  deleteRecords(before: readonly RecordPosition[]): Promise<void>;
  offsetRanges(partitions: readonly TopicPartition[]): Promise<readonly OffsetRange[]>;
  /**
   * For each, the first offset whose record's timestamp is not before `timestampMs`; undefined when
   * there is none. Records behind it may be earlier: they stand in the order they were written.
   */
  offsetsForTimes(times: readonly PartitionTime[]): Promise<readonly (number | undefined)[]>;
  /** Waits for commits that are on their way. */
  committedOffsets(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<readonly (CommittedOffset | undefined)[]>;
  /** @throws {NotAMemberError | FencedError} As `LogTransaction.commit`. */
  commitOffsets(offsets: GroupOffsets): Promise<void>;
  /** States are Kafka's: `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`. */
  groups(): Promise<readonly { readonly id: string; readonly state: string }[]>;
}
