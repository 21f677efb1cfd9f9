import type { EncodedRecord } from '../../log/batch-builder.ts';

/**
 * Where tasks write: results, dead letters and changelogs of the transaction being filled. One for
 * all tasks of a worker.
 */
export interface TaskOutput {
  /**
   * The topic of that name in the log.
   *
   * Undefined when it is not known yet whether there is one: the task fails with a retriable
   * `ProduceError`, whoever runs it finds out and opens it anew.
   */
  topic(name: string): OutputPartitions | undefined;
}

/** One topic that is written to. Tasks keep it; it stays the same over transactions. */
export interface OutputPartitions {
  readonly name: string;
  /** 0: the log has no such topic. */
  readonly partitions: number;
  /** Adds a copy of the record to the partition's batch. */
  add(partition: number, record: EncodedRecord): void;
  /** The partition for a record without a key, of that many bytes. */
  partitionWithoutKey(recordBytes: number): number;
}
