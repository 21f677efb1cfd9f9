import type { BatchHeader } from '../../log/batch-header.ts';

/** Which times the records have that stand in the first bytes of a segment. */
export interface SegmentTimes {
  /** Bytes whose records are known. */
  readonly sizeBytes: number;
  /** The offset behind them. */
  readonly nextOffset: number;
  /** Of the first record; −1: there is none. */
  readonly firstMs: number;
  /** The greatest; −1: there is none. */
  readonly maxMs: number;
}

/** What is known of a segment that nobody has looked at. */
export function noTimes(baseOffset: number): SegmentTimes {
  return { sizeBytes: 0, nextOffset: baseOffset, firstMs: -1, maxMs: -1 };
}

/** The times with those of the batch behind them. */
export function withBatch(
  { sizeBytes, firstMs, maxMs }: SegmentTimes,
  batch: Pick<
    BatchHeader,
    'baseTimestamp' | 'maxTimestamp' | 'sizeBytes' | 'lastOffset' | 'recordCount'
  >,
): SegmentTimes {
  const isEmpty = batch.recordCount === 0;
  return {
    sizeBytes: sizeBytes + batch.sizeBytes,
    nextOffset: batch.lastOffset + 1,
    firstMs: firstMs >= 0 || isEmpty ? firstMs : batch.baseTimestamp,
    maxMs: isEmpty ? maxMs : Math.max(maxMs, batch.maxTimestamp),
  };
}
