import { system } from '../../src/base/clock.ts';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import type { RecordPosition } from '../../src/errors/record-position.ts';
import type { FetchedBatches, LogConsumer } from '../../src/log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../src/record/topic-partition.ts';
import type { ReferenceState } from './reference-state.ts';

const defaultMaxPartitionBytes = 1024 * 1024;

/** Tells waiting reads that something has changed. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const each of [...this.#waiting]) each();
  }

  /** Resolves at the next ring, at most `timeoutMs` from now. */
  wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        cancel();
        resolve();
      };
      const cancel = system.after(timeoutMs, done);
      this.#waiting.add(done);
    });
  }
}

/** What the consumers of one open log have in common. */
export interface Shared {
  readonly state: ReferenceState;
  readonly bell: Bell;
  isClosed: boolean;
}

export class ReferenceConsumer implements LogConsumer {
  readonly #shared: Shared;
  readonly #maxBytes: number;
  readonly #positions = new Map<string, RecordPosition>();
  readonly #paused = new Set<string>();
  readonly #ends = new Map<string, number>();
  #woken = false;

  constructor(shared: Shared, maxPartitionBytes = defaultMaxPartitionBytes) {
    this.#shared = shared;
    this.#maxBytes = maxPartitionBytes;
  }

  assign(positions: readonly RecordPosition[]): void {
    for (const position of positions) this.#positions.set(keyOf(position), position);
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#positions.delete(keyOf(partition));
      this.#paused.delete(keyOf(partition));
      this.#ends.delete(keyOf(partition));
    }
  }

  pause(partition: TopicPartition): void {
    this.#paused.add(keyOf(partition));
  }

  resume(partition: TopicPartition): void {
    this.#paused.delete(keyOf(partition));
  }

  async poll(timeoutMs: number): Promise<readonly FetchedBatches[]> {
    const endMs = system.nowMs() + timeoutMs;
    for (;;) {
      if (this.#shared.isClosed) throw new LogUnavailableError('the log is closed');
      const fetched = this.#read();
      const leftMs = endMs - system.nowMs();
      if (fetched.length > 0 || this.#woken || leftMs <= 0) {
        this.#woken = false;
        return fetched;
      }
      await this.#shared.bell.wait(leftMs);
    }
  }

  wake(): void {
    this.#woken = true;
    this.#shared.bell.ring();
  }

  endOffset(partition: TopicPartition): number | undefined {
    return this.#ends.get(keyOf(partition));
  }

  close(): void {
    this.#positions.clear();
  }

  #read(): readonly FetchedBatches[] {
    const fetched: FetchedBatches[] = [];
    for (const [key, position] of this.#positions) {
      if (this.#paused.has(key)) continue;
      const partition = this.#shared.state.partition(position);
      this.#ends.set(key, partition.endOffset);
      const batches = partition.read(position, this.#maxBytes);
      if (batches === undefined) continue;
      fetched.push(batches);
    }
    for (const { topic, partition, nextOffset } of fetched) {
      const position = { topic, partition, offset: nextOffset };
      this.#positions.set(keyOf(position), position);
    }
    return fetched;
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
