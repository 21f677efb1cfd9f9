import {
  bytes,
  type ConsumedRecord,
  type Consumer,
  DecodeError,
  type Decoder,
  type Log,
  nullable,
  type Topic,
  topic,
} from 'logpose';

/** Told of each record that changes the map. */
export type OnRecord<V> = (record: ConsumedRecord<string, V>) => void;

/** Which topic, and who is told. */
export interface TopicReaderOptions<V> {
  readonly log: Log;
  readonly topic: Topic<string, V>;
  /** `'latest'` for topics of which only the news is wanted. Default `'earliest'`. */
  readonly from?: 'earliest' | 'latest';
  readonly onRecord: OnRecord<V>;
  /** A record is left out because it is none of the topic's, or the topic cannot be read at all. */
  readonly onError: (error: unknown) => void;
}

/** How many records there were at the start, and how many of them have been passed. */
export interface ReadProgress {
  readonly passed: number;
  readonly total: number;
}

/** A topic that is being read, whatever its values. */
export interface FollowedTopic {
  readonly ready: Promise<void>;
  readonly isReady: boolean;
  readonly progress: ReadProgress;
  close(): Promise<void>;
}

/**
 * Follows all partitions of a topic, without a group: every instance sees everything.
 *
 * `ready` resolves when everything that was there at the start has been seen.
 */
export class TopicReader<V> implements FollowedTopic {
  readonly ready: Promise<void>;
  readonly #options: TopicReaderOptions<V>;
  #consumer: Consumer<Bytes, Bytes> | undefined;
  #running: Promise<void> = Promise.resolve();
  #isReady = false;
  /** By partition: where the log ended at the start, and how far it has been read. */
  readonly #ends = new Map<number, { readonly end: number; next: number }>();

  constructor(options: TopicReaderOptions<V>) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#running = this.#read(() => {
      this.#isReady = true;
      resolve();
    }).catch((error: unknown) => {
      this.#isReady = false;
      options.onError(error);
    });
  }

  /** False until everything of the start was seen, and again when the topic cannot be read. */
  get isReady(): boolean {
    return this.#isReady;
  }

  get progress(): ReadProgress {
    let [passed, total] = [0, 0];
    for (const { end, next } of this.#ends.values()) {
      passed += Math.min(next, end);
      total += end;
    }
    return { passed, total };
  }

  async close(): Promise<void> {
    await this.#consumer?.close();
    await this.#running;
  }

  async #read(onReady: () => void): Promise<void> {
    const { log, topic: of, from = 'earliest' } = this.#options;
    const raw = topic(of.name, { key: nullable(bytes), value: nullable(bytes) });
    const [description] = await log.admin.describeTopics([of]);
    const assignment = Array.from({ length: description?.partitions ?? 0 }, (_none, partition) => {
      return { topic: raw, partition };
    });
    const consumer = log.consumer({ assignment, from });
    this.#consumer = consumer;
    if (from === 'earliest') {
      for (const { partition, offset } of await consumer.endOffsets()) {
        this.#ends.set(partition, { end: offset, next: 0 });
      }
    }
    if (this.#hasPassed) onReady();
    for await (const { records, partition, nextOffset } of consumer) {
      for (const record of records) this.#take(record);
      const read = this.#ends.get(partition);
      if (read === undefined || read.next >= read.end) continue;
      read.next = nextOffset;
      if (this.#hasPassed) onReady();
    }
  }

  /** One foreign record must not blind everybody to those behind it. */
  #take(record: ConsumedRecord<Bytes, Bytes>): void {
    const { topic: of, onRecord, onError } = this.#options;
    try {
      const key = decoded(of.key, { part: 'key', record });
      const value = decoded(of.value, { part: 'value', record });
      onRecord({ ...record, key, value });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      onError(error);
    }
  }

  get #hasPassed(): boolean {
    const { passed, total } = this.progress;
    return passed === total;
  }
}

type Bytes = Uint8Array | null;

/** @throws {DecodeError} When the part is null, or not what the topic holds. */
function decoded<T>(
  { decode }: Decoder<T>,
  of: { readonly part: 'key' | 'value'; readonly record: ConsumedRecord<Bytes, Bytes> },
): T {
  const { part, record } = of;
  const { [part]: encoded, topic: name, partition, offset } = record;
  try {
    if (encoded === null) throw new TypeError('there is none');
    return decode(encoded, 0, encoded.length);
  } catch (cause) {
    throw new DecodeError({ topic: name, partition, offset }, part, cause);
  }
}
