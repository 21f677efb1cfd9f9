import type { LogConsumer } from '../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../record/topic-partition.ts';
import type { Polled, StampedPosition } from './messages.ts';
import { movable } from './movable.ts';

/** A consumer at the thread that owns the log. */
export class ServedConsumer {
  readonly #consumer: LogConsumer;
  readonly #assigned = new Map<string, Assigned>();
  #endedPoll = 0;

  constructor(consumer: LogConsumer) {
    this.#consumer = consumer;
  }

  assign(positions: readonly StampedPosition[]): void {
    for (const { position, stamp } of positions) {
      const { topic, partition } = position;
      const place = { topic, partition };
      const end = this.#assigned.get(keyOf(place))?.end;
      this.#assigned.set(keyOf(place), { place, stamp, end });
    }
    this.#consumer.assign(positions.map(({ position }) => position));
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#assigned.delete(keyOf(partition));
    this.#consumer.unassign(partitions);
  }

  pause(partition: TopicPartition): void {
    this.#consumer.pause(partition);
  }

  resume(partition: TopicPartition): void {
    this.#consumer.resume(partition);
  }

  async poll(poll: number, timeoutMs: number): Promise<Polled> {
    try {
      const fetched = await this.#consumer.poll(timeoutMs);
      return {
        fetched: fetched.map((batches) => ({
          batches: { ...batches, bytes: movable(batches.bytes) },
          stamp: this.#assigned.get(keyOf(batches))?.stamp ?? 0,
        })),
        ends: [...this.#newEnds()],
      };
    } finally {
      this.#endedPoll = poll;
    }
  }

  /** Wakes a poll that waits, or is still to come: one that has ended must not wake the next. */
  wake(poll: number): void {
    if (poll > this.#endedPoll) this.#consumer.wake();
  }

  close(): void {
    this.#consumer.wake();
    this.#consumer.close();
  }

  *#newEnds(): Generator<TopicPartition & { readonly offset: number }> {
    for (const assigned of this.#assigned.values()) {
      const end = this.#consumer.endOffset(assigned.place);
      if (end === undefined || end === assigned.end) continue;
      assigned.end = end;
      yield { ...assigned.place, offset: end };
    }
  }
}

interface Assigned {
  readonly place: TopicPartition;
  readonly stamp: number;
  /** As the other side knows it. */
  end: number | undefined;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
