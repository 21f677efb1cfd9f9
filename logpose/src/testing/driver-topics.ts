import { BatchBuilder, type EncodedRecord } from '../log/batch-builder.ts';
import type { FetchedBatches } from '../log/log-port.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { OutputPartitions, TaskOutput } from '../runtime/task/output.ts';

/** A record on a topic, as bytes. */
export type DriverRecord = StreamRecord<Uint8Array | null, Uint8Array | null>;

/** A record that the topology has written and that it may read itself. */
export interface WrittenRecord {
  readonly topic: string;
  readonly record: DriverRecord;
}

/** Topics in memory, with one partition each. Any name is a topic. */
export class DriverTopics implements TaskOutput {
  readonly #topics = new Map<string, DriverTopic>();
  #written: WrittenRecord[] = [];

  topic(name: string): DriverTopic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = new DriverTopic(name, (record) => this.#written.push({ topic: name, record }));
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

/** What was written to one topic, and how many records were read from it. */
export class DriverTopic implements OutputPartitions {
  readonly name: string;
  readonly partitions = 1;
  readonly #tell: (record: DriverRecord) => void;
  readonly #records: DriverRecord[] = [];
  #read = 0;
  #inputs = 0;

  constructor(name: string, tell: (record: DriverRecord) => void) {
    this.name = name;
    this.#tell = tell;
  }

  /** Everything that was written. */
  get records(): readonly DriverRecord[] {
    return this.#records;
  }

  add(_partition: number, encoded: EncodedRecord): void {
    const record = copied(encoded);
    this.#records.push(record);
    this.#tell(record);
  }

  partitionWithoutKey(): number {
    return 0;
  }

  /** What was written since the last call. */
  takeUnread(): readonly DriverRecord[] {
    const unread = this.#records.slice(this.#read);
    this.#read = this.#records.length;
    return unread;
  }

  /** The topic's next record, as a fetch brings it. */
  fetched(record: EncodedRecord): FetchedBatches {
    const offset = this.#inputs++;
    const batch = new BatchBuilder(128);
    batch.add(record);
    const bytes = batch.build({ baseOffset: offset });
    const { name: topic } = this;
    const nextOffset = offset + 1;
    return { topic, partition: 0, bytes, fromOffset: offset, nextOffset, endOffset: nextOffset };
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
