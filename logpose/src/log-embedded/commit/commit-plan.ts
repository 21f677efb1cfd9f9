import type { BatchBuilder } from '../../log/batch-builder.ts';
import type { Appended, Change } from '../state/change.ts';
import type { PartitionState } from '../state/partition-state.ts';

/** What a plan must know of the log. */
export interface PlanLimits {
  readonly leaderEpoch: number;
  readonly segmentBytes: number;
}

/** Bytes to write to one segment. */
export interface SegmentWrite {
  readonly partition: PartitionState;
  readonly baseOffset: number;
  readonly path: string;
  /** Where the log ended in it: what a failed write is cut back to. */
  readonly startBytes: number;
  sizeBytes: number;
  endOffset: number;
  readonly parts: Uint8Array[];
  /** The places of the batches, for the index. */
  readonly batches: { readonly baseOffset: number; readonly at: number }[];
}

/** Gives batches their offsets and places. Nothing of it is in the log yet. */
export class CommitPlan {
  readonly #limits: PlanLimits;
  /** By partition, the segment that grows. */
  readonly #last = new Map<PartitionState, SegmentWrite>();
  readonly writes: SegmentWrite[] = [];
  sizeBytes = 0;

  constructor(limits: PlanLimits) {
    this.#limits = limits;
  }

  /** Returns the first record's offset. The plan holds the builder's memory. */
  add(partition: PartitionState, batch: BatchBuilder): number {
    const baseOffset = this.endOffset(partition);
    if (batch.offsetCount === 0) return baseOffset;
    const { leaderEpoch } = this.#limits;
    const bytes = batch.build({ baseOffset, leaderEpoch });
    const write = this.#segmentFor(partition, bytes.length);
    write.parts.push(bytes);
    write.batches.push({ baseOffset, at: write.sizeBytes });
    write.sizeBytes += bytes.length;
    write.endOffset = baseOffset + batch.offsetCount;
    this.sizeBytes += bytes.length;
    return baseOffset;
  }

  /** The offset behind the last planned record. */
  endOffset(partition: PartitionState): number {
    return this.#last.get(partition)?.endOffset ?? partition.endOffset;
  }

  toChanges(): Change[] {
    return this.writes.map(appendedOf);
  }

  #segmentFor(partition: PartitionState, bytes: number): SegmentWrite {
    const last = this.#last.get(partition);
    const sizeBytes = last?.sizeBytes ?? partition.lastSegment?.sizeBytes;
    const segmentBytes = partition.segmentBytes ?? this.#limits.segmentBytes;
    const isFull = sizeBytes === undefined || sizeBytes + bytes > segmentBytes;
    if (last !== undefined && !isFull) return last;
    const write = isFull ? this.#begin(partition) : goOn(partition);
    this.#last.set(partition, write);
    this.writes.push(write);
    return write;
  }

  #begin(partition: PartitionState): SegmentWrite {
    const baseOffset = this.endOffset(partition);
    return writeTo(partition, { baseOffset, sizeBytes: 0 });
  }
}

function goOn(partition: PartitionState): SegmentWrite {
  return writeTo(partition, partition.lastSegment ?? { baseOffset: 0, sizeBytes: 0 });
}

function writeTo(
  partition: PartitionState,
  { baseOffset, sizeBytes }: { readonly baseOffset: number; readonly sizeBytes: number },
): SegmentWrite {
  return {
    partition,
    baseOffset,
    path: partition.pathOf(baseOffset),
    startBytes: sizeBytes,
    sizeBytes,
    endOffset: partition.endOffset,
    parts: [],
    batches: [],
  };
}

function appendedOf({ partition, baseOffset, sizeBytes, endOffset }: SegmentWrite): Appended {
  return { kind: 'appended', ...partition.number, baseOffset, sizeBytes, endOffset };
}
