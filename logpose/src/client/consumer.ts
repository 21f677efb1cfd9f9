import type { RecordPosition } from '../errors/record-position.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { InputTopic } from '../record/topic.ts';

/**
 * Reads records outside of a topology: `for await (const batch of consumer)`.
 *
 * The loop ends when the consumer is closed. A loop that was left can be entered again: it goes on
 * behind the last batch it was given.
 *
 * @throws {DecodeError} From the loop, when the topic's serde refuses a record.
 * @throws {PositionOutOfRangeError} From the loop, when the log has the next record no more; seek.
 */
export interface Consumer<out K, out V> extends AnyConsumer, AsyncIterable<Batch<K, V>> {}

/** What is left of a consumer without the types of its records. */
export interface AnyConsumer extends AsyncDisposable {
  /**
   * Saves the group's progress: behind this batch, or behind every batch the loop was given.
   *
   * @throws {ConfigError} When the consumer has no `groupId`.
   */
  commit(batch?: BatchPosition): Promise<void>;
  /** The loop goes on there; what it was not given yet is forgotten. */
  seek(position: RecordPosition): void;
  /** The offset behind the last readable record of each partition. */
  endOffsets(): Promise<readonly RecordPosition[]>;
  close(): Promise<void>;
}

/** What to read, and from where. */
export type ConsumerOptions<T> = {
  /** Where to begin without a committed offset. Default `'earliest'`. */
  readonly from?: ConsumerStart;
  /** Default `'read-committed'`. The embedded log shows nothing else. */
  readonly isolation?: 'read-committed' | 'read-uncommitted';
} & (
  | {
      readonly topics: readonly T[];
      /** Consumers of one group share the partitions of their topics. */
      readonly groupId: string;
      /**
       * A loop that asks for no batch for so long leaves the group until it asks again; others go
       * on from the progress it committed. Default 300,000.
       */
      readonly maxPollIntervalMs?: number;
    }
  | { readonly assignment: readonly Assignment<T>[]; readonly groupId?: string }
);

/**
 * The beginning or the end of what the log has, or the first record of each partition whose
 * timestamp is not before `timestampMs` (whole milliseconds since 1970); without one, the end.
 *
 * Records stand in the order they were written: behind the first one there may be earlier ones.
 */
export type ConsumerStart = 'earliest' | 'latest' | { readonly timestampMs: number };

/** A partition to read, from `offset` or else from the group's progress. */
export interface Assignment<out T> {
  readonly topic: T;
  readonly partition: number;
  readonly offset?: number;
}

/** The consumer of topics of type T: of records of their types. */
export type ConsumerOf<T> = [T] extends [InputTopic<infer K, infer V>] ? Consumer<K, V> : never;

/** The end of a run of records of one partition: what is read next is at `nextOffset`. */
export interface BatchPosition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly nextOffset: number;
}

/** A run of records of one partition. */
export interface Batch<out K, out V> extends BatchPosition {
  readonly records: readonly ConsumedRecord<K, V>[];
}

/** A record and where it stands. */
export interface ConsumedRecord<out K, out V> extends StreamRecord<K, V>, RecordPosition {}
