import { must } from '../base/assert.ts';
import { ConfigError } from '../errors/config-errors.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import { BatchColumns, decodeBatch } from '../log/batch-columns.ts';
import type { Compressions } from '../log/compression.ts';
import type { FetchedBatches, LogConsumer, LogPort } from '../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../record/topic-partition.ts';
import type { Batch, BatchPosition, Consumer, ConsumerOptions } from './consumer.ts';
import { groupOf, joinGroup } from './consumer-group.ts';
import { decodeRecords } from './decode-records.ts';
import { type ReadPartition, startingPoints } from './starting-points.ts';
import type { AnyInput } from './topic-names.ts';

// How long one wait for records lasts; closing and seeking end it early.
const pollTimeoutMs = 30_000;

/** Hands over what a log has, batch by batch. Keeps fetched batches until they are asked for. */
export class BatchConsumer implements Consumer<unknown, unknown> {
  readonly #port: LogPort;
  readonly #compressions: Compressions;
  readonly #consumer: LogConsumer;
  readonly #columns = new BatchColumns();
  readonly #partitions: Promise<ReadonlyMap<string, ReadPartition>>;
  readonly #positions = new Map<string, RecordPosition>();
  readonly #sought = new Map<string, RecordPosition>();
  #fetched: readonly Unread[] = [];
  #hasBegun = false;
  #isClosed = false;

  constructor(port: LogPort, options: ConsumerOptions<AnyInput>, compressions: Compressions) {
    this.#port = port;
    this.#compressions = compressions;
    const { groupId, isolation } = options;
    this.#consumer = port.consumer(isolation === undefined ? {} : { isolation });
    if (groupId !== undefined) joinGroup(this, groupId);
    this.#partitions = startingPoints(port.admin, options);
    // Whoever reads gets the failure.
    this.#partitions.catch(() => undefined);
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch<unknown, unknown>> {
    return {
      next: async () => {
        const value = await this.#next();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    };
  }

  async commit(batch?: BatchPosition): Promise<void> {
    const groupId = groupOf(this);
    const positions =
      batch === undefined
        ? [...this.#positions.values()]
        : [{ ...batch, offset: batch.nextOffset }];
    const offsets = positions.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset,
      metadata: '',
    }));
    if (offsets.length > 0) await this.#port.admin.commitOffsets({ groupId, offsets });
  }

  seek(position: RecordPosition): void {
    const key = keyOf(position);
    this.#fetched = this.#fetched.filter((unread) => keyOf(unread) !== key);
    this.#sought.set(key, position);
    this.#positions.set(key, position);
    this.#consumer.wake();
  }

  async endOffsets(): Promise<readonly RecordPosition[]> {
    const partitions = [...(await this.#partitions).values()];
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
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #next(): Promise<Batch<unknown, unknown> | undefined> {
    const partitions = await this.#partitions;
    if (!this.#hasBegun) this.#consumer.assign(startsOf(partitions));
    this.#hasBegun = true;
    while (!this.#isClosed) {
      this.#applySeeks(partitions);
      const batch = this.#takeBatch(partitions);
      if (batch !== undefined) return batch;
      if (this.#fetched.length === 0) await this.#fetch();
    }
    return undefined;
  }

  #applySeeks(partitions: ReadonlyMap<string, ReadPartition>): void {
    const unknown = [...this.#sought.keys()].filter((key) => !partitions.has(key));
    if (unknown.length > 0) throw new ConfigError([`cannot seek in ${unknown}: it is not read`]);
    this.#consumer.assign([...this.#sought.values()]);
    this.#sought.clear();
  }

  async #fetch(): Promise<void> {
    const fetched = await this.#consumer.poll(pollTimeoutMs);
    // What was sought meanwhile is not where these begin.
    const wanted = fetched.filter((each) => !this.#sought.has(keyOf(each)));
    this.#fetched = wanted.map((each) => ({ ...each, at: 0 }));
  }

  /** The next batch with records; undefined when the first of what was fetched had none. */
  #takeBatch(partitions: ReadonlyMap<string, ReadPartition>): Batch<unknown, unknown> | undefined {
    const [unread, ...others] = this.#fetched;
    if (unread === undefined) return undefined;
    const { topic, partition, bytes } = unread;
    const source = { topic, partition, compressions: this.#compressions };
    const { input, topicId } = must(partitions.get(keyOf(unread)), 'only assigned ones are read');
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

function startsOf(partitions: ReadonlyMap<string, ReadPartition>): readonly RecordPosition[] {
  return [...partitions.values()];
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
