import type { RecordPosition } from '../errors/record-position.ts';
import type { BatchContents } from '../log/batch-builder.ts';
import type { GroupMemberOptions, JoinedGroup } from '../log/group-port.ts';
import type {
  FetchedBatches,
  GroupOffsets,
  LogAdmin,
  LogConsumerOptions,
  TransactionalOptions,
} from '../log/log-port.ts';
import type { TopicPartition } from '../record/topic-partition.ts';

/** What the admin of a log is asked: its methods by name. */
export type AdminCalls = {
  readonly [M in keyof LogAdmin]: {
    readonly args: Parameters<LogAdmin[M]>;
    readonly result: Awaited<ReturnType<LogAdmin[M]>>;
  };
};

/**
 * What a thread asks of a log that another thread owns. Consumers, producers, transactions and
 * members have the numbers that the asking side gives them.
 */
export interface LogCalls extends AdminCalls {
  readonly poll: {
    readonly args: {
      readonly consumer: number;
      /** Numbered from 1, so that what wakes one wakes no other. */
      readonly poll: number;
      readonly timeoutMs: number;
    };
    readonly result: Polled;
  };
  readonly append: {
    readonly args: { readonly producer: number; readonly batch: PlacedContents };
    readonly result: number;
  };
  readonly closeProducer: { readonly args: number; readonly result: void };
  readonly openTransactional: {
    readonly args: { readonly producer: number; readonly options: TransactionalOptions };
    readonly result: void;
  };
  readonly closeTransactional: { readonly args: number; readonly result: void };
  readonly commit: {
    readonly args: { readonly transaction: number; readonly offsets: GroupOffsets | undefined };
    /** The receipt's end offsets; whether it is durable is asked on its own. */
    readonly result: readonly RecordPosition[];
  };
  readonly durable: { readonly args: number; readonly result: void };
  readonly abort: { readonly args: number; readonly result: void };
  readonly join: {
    readonly args: { readonly member: number; readonly metadata: Uint8Array };
    readonly result: JoinedGroup;
  };
  readonly sync: {
    readonly args: {
      readonly member: number;
      readonly shares: ReadonlyMap<string, Uint8Array> | undefined;
    };
    readonly result: Uint8Array | 'rejoin';
  };
  readonly heartbeat: { readonly args: number; readonly result: 'stable' | 'rejoin' };
  readonly leave: { readonly args: number; readonly result: void };
  /** Lets go of everything that the asking side holds. The log stays open. */
  readonly release: { readonly args: undefined; readonly result: void };
}

/** What a poll brought. */
export interface Polled {
  readonly fetched: readonly StampedBatches[];
  /** Ends that are news. */
  readonly ends: readonly RecordPosition[];
}

/** Batches, and under which of the reader's assignments of the partition they were read. */
export interface StampedBatches {
  readonly batches: FetchedBatches;
  readonly stamp: number;
}

export interface PlacedContents {
  readonly place: TopicPartition;
  readonly contents: BatchContents;
}

/** A position, and a number that tells this assignment of the partition from others. */
export interface StampedPosition {
  readonly position: RecordPosition;
  readonly stamp: number;
}

/** What is told without an answer; a failure is told by the next call of the same client. */
export type LogNotice =
  | {
      readonly kind: 'open-consumer';
      readonly consumer: number;
      readonly options: LogConsumerOptions | undefined;
    }
  | {
      readonly kind: 'assign';
      readonly consumer: number;
      readonly positions: readonly StampedPosition[];
    }
  | {
      readonly kind: 'unassign';
      readonly consumer: number;
      readonly partitions: readonly TopicPartition[];
    }
  | {
      readonly kind: 'pause' | 'resume';
      readonly consumer: number;
      readonly partition: TopicPartition;
    }
  | { readonly kind: 'wake'; readonly consumer: number; readonly poll: number }
  | { readonly kind: 'close-consumer'; readonly consumer: number }
  | { readonly kind: 'open-producer'; readonly producer: number }
  | { readonly kind: 'begin'; readonly producer: number; readonly transaction: number }
  | { readonly kind: 'fill'; readonly transaction: number; readonly batch: PlacedContents }
  | { readonly kind: 'open-member'; readonly member: number; readonly options: PlainMemberOptions }
  | { readonly kind: 'close-member'; readonly member: number };

export type PlainMemberOptions = Omit<GroupMemberOptions, 'onRebalance'>;

/** What the owner tells unasked: a member's group has begun to rebalance. */
export interface LogEvent {
  readonly rebalance: number;
}
