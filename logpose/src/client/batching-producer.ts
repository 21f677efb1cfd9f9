import type { Surroundings } from '../base/clock.ts';
import { LogUnavailableError } from '../errors/log-errors.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import { BatchBuilder, type EncodedRecord } from '../log/batch-builder.ts';
import type { LogPort, LogProducer } from '../log/log-port.ts';
import type { OutputTopic } from '../record/topic.ts';
import { partitionKey, type TopicPartition } from '../record/topic-partition.ts';
import { PartitionChooser } from './choose-partition.ts';
import { encodeRecord, sizeOf } from './encode-record.ts';
import { PendingBytes } from './pending-bytes.ts';
import type { Producer, ProducerOptions, ProducerRecord } from './producer.ts';

/** As much as a broker takes in one batch unless it is told otherwise. */
export const maxBatchBytes = 1024 * 1024 - 4096;
export const defaultMaxPendingBytes = 32 * 1024 * 1024;

/** Gathers what is sent in one turn, or within `lingerMs`, into one batch per partition. */
export class BatchingProducer implements Producer {
  readonly #surroundings: Surroundings;
  readonly #producer: LogProducer;
  readonly #chooser: PartitionChooser;
  readonly #pending: PendingBytes;
  readonly #lingerMs: number;
  readonly #open = new Map<string, OpenBatch>();
  readonly #unanswered = new Set<Promise<unknown>>();
  #flushIsDue = false;
  #isClosed = false;

  constructor(port: LogPort, surroundings: Surroundings, options: ProducerOptions) {
    this.#surroundings = surroundings;
    this.#producer = port.producer();
    this.#chooser = new PartitionChooser(port.admin, () => surroundings.random());
    this.#pending = new PendingBytes(options.maxPendingBytes ?? defaultMaxPendingBytes);
    this.#lingerMs = options.lingerMs ?? 0;
  }

  send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<K, V | null>,
  ): Promise<RecordPosition> {
    const sent = this.#send(topic, record);
    this.#unanswered.add(sent);
    const answered = (): boolean => this.#unanswered.delete(sent);
    sent.then(answered, answered);
    return sent;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#unanswered.size > 0) {
      this.#flush();
      await Promise.race(this.#unanswered).catch(() => undefined);
    }
    await this.#producer.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #send<K, V>(
    output: OutputTopic<K, V>,
    record: ProducerRecord<K, V | null>,
  ): Promise<RecordPosition> {
    if (this.#isClosed) throw new LogUnavailableError('the producer is closed', notAgain);
    const encoded = encodeRecord(output, record, this.#surroundings.nowMs());
    const { name: topic } = output;
    const bytes = sizeOf(encoded);
    await this.#pending.enter(bytes);
    try {
      const partition = await this.#chooser.choose(topic, encoded, record.partition);
      return await this.#append({ topic, partition }, encoded);
    } finally {
      this.#pending.leave(bytes);
    }
  }

  async #append(place: TopicPartition, record: EncodedRecord): Promise<RecordPosition> {
    const key = partitionKey(place.topic, place.partition);
    const open = this.#open.get(key);
    if (open !== undefined && !open.hasRoomFor(record)) this.#write(key, open);
    const batch = this.#open.get(key) ?? new OpenBatch(place);
    this.#open.set(key, batch);
    this.#flushSoon();
    const index = batch.add(record);
    return { ...place, offset: (await batch.baseOffset) + index };
  }

  #flushSoon(): void {
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    const flush = (): void => {
      this.#flushIsDue = false;
      this.#flush();
    };
    // The end of the turn is a matter of order, not of time: a timer would wait a millisecond.
    if (this.#lingerMs === 0) setImmediate(flush);
    else this.#surroundings.after(this.#lingerMs, flush);
  }

  #flush(): void {
    for (const [key, batch] of this.#open) this.#write(key, batch);
  }

  #write(key: string, batch: OpenBatch): void {
    this.#open.delete(key);
    this.#producer.append(batch.place, batch.builder).then(batch.resolve, (error: unknown) => {
      this.#chooser.forget(batch.place.topic);
      batch.reject(error);
    });
  }
}

const notAgain = { retriable: false };

class OpenBatch {
  readonly place: TopicPartition;
  readonly builder = new BatchBuilder();
  readonly baseOffset: Promise<number>;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;

  constructor(place: TopicPartition) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.place = place;
    this.baseOffset = promise;
    this.resolve = resolve;
    this.reject = reject;
  }

  hasRoomFor(record: EncodedRecord): boolean {
    return this.builder.sizeBytes + sizeOf(record) <= maxBatchBytes;
  }

  /** Returns the record's place in the batch. */
  add(record: EncodedRecord): number {
    this.builder.add(record);
    return this.builder.recordCount - 1;
  }
}
