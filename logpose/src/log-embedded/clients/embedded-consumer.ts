import type { Surroundings } from '../../base/clock.ts';
import { PositionOutOfRangeError } from '../../errors/log-errors.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import type { FetchedBatches, LogConsumer } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { Bells } from '../commit/bells.ts';
import type { BatchRun, SegmentReader } from '../segments/segment-reader.ts';
import type { ReadPlace } from '../segments/segment-scan.ts';
import type { LogState } from '../state/log-state.ts';

export const defaultMaxPartitionBytes = 1024 * 1024;

/** What consumers read with. */
export interface ConsumerParts {
  readonly state: LogState;
  readonly reader: SegmentReader;
  readonly bells: Bells;
  readonly surroundings: Surroundings;
  /** @throws {LogUnavailableError} When the log is closed. */
  checkOpen(): void;
}

interface Assigned {
  readonly partition: TopicPartition;
  offset: number;
  place: ReadPlace | undefined;
  isPaused: boolean;
  endOffset: number | undefined;
}

/** Reads what is committed: there is nothing else in the files. */
export class EmbeddedConsumer implements LogConsumer {
  readonly #parts: ConsumerParts;
  readonly #maxPartitionBytes: number;
  readonly #assigned = new Map<string, Assigned>();
  readonly #ring = (): void => this.#endWait?.();
  #endWait: (() => void) | undefined;
  #isWoken = false;

  constructor(parts: ConsumerParts, maxPartitionBytes = defaultMaxPartitionBytes) {
    this.#parts = parts;
    this.#maxPartitionBytes = maxPartitionBytes;
  }

  assign(positions: readonly RecordPosition[]): void {
    for (const { topic, partition, offset } of positions) {
      const place = { topic, partition };
      const known = this.#assigned.get(keyOf(place));
      const { isPaused = false, endOffset } = known ?? {};
      const assigned = { partition: place, offset, place: undefined, isPaused, endOffset };
      this.#assigned.set(keyOf(place), assigned);
      this.#parts.bells.listen(place, this.#ring);
    }
    this.#endWait?.();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      this.#assigned.delete(keyOf(partition));
      this.#parts.bells.leave(partition, this.#ring);
    }
  }

  pause(partition: TopicPartition): void {
    const assigned = this.#assigned.get(keyOf(partition));
    if (assigned !== undefined) assigned.isPaused = true;
  }

  resume(partition: TopicPartition): void {
    const assigned = this.#assigned.get(keyOf(partition));
    if (assigned !== undefined) assigned.isPaused = false;
    this.#endWait?.();
  }

  async poll(timeoutMs: number): Promise<readonly FetchedBatches[]> {
    const { surroundings } = this.#parts;
    const endMs = surroundings.nowMs() + timeoutMs;
    for (;;) {
      this.#parts.checkOpen();
      const fetched = this.#fetch();
      const leftMs = endMs - surroundings.nowMs();
      if (fetched.length > 0 || this.#isWoken || leftMs <= 0) {
        this.#isWoken = false;
        return fetched;
      }
      await this.#wait(leftMs);
    }
  }

  wake(): void {
    this.#isWoken = true;
    this.#endWait?.();
  }

  endOffset(partition: TopicPartition): number | undefined {
    return this.#assigned.get(keyOf(partition))?.endOffset;
  }

  close(): void {
    this.unassign([...this.#assigned.values()].map(({ partition }) => partition));
  }

  #fetch(): readonly FetchedBatches[] {
    const runs: { readonly of: Assigned; readonly run: BatchRun }[] = [];
    for (const assigned of this.#assigned.values()) {
      const run = assigned.isPaused ? undefined : this.#read(assigned);
      if (run !== undefined) runs.push({ of: assigned, run });
    }
    // Nobody goes on before all were read: a failure must not swallow what others had.
    return runs.map(({ of, run }) => goOn(of, run));
  }

  #read(assigned: Assigned): BatchRun | undefined {
    const { partition, offset, place } = assigned;
    const { state, reader } = this.#parts;
    const found = state.partition(partition);
    const { startOffset, endOffset } = found;
    if (offset < startOffset || offset > endOffset) {
      throw new PositionOutOfRangeError({ ...partition, offset }, { startOffset, endOffset });
    }
    assigned.endOffset = endOffset;
    return reader.read(found, { offset, place }, this.#maxPartitionBytes);
  }

  #wait(timeoutMs: number): Promise<void> {
    const { surroundings, bells } = this.#parts;
    return new Promise((resolve) => {
      const end = (): void => {
        this.#endWait = undefined;
        bells.quit(end);
        cancel();
        resolve();
      };
      const cancel = surroundings.after(timeoutMs, end);
      this.#endWait = end;
      bells.join(end);
    });
  }
}

function goOn(assigned: Assigned, { bytes, nextOffset, next }: BatchRun): FetchedBatches {
  const { partition, offset: fromOffset, endOffset = nextOffset } = assigned;
  assigned.offset = nextOffset;
  assigned.place = next;
  return { ...partition, bytes, fromOffset, nextOffset, endOffset };
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
