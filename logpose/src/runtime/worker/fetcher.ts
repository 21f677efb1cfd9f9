import { PositionOutOfRangeError } from '../../errors/log-errors.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import type { FetchedBatches, LogConsumer, LogPort } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { WorkerParts } from './settings.ts';

const pollTimeoutMs = 30_000;

/**
 * Fetches in the background, one poll at a time: while a worker processes what it has, the next is
 * on its way.
 */
export class Fetcher {
  readonly #consumer: LogConsumer;
  readonly #notify: () => void;
  readonly #assigned = new Map<string, TopicPartition>();
  readonly #paused = new Map<string, TopicPartition>();
  #polling: Promise<void> | undefined = undefined;
  #fetched: readonly FetchedBatches[] = [];
  #failure: { readonly error: unknown } | undefined = undefined;
  #assigning = 0;

  /** @param notify - Called when something has been fetched, or fetching failed. */
  constructor(log: LogPort, maxPartitionBytes: number, notify: () => void) {
    this.#consumer = log.consumer({ maxPartitionBytes, isolation: 'read-committed' });
    this.#notify = notify;
  }

  /** Where an input's readable log ends, as far as is known. */
  readonly endOffset = (input: TopicPartition): number | undefined =>
    this.#consumer.endOffset(input);

  /**
   * Takes what has been fetched and fetches on.
   *
   * @throws What the last poll failed with, once.
   */
  take(): readonly FetchedBatches[] {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    const fetched = this.#fetched;
    this.#fetched = [];
    const isWanted = this.#assigned.size > this.#paused.size && this.#assigning === 0;
    if (isWanted) this.#polling ??= this.#poll();
    return fetched;
  }

  pause(input: TopicPartition): void {
    const key = partitionKey(input.topic, input.partition);
    if (this.#paused.has(key)) return;
    this.#paused.set(key, input);
    this.#consumer.pause(input);
  }

  /** Fetches paused inputs again, as far as `mayResume` says. */
  resume(mayResume: (input: TopicPartition) => boolean): void {
    for (const [key, input] of this.#paused) {
      if (!mayResume(input)) continue;
      this.#paused.delete(key);
      this.#consumer.resume(input);
      // The waiting poll does not know of it.
      if (this.#polling !== undefined) this.#consumer.wake();
    }
  }

  /** Fetches from these positions, and nothing that was fetched of them before. */
  async assign(positions: readonly RecordPosition[]): Promise<void> {
    this.#assigning++;
    while (this.#polling !== undefined) {
      this.#consumer.wake();
      await this.#polling;
    }
    this.#assigning--;
    const moved = new Set<string>();
    for (const position of positions) {
      const key = partitionKey(position.topic, position.partition);
      moved.add(key);
      this.#assigned.set(key, position);
      if (this.#paused.delete(key)) this.#consumer.resume(position);
    }
    this.#fetched = this.#fetched.filter(
      ({ topic, partition }) => !moved.has(partitionKey(topic, partition)),
    );
    this.#forgetFailure();
    this.#consumer.assign(positions);
    this.#notify();
  }

  /** Fetches no more of these. */
  unassign(inputs: readonly TopicPartition[]): void {
    const gone = new Set(inputs.map(({ topic, partition }) => partitionKey(topic, partition)));
    for (const key of gone) {
      this.#assigned.delete(key);
      this.#paused.delete(key);
    }
    this.#fetched = this.#fetched.filter(
      ({ topic, partition }) => !gone.has(partitionKey(topic, partition)),
    );
    this.#forgetFailure();
    this.#consumer.unassign(inputs);
    // The waiting poll may have nothing to wait for.
    if (this.#polling !== undefined) this.#consumer.wake();
  }

  close(): void {
    this.#consumer.wake();
    this.#consumer.close();
  }

  /** Records of a partition that is another's by now may be gone. */
  #concerns(error: unknown): boolean {
    if (!(error instanceof PositionOutOfRangeError)) return true;
    return this.#assigned.has(partitionKey(error.position.topic, error.position.partition));
  }

  /** Whoever had a position before may have met that its records are gone. */
  #forgetFailure(): void {
    if (this.#failure?.error instanceof PositionOutOfRangeError) this.#failure = undefined;
  }

  async #poll(): Promise<void> {
    try {
      const fetched = await this.#consumer.poll(pollTimeoutMs);
      this.#fetched = [...this.#fetched, ...fetched];
    } catch (error) {
      if (this.#concerns(error)) this.#failure = { error };
    }
    this.#polling = undefined;
    this.#notify();
  }
}

/** Of the bytes for all inputs, what one may have when all tasks are here. */
export function bytesPerInput({ tasks, settings }: WorkerParts): number {
  const inputs = tasks.reduce((sum, { inputs: { length } }) => sum + length, 0);
  const share = Math.floor(settings.maxBufferedBytes / Math.max(1, inputs));
  return Math.min(Math.max(share, minShareBytes), maxShareBytes);
}

const minShareBytes = 64 * 1024;
const maxShareBytes = 1024 * 1024;
