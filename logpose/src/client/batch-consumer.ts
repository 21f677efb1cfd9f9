import { must } from '../base/assert.ts';
import { ConfigError } from '../errors/config-errors.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import { BatchColumns, decodeBatch } from '../log/batch-columns.ts';
import type { Compressions } from '../log/compression.ts';
import type { FetchedBatches, LogConsumer, LogPort } from '../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../record/topic-partition.ts';
import type { Batch, BatchPosition, Consumer, ConsumerOptions } from './consumer.ts';
import { decodeRecords } from './decode-records.ts';
import type { PartitionSource } from './group/partition-source.ts';
import { keepProgress, progressOf } from './group/progress.ts';
import type { ReadPartition } from './starting-points.ts';
import type { AnyInput } from './topic-names.ts';

// How long one wait for records lasts; closing, seeking and other partitions end it early.
const pollTimeoutMs = 30_000;

/** What a consumer reads with. */
export interface BatchConsumerParts {
  readonly port: LogPort;
  readonly compressions: Compressions;
  /** @param changed - To be called when a turn would change what is read. */
  source(changed: () => void): PartitionSource;
}

/** Hands over what a log has, batch by batch. Keeps fetched batches until they are asked for. */
export class BatchConsumer implements Consumer<unknown, unknown> {
  readonly #port: LogPort;
  readonly #compressions: Compressions;
  readonly #consumer: LogConsumer;
  readonly #columns = new BatchColumns();
  readonly #source: PartitionSource;
  /** What is read now. */
  readonly #reading = new Map<string, ReadPartition>();
  readonly #positions = new Map<string, RecordPosition>();
  readonly #sought = new Map<string, RecordPosition>();
  #fetched: readonly Unread[] = [];
  #isClosed = false;

  constructor(
    parts: BatchConsumerParts,
    { isolation }: Pick<ConsumerOptions<AnyInput>, 'isolation'>,
  ) {
    this.#port = parts.port;
    this.#compressions = parts.compressions;
    this.#consumer = parts.port.consumer(isolation === undefined ? {} : { isolation });
    this.#source = parts.source(() => this.#consumer.wake());
    if (this.#source.progress !== undefined) keepProgress(this, this.#source.progress);
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch<unknown, unknown>> {
    return {
      next: async () => {
        let value: Batch<unknown, unknown> | undefined;
        try {
          value = await this.#next();
        } finally {
          this.#source.rest(value);
        }
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    };
  }

  async commit(batch?: BatchPosition): Promise<void> {
    const progress = progressOf(this);
    const batches = batch === undefined ? [...this.#positions.values()].map(behind) : [batch];
    const { groupId } = progress;
    if (batches.length === 0) return;
    const offsets = batches.map(({ topic, partition, nextOffset: offset }) => ({
      topic,
      partition,
      offset,
      metadata: '',
    }));
    await progress.commit(batches, (member) =>
      this.#port.admin.commitOffsets({
        groupId,
        offsets,
        ...(member === undefined ? {} : { member }),
      }),
    );
  }

  seek(position: RecordPosition): void {
    const key = keyOf(position);
    this.#fetched = this.#fetched.filter((unread) => keyOf(unread) !== key);
    this.#sought.set(key, position);
    this.#positions.set(key, position);
    this.#consumer.wake();
  }

  async endOffsets(): Promise<readonly RecordPosition[]> {
    const partitions = [...(await this.#source.all()).values()];
    const ranges = await this.#port.admin.offsetRanges(partitions);
    return partitions.map(({ topic, partition }, index) => {
      const { endOffset } = must(ranges[index], 'there is a range for each partition');
      return { topic, partition, offset: endOffset };
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fetched = [];
    // Whoever waits in the loop is told that it has ended.
    this.#consumer.wake();
    this.#consumer.close();
    await this.#source.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #next(): Promise<Batch<unknown, unknown> | undefined> {
    const all = await this.#source.all();
    while (!this.#isClosed) {
      const isKnown = await this.#turn();
      if (this.#isClosed) break;
      this.#applySeeks(all, isKnown);
      const batch = this.#takeBatch();
      if (batch !== undefined) return batch;
      if (this.#fetched.length === 0) await this.#fetch();
    }
    return undefined;
  }

  /** Reads from now on what the source says; false: it does not know yet. */
  async #turn(): Promise<boolean> {
    const { removed, added, isKnown } = await this.#source.turn();
    for (const partition of removed) this.#forget(partition);
    for (const partition of added) this.#reading.set(keyOf(partition), partition);
    this.#consumer.assign(added);
    return isKnown;
  }

  #forget(partition: TopicPartition): void {
    const key = keyOf(partition);
    this.#consumer.unassign([partition]);
    this.#fetched = this.#fetched.filter((unread) => keyOf(unread) !== key);
    this.#reading.delete(key);
    this.#positions.delete(key);
    this.#sought.delete(key);
  }

  #applySeeks(all: ReadonlyMap<string, ReadPartition>, isKnown: boolean): void {
    const unknown = [...this.#sought.keys()].filter((key) => !all.has(key));
    if (unknown.length > 0) throw new ConfigError([`cannot seek in ${unknown}: it is not read`]);
    const mine = [...this.#sought].filter(([key]) => this.#reading.has(key));
    this.#consumer.assign(mine.map(([, position]) => position));
    for (const [key] of mine) this.#sought.delete(key);
    // Whoever has the others goes on where the group is.
    if (!isKnown) return;
    for (const key of this.#sought.keys()) this.#positions.delete(key);
    this.#sought.clear();
  }

  async #fetch(): Promise<void> {
    const fetched = await this.#consumer.poll(pollTimeoutMs);
    // What was sought meanwhile is not where these begin.
    const wanted = fetched.filter((each) => !this.#sought.has(keyOf(each)));
    this.#fetched = wanted.map((each) => ({ ...each, at: 0 }));
  }

  /** The next batch with records; undefined when the first of what was fetched had none. */
  #takeBatch(): Batch<unknown, unknown> | undefined {
    const [unread, ...others] = this.#fetched;
    if (unread === undefined) return undefined;
    const { topic, partition, bytes } = unread;
    const source = { topic, partition, compressions: this.#compressions };
    const { input, topicId } = must(
      this.#reading.get(keyOf(unread)),
      'only what is read is fetched',
    );
    const at = decodeBatch(bytes, unread.at, this.#columns, source);
    const records = decodeRecords(this.#columns, input, unread);
    this.#fetched = at < bytes.length ? [{ ...unread, at }, ...others] : others;
    const nextOffset = this.#columns.header.lastOffset + 1;
    this.#positions.set(keyOf(unread), { topic, partition, offset: nextOffset });
    return records.length === 0 ? undefined : { topic, topicId, partition, nextOffset, records };
  }
}

/** Fetched batches, and where in their bytes the next one begins. */
interface Unread extends FetchedBatches {
  readonly at: number;
}

function behind({ topic, partition, offset }: RecordPosition): BatchPosition {
  return { topic, topicId: '', partition, nextOffset: offset };
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
