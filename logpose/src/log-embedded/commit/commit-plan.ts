import { must } from '../../base/assert.ts';
import type { BatchBuilder } from '../../log/batch-builder.ts';
import { baseTimestampOf } from '../../log/batch-header.ts';
import { noTimes, type SegmentTimes, withBatch } from '../segments/segment-times.ts';
import type { Appended, Change } from '../state/change.ts';
import type { PartitionState, Segment } from '../state/partition-state.ts';

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
  /** Times in the segment with what is written; useless unless those before were known. */
  times: SegmentTimes;
  /** The places of the batches, for the index. */
  readonly batches: PlannedBatch[];
}

interface PlannedBatch {
  readonly baseOffset: number;
  readonly at: number;
  readonly maxTimestamp: number;
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
    const { maxTimestamp, recordCount } = batch;
    const write = this.#segmentFor(partition, bytes.length, maxTimestamp);
    write.parts.push(bytes);
    write.batches.push({ baseOffset, at: write.sizeBytes, maxTimestamp });
    write.sizeBytes += bytes.length;
    write.endOffset = baseOffset + batch.offsetCount;
    write.times = withBatch(write.times, {
      baseTimestamp: baseTimestampOf(bytes, 0),
      maxTimestamp,
      recordCount,
      sizeBytes: bytes.length,
      lastOffset: write.endOffset - 1,
    });
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

  #segmentFor(partition: PartitionState, bytes: number, maxTimestamp: number): SegmentWrite {
    const last = this.#last.get(partition);
    const { sizeBytes, times } = last ?? partition.lastSegment ?? {};
    const { segmentMs, segmentBytes = this.#limits.segmentBytes } = partition.rules;
    const isFull =
      sizeBytes === undefined ||
      sizeBytes + bytes > segmentBytes ||
      (last === undefined && partition.isLastClosed) ||
      // Kafka's rule: by the records' times, so that what is old does not wait for what is new.
      (times?.sizeBytes === sizeBytes &&
        times.firstMs >= 0 &&
        maxTimestamp - times.firstMs > segmentMs);
    if (last !== undefined && !isFull) return last;
    const write = isFull ? this.#begin(partition) : goOn(partition);
    this.#last.set(partition, write);
    this.writes.push(write);
    return write;
  }

  #begin(partition: PartitionState): SegmentWrite {
    const baseOffset = this.endOffset(partition);
    return writeTo(partition, { baseOffset, sizeBytes: 0, times: noTimes(baseOffset) });
  }
}

function goOn(partition: PartitionState): SegmentWrite {
  return writeTo(partition, must(partition.lastSegment, 'what is not full is there'));
}

function writeTo(
  partition: PartitionState,
  { baseOffset, sizeBytes, times }: Pick<Segment, 'baseOffset' | 'sizeBytes' | 'times'>,
): SegmentWrite {
  return {
    partition,
    baseOffset,
    path: partition.pathOf(baseOffset),
    startBytes: sizeBytes,
    sizeBytes,
    endOffset: partition.endOffset,
    parts: [],
    times,
    batches: [],
  };
}

function appendedOf({ partition, baseOffset, sizeBytes, endOffset }: SegmentWrite): Appended {
  return { kind: 'appended', ...partition.number, baseOffset, sizeBytes, endOffset };
}
