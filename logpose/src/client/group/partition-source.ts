import type { TopicPartition } from '../../record/topic-partition.ts';
import type { BatchPosition } from '../consumer.ts';
import type { ReadPartition } from '../starting-points.ts';
import type { Progress } from './progress.ts';

/** What a consumer reads, which may change between two batches. */
export interface PartitionSource {
  /** Whose progress its reader commits; undefined: nobody's. */
  readonly progress: Progress | undefined;
  /** All that may be read, by `topic-partition`. */
  all(): Promise<ReadonlyMap<string, ReadPartition>>;
  /** The reader is between two batches: what it reads from now on, as a change. */
  turn(): Promise<PartitionChange>;
  /** The reader's loop has a batch in hand, or a failure. */
  rest(batch?: BatchPosition): void;
  close(): Promise<void>;
}

export interface PartitionChange {
  readonly removed: readonly TopicPartition[];
  /** To be read from their offsets. */
  readonly added: readonly ReadPartition[];
  /** False while it is not known yet what is to be read. */
  readonly isKnown: boolean;
}

/** Partitions that were named. */
export class NamedPartitions implements PartitionSource {
  readonly progress: Progress | undefined;
  readonly #points: Promise<ReadonlyMap<string, ReadPartition>>;
  #hasBegun = false;

  constructor(points: Promise<ReadonlyMap<string, ReadPartition>>, progress: Progress | undefined) {
    this.#points = points;
    this.progress = progress;
  }

  all(): Promise<ReadonlyMap<string, ReadPartition>> {
    return this.#points;
  }

  async turn(): Promise<PartitionChange> {
    const points = await this.#points;
    const added = this.#hasBegun ? [] : [...points.values()];
    this.#hasBegun = true;
    return { removed: [], added, isKnown: true };
  }

  rest(): void {}

  async close(): Promise<void> {}
}
