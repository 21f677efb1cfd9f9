import { BatchBuilder, type EncodedRecord } from '../log/batch-builder.ts';
import type { FetchedBatches } from '../log/log-port.ts';
import { StickyPartitioner } from '../log/partitioner.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { OutputPartitions, TaskOutput } from '../runtime/task/output.ts';

/** A record on a topic, as bytes. */
export type DriverRecord = StreamRecord<Uint8Array | null, Uint8Array | null>;

/** A record that the topology has written and that it may read itself. */
export interface WrittenRecord extends TopicPartition {
  readonly record: DriverRecord;
}

/** What a driver's topics are made of. */
export interface DriverTopicsOptions {
  readonly partitionsOf: (topic: string) => number;
  /** A number in [0, 1), for records without a key. */
  readonly random: () => number;
}

/** Topics in memory. Any name is a topic. */
export class DriverTopics implements TaskOutput {
  readonly #options: DriverTopicsOptions;
  readonly #topics = new Map<string, DriverTopic>();
  #written: WrittenRecord[] = [];

  constructor(options: DriverTopicsOptions) {
    this.#options = options;
  }

  topic(name: string): DriverTopic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      const { partitionsOf, random } = this.#options;
      const tell = (record: WrittenRecord) => this.#written.push(record);
      topic = new DriverTopic({ name, partitions: partitionsOf(name), random, tell });
      this.#topics.set(name, topic);
    }
    return topic;
  }

  /** What was written since the last call, over all topics, in order. */
  takeWritten(): readonly WrittenRecord[] {
    const written = this.#written;
    this.#written = [];
    return written;
  }
}

interface DriverTopicOptions {
  readonly name: string;
  readonly partitions: number;
  readonly random: () => number;
  readonly tell: (record: WrittenRecord) => void;
}

/** What was written to one topic, and how many records were read from it. */
export class DriverTopic implements OutputPartitions {
  readonly name: string;
  readonly partitions: number;
  readonly #tell: (record: WrittenRecord) => void;
  readonly #sticky: StickyPartitioner;
  readonly #records: DriverRecord[] = [];
  readonly #nextOffsets: number[];
  #read = 0;

  constructor({ name, partitions, random, tell }: DriverTopicOptions) {
    this.name = name;
    this.partitions = partitions;
    this.#sticky = new StickyPartitioner(random);
    this.#nextOffsets = new Array<number>(partitions).fill(0);
    this.#tell = tell;
  }

  /** Everything that was written, in order, over all partitions. */
  get records(): readonly DriverRecord[] {
    return this.#records;
  }

  add(partition: number, encoded: EncodedRecord): void {
    const record = copied(encoded);
    this.#records.push(record);
    this.#tell({ topic: this.name, partition, record });
  }

  partitionWithoutKey(recordBytes: number): number {
    return this.#sticky.next(recordBytes, this.partitions);
  }

  /** What was written since the last call. */
  takeUnread(): readonly DriverRecord[] {
    const unread = this.#records.slice(this.#read);
    this.#read = this.#records.length;
    return unread;
  }

  /** A partition's next record, as a fetch brings it. */
  fetched(partition: number, record: EncodedRecord): FetchedBatches {
    const fromOffset = this.#nextOffsets[partition] ?? 0;
    const batch = new BatchBuilder(128);
    batch.add(record);
    const bytes = batch.build({ baseOffset: fromOffset });
    const nextOffset = fromOffset + 1;
    this.#nextOffsets[partition] = nextOffset;
    const { name: topic } = this;
    return { topic, partition, bytes, fromOffset, nextOffset, endOffset: nextOffset };
  }
}

/** The form in which a batch takes a record. */
export function encodedOf({ key, value, timestamp, headers }: DriverRecord): EncodedRecord {
  return {
    keyBytes: key ?? nothing,
    keyStart: 0,
    keyLength: key?.length ?? -1,
    valueBytes: value ?? nothing,
    valueStart: 0,
    valueLength: value?.length ?? -1,
    timestamp,
    headers,
  };
}

const nothing = new Uint8Array(0);

function copied(record: EncodedRecord): DriverRecord {
  const { keyBytes, keyStart, keyLength, valueBytes, valueStart, valueLength } = record;
  return {
    key: keyLength < 0 ? null : new Uint8Array(keyBytes.subarray(keyStart, keyStart + keyLength)),
    value:
      valueLength < 0
        ? null
        : new Uint8Array(valueBytes.subarray(valueStart, valueStart + valueLength)),
    timestamp: record.timestamp,
    headers: record.headers,
  };
}
