import { emptyBytes } from '../../base/bytes.ts';
import type { EncodedRecord } from '../../log/batch-builder.ts';
import type { BatchColumns } from '../../log/batch-columns.ts';
import { noHeaders } from '../../record/headers.ts';
import type { PartitionState } from '../state/partition-state.ts';
import type { CleanedSegment } from './cleaned-segment.ts';
import type { KeyOffsets } from './key-offsets.ts';

/** What a pass of compaction knows. */
export interface PassParts {
  /** The last offset of each key, of records below `toOffset` that were not clean yet. */
  readonly keys: KeyOffsets;
  readonly toOffset: number;
  readonly nowMs: number;
}

/**
 * Decides which records stay: the last of each key, what the pass does not know yet, records
 * without a key, which nothing stands for, and deletions until their horizon.
 */
export class RecordFilter {
  readonly #partition: PartitionState;
  readonly #pass: PassParts;
  readonly #record: EncodedRecord = {
    keyBytes: emptyBytes,
    keyStart: 0,
    keyLength: -1,
    valueBytes: emptyBytes,
    valueStart: 0,
    valueLength: -1,
    timestamp: 0,
    headers: noHeaders,
  };
  #isBehindPass = false;
  /** Whether what was copied differs from what was there. */
  hasChanged = false;

  constructor(partition: PartitionState, pass: PassParts) {
    this.#partition = partition;
    this.#pass = pass;
  }

  /**
   * Copies what stays of a batch.
   *
   * @param horizonMs - The one that the batch has.
   */
  copy(columns: BatchColumns, horizonMs: number | undefined, to: CleanedSegment): void {
    const { count, offsets } = columns;
    for (let index = 0; index < count; index++) {
      const offset = offsets[index] ?? 0;
      if (!this.#stays(columns, index, horizonMs)) {
        this.hasChanged = true;
        continue;
      }
      if (offset >= this.#pass.toOffset && !this.#isBehindPass) {
        to.forgetHorizon();
        this.#isBehindPass = true;
      }
      const deleteHorizonMs = this.#horizonOf(columns, index, horizonMs);
      to.add({ record: this.#recordAt(columns, index), offset, deleteHorizonMs });
    }
  }

  #stays(columns: BatchColumns, index: number, horizonMs: number | undefined): boolean {
    const { keys, toOffset, nowMs } = this.#pass;
    const { startOffset, endOffset } = this.#partition;
    const offset = columns.offsets[index] ?? 0;
    const start = columns.keyStart[index] ?? 0;
    const keyLength = columns.keyLength[index] ?? -1;
    if (offset < startOffset) return false;
    if (keyLength < 0 || offset >= toOffset) return true;
    const latest = keys.offsetOf(columns.bytes.subarray(start, start + keyLength));
    if (latest !== undefined && latest > offset) return false;
    const isDeletion = (columns.valueLength[index] ?? -1) < 0;
    const isOver = isDeletion && horizonMs !== undefined && nowMs >= horizonMs;
    // The last record of all stays, so that a partition ends with one as long as it has any.
    return !isOver || offset === endOffset - 1;
  }

  /** Given to a deletion by the pass that removes everything before it. */
  #horizonOf(
    { offsets, keyLength, valueLength }: BatchColumns,
    index: number,
    horizonMs: number | undefined,
  ): number | undefined {
    const { toOffset, nowMs } = this.#pass;
    const isDeletion = (keyLength[index] ?? -1) >= 0 && (valueLength[index] ?? -1) < 0;
    if (!isDeletion || (offsets[index] ?? 0) >= toOffset) return undefined;
    if (horizonMs === undefined) this.hasChanged = true;
    return horizonMs ?? nowMs + this.#partition.rules.deleteRetentionMs;
  }

  #recordAt(columns: BatchColumns, index: number): EncodedRecord {
    const record = this.#record;
    record.keyBytes = record.valueBytes = columns.bytes;
    record.keyStart = columns.keyStart[index] ?? 0;
    record.keyLength = columns.keyLength[index] ?? -1;
    record.valueStart = columns.valueStart[index] ?? 0;
    record.valueLength = columns.valueLength[index] ?? -1;
    record.timestamp = columns.timestamps[index] ?? 0;
    record.headers = columns.headers(index);
    return record;
  }
}
