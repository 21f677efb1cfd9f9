import { ConfigError } from '../errors/config-errors.ts';
import { ProduceError } from '../errors/record-errors.ts';
import { BatchBuilder, type EncodedRecord } from '../log/batch-builder.ts';
import type { CommittedOffset, LogTransaction } from '../log/log-port.ts';
import type { OutputTopic } from '../record/topic.ts';
import { partitionKey, type TopicPartition } from '../record/topic-partition.ts';
import { maxBatchBytes } from './batching-producer.ts';
import type { PartitionChooser } from './choose-partition.ts';
import type { AnyConsumer, BatchPosition } from './consumer.ts';
import { encodeRecord, sizeOf } from './encode-record.ts';
import { type Progress, progressOf } from './group/progress.ts';
import type { ProducerRecord } from './producer.ts';
import type { Transaction } from './transaction.ts';

/** What a transaction is made with. */
export interface TransactionParts {
  readonly log: LogTransaction;
  readonly chooser: PartitionChooser;
  readonly maxPendingBytes: number;
  nowMs(): number;
}

/** Fills one transaction of the log. */
export class OpenTransaction implements Transaction {
  readonly #parts: TransactionParts;
  readonly #batches = new Map<string, OpenBatch>();
  /** Sends without an answer yet. */
  readonly #sends = new Set<Promise<unknown>>();
  /** The first send that failed. */
  #failed: { readonly error: unknown } | undefined = undefined;
  /** The last of each partition. */
  readonly #read = new Map<string, BatchPosition>();
  #progress: Progress | undefined;
  #bytes = 0;
  #hasEnded = false;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<K, V | null>,
  ): Promise<TopicPartition> {
    const sent = this.#send(topic, record);
    this.#sends.add(sent);
    // The commit looks at the failure; the caller need not.
    sent
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => this.#sends.delete(sent));
    return sent;
  }

  sendOffsets(consumer: AnyConsumer, batch: BatchPosition): void {
    const progress = progressOf(consumer);
    const { groupId } = progress;
    if (this.#progress !== undefined && !goTogether(this.#progress, progress)) {
      const whose = progress.isShared ? 'one member of one group' : 'one group';
      throw new ConfigError([`a transaction commits for ${whose}, not ${groupId} as well`]);
    }
    progress.check(batch);
    this.#progress = progress;
    this.#read.set(partitionKey(batch.topic, batch.partition), batch);
  }

  /** Waits for every send, and fails when one did. */
  async settle(): Promise<void> {
    // Sends may be added while others are waited for.
    while (this.#sends.size > 0) await Promise.allSettled(this.#sends);
    this.#hasEnded = true;
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  async commit(): Promise<void> {
    for (const { place, builder } of this.#batches.values()) this.#parts.log.append(place, builder);
    const progress = this.#progress;
    if (progress === undefined) {
      await this.#parts.log.commit();
      return;
    }
    const { groupId } = progress;
    const offsets = [...this.#read.values()].map(offsetBehind);
    await progress.commit([...this.#read.values()], (member) =>
      this.#parts.log.commit({ groupId, offsets, ...(member === undefined ? {} : { member }) }),
    );
  }

  async abort(): Promise<void> {
    this.#hasEnded = true;
    await this.#parts.log.abort();
  }

  async #send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<K, V | null>,
  ): Promise<TopicPartition> {
    const { name } = topic;
    if (this.#hasEnded) throw refused(name, 'its transaction has ended');
    const encoded = encodeRecord(topic, record, this.#parts.nowMs());
    this.#bytes += sizeOf(encoded);
    if (this.#bytes > this.#parts.maxPendingBytes) {
      throw refused(name, `its transaction has more than ${this.#parts.maxPendingBytes} bytes`);
    }
    const partition = await this.#parts.chooser.choose(name, encoded, record.partition);
    if (this.#hasEnded) throw refused(name, 'its transaction has ended');
    const place = { topic: name, partition };
    this.#add(place, encoded);
    return place;
  }

  #add(place: TopicPartition, record: EncodedRecord): void {
    const key = partitionKey(place.topic, place.partition);
    const open = this.#batches.get(key);
    if (open !== undefined && open.builder.sizeBytes + sizeOf(record) > maxBatchBytes) {
      this.#parts.log.append(place, open.builder);
      this.#batches.delete(key);
    }
    const batch = this.#batches.get(key) ?? { place, builder: new BatchBuilder() };
    this.#batches.set(key, batch);
    batch.builder.add(record);
  }
}

/** Offsets go with others of their group, but those of a member with no other's. */
function goTogether(one: Progress, other: Progress): boolean {
  if (one === other) return true;
  return one.groupId === other.groupId && !one.isShared && !other.isShared;
}

function offsetBehind({ topic, partition, nextOffset }: BatchPosition): CommittedOffset {
  return { topic, partition, offset: nextOffset, metadata: '' };
}

interface OpenBatch {
  readonly place: TopicPartition;
  readonly builder: BatchBuilder;
}

function refused(topic: string, why: string): ProduceError {
  return new ProduceError(topic, { code: 'PRODUCE_FAILED' }, new Error(why));
}
