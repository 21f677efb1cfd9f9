import { must } from '../../base/assert.ts';
import { BatchBuilder, type EncodedRecord } from '../../log/batch-builder.ts';
import { StickyPartitioner } from '../../log/partitioner.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { OutputPartitions, TaskOutput } from './output.ts';

/** A batch and where it goes. */
export interface FilledBatch extends TopicPartition {
  readonly batch: BatchBuilder;
}

/** What a transaction's output is told. */
export interface TransactionOutputOptions {
  /** Partitions of a topic; 0: there is none of that name; undefined: not known yet. */
  readonly partitionsOf: (topic: string) => number | undefined;
  /** A number in [0, 1), for records without a key. */
  readonly random: () => number;
  /** A batch is closed before it would become larger; one record may be. Default 1,000,000. */
  readonly maxBatchBytes?: number;
}

const defaultMaxBatchBytes = 1_000_000;

/**
 * Collects what tasks write into batches, one or more per partition, until the transaction is
 * taken: then the next one begins with none.
 */
export class TransactionOutput implements TaskOutput {
  readonly #options: TransactionOutputOptions;
  readonly #topics = new Map<string, BatchedTopic>();
  /** Names for which nobody knew how many partitions there are; to be looked up. */
  readonly unknownTopics = new Set<string>();

  constructor(options: TransactionOutputOptions) {
    this.#options = options;
  }

  topic(name: string): OutputPartitions | undefined {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const partitions = this.#options.partitionsOf(name);
    if (partitions === undefined) {
      this.unknownTopics.add(name);
      return undefined;
    }
    const { random, maxBatchBytes = defaultMaxBatchBytes } = this.#options;
    const topic = new BatchedTopic({ name, partitions, random, maxBatchBytes });
    if (partitions > 0) this.#topics.set(name, topic);
    return topic;
  }

  /** Bytes collected so far. */
  get sizeBytes(): number {
    let size = 0;
    for (const topic of this.#topics.values()) size += topic.sizeBytes;
    return size;
  }

  /** Everything collected, in order per partition; the next transaction begins. */
  take(): readonly FilledBatch[] {
    return [...this.#topics.values()].flatMap((topic) => topic.take());
  }
}

interface BatchedTopicOptions {
  readonly name: string;
  readonly partitions: number;
  readonly random: () => number;
  readonly maxBatchBytes: number;
}

class BatchedTopic implements OutputPartitions {
  readonly name: string;
  readonly partitions: number;
  readonly #sticky: StickyPartitioner;
  readonly #maxBatchBytes: number;
  #closed: FilledBatch[] = [];
  #closedBytes = 0;
  #open: (BatchBuilder | undefined)[];

  constructor({ name, partitions, random, maxBatchBytes }: BatchedTopicOptions) {
    this.name = name;
    this.partitions = partitions;
    this.#sticky = new StickyPartitioner(random);
    this.#maxBatchBytes = maxBatchBytes;
    this.#open = new Array<BatchBuilder | undefined>(partitions).fill(undefined);
  }

  get sizeBytes(): number {
    let size = this.#closedBytes;
    for (const batch of this.#open) size += batch?.sizeBytes ?? 0;
    return size;
  }

  add(partition: number, record: EncodedRecord): void {
    let batch = this.#open[partition];
    if (batch === undefined) batch = this.#begin(partition);
    else if (batch.sizeBytes + roomFor(record) > this.#maxBatchBytes) {
      this.#close(partition);
      batch = this.#begin(partition);
    }
    batch.add(record);
  }

  partitionWithoutKey(recordBytes: number): number {
    return this.#sticky.next(recordBytes, this.partitions);
  }

  take(): readonly FilledBatch[] {
    for (let partition = 0; partition < this.partitions; partition++) this.#close(partition);
    const taken = this.#closed;
    this.#closed = [];
    this.#closedBytes = 0;
    return taken;
  }

  #begin(partition: number): BatchBuilder {
    const batch = new BatchBuilder();
    this.#open[partition] = batch;
    return batch;
  }

  #close(partition: number): void {
    if (this.#open[partition] === undefined) return;
    const batch = must(this.#open[partition], 'a closed batch was open');
    this.#closed.push({ topic: this.name, partition, batch });
    this.#closedBytes += batch.sizeBytes;
    this.#open[partition] = undefined;
  }
}

// Lengths, deltas and attributes of a record without headers.
const recordOverheadBytes = 30;

function roomFor({ keyLength, valueLength }: EncodedRecord): number {
  return Math.max(keyLength, 0) + Math.max(valueLength, 0) + recordOverheadBytes;
}
