import type { RecordPosition } from '../errors/record-position.ts';
import type { FetchedBatches, LogConsumer, LogConsumerOptions } from '../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../record/topic-partition.ts';
import type { LogCaller } from './log-caller.ts';
import type { StampedBatches } from './messages.ts';
import { asBuffer } from './movable.ts';
import { plainPlace, plainPosition } from './plain.ts';

/** Reads a log in another thread; the memory of what it fetches moves to this one. */
export class ThreadConsumer implements LogConsumer {
  readonly #caller: LogCaller;
  readonly #consumer: number;
  readonly #assigned = new Map<string, Assigned>();
  #stamps = 0;
  #polls = 0;
  #isPolling = false;

  constructor(caller: LogCaller, consumer: number, options: LogConsumerOptions | undefined) {
    this.#caller = caller;
    this.#consumer = consumer;
    caller.notify({ kind: 'open-consumer', consumer, options });
  }

  assign(positions: readonly RecordPosition[]): void {
    const stamped = positions.map((position) => {
      const key = keyOf(position);
      const stamp = ++this.#stamps;
      this.#assigned.set(key, { stamp, end: this.#assigned.get(key)?.end });
      return { position: plainPosition(position), stamp };
    });
    this.#caller.notify({ kind: 'assign', consumer: this.#consumer, positions: stamped });
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#assigned.delete(keyOf(partition));
    const plain = partitions.map(plainPlace);
    this.#caller.notify({ kind: 'unassign', consumer: this.#consumer, partitions: plain });
  }

  pause(partition: TopicPartition): void {
    const plain = plainPlace(partition);
    this.#caller.notify({ kind: 'pause', consumer: this.#consumer, partition: plain });
  }

  resume(partition: TopicPartition): void {
    const plain = plainPlace(partition);
    this.#caller.notify({ kind: 'resume', consumer: this.#consumer, partition: plain });
  }

  async poll(timeoutMs: number): Promise<readonly FetchedBatches[]> {
    const consumer = this.#consumer;
    const poll = ++this.#polls;
    this.#isPolling = true;
    try {
      const { fetched, ends } = await this.#caller.call('poll', { consumer, poll, timeoutMs });
      for (const end of ends) this.#ended(end);
      return fetched.filter((one) => this.#isWanted(one)).map(received);
    } finally {
      this.#isPolling = false;
    }
  }

  wake(): void {
    const poll = this.#isPolling ? this.#polls : this.#polls + 1;
    this.#caller.notify({ kind: 'wake', consumer: this.#consumer, poll });
  }

  endOffset(partition: TopicPartition): number | undefined {
    return this.#assigned.get(keyOf(partition))?.end;
  }

  close(): void {
    this.#assigned.clear();
    this.#caller.notify({ kind: 'close-consumer', consumer: this.#consumer });
  }

  #ended(end: RecordPosition): void {
    const assigned = this.#assigned.get(keyOf(end));
    if (assigned !== undefined) assigned.end = end.offset;
  }

  /** The partition may have been taken away, or moved, while its batches were on their way. */
  #isWanted({ batches, stamp }: StampedBatches): boolean {
    return this.#assigned.get(keyOf(batches))?.stamp === stamp;
  }
}

interface Assigned {
  readonly stamp: number;
  end: number | undefined;
}

function received({ batches }: StampedBatches): FetchedBatches {
  return { ...batches, bytes: asBuffer(batches.bytes) };
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
