import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { PartitionState } from '../state/partition-state.ts';

/** Tells readers that their partitions have more. */
export class Bells {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #waiting = new Set<() => void>();

  /** `listener` is called at each commit to the partition. */
  listen({ topic, partition }: TopicPartition, listener: () => void): void {
    const key = partitionKey(topic, partition);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners);
    listeners.add(listener);
  }

  leave({ topic, partition }: TopicPartition, listener: () => void): void {
    const key = partitionKey(topic, partition);
    const listeners = this.#listeners.get(key);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(key);
  }

  ring(partitions: Iterable<PartitionState>): void {
    for (const { place } of partitions) {
      const listeners = this.#listeners.get(partitionKey(place.topic, place.partition));
      if (listeners !== undefined) for (const each of listeners) each();
    }
  }

  /** `listener` is called when the log is closed. */
  join(listener: () => void): void {
    this.#waiting.add(listener);
  }

  quit(listener: () => void): void {
    this.#waiting.delete(listener);
  }

  /** The log is closed: nothing comes any more. */
  ringAll(): void {
    for (const each of [...this.#waiting]) each();
  }
}
