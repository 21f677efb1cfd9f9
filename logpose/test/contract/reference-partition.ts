import { PositionOutOfRangeError } from '../../src/errors/log-errors.ts';
import type { RecordPosition } from '../../src/errors/record-position.ts';
import type { BatchBuilder } from '../../src/log/batch-builder.ts';
import { BatchColumns, decodeBatch } from '../../src/log/batch-columns.ts';
import type { FetchedBatches } from '../../src/log/log-port.ts';

interface StoredBatch {
  readonly bytes: Uint8Array;
  readonly nextOffset: number;
}

/** One partition in memory: batches in a list. */
export class ReferencePartition {
  startOffset = 0;
  endOffset = 0;
  #batches: readonly StoredBatch[] = [];

  /** Returns the first record's offset. */
  append(batch: BatchBuilder): number {
    const baseOffset = this.endOffset;
    const bytes = batch.build({ baseOffset, leaderEpoch: 0 }).slice();
    this.endOffset += batch.offsetCount;
    this.#batches = [...this.#batches, { bytes, nextOffset: this.endOffset }];
    return baseOffset;
  }

  deleteBefore(offset: number): void {
    this.startOffset = Math.max(this.startOffset, Math.min(offset, this.endOffset));
    this.#batches = this.#batches.filter((batch) => batch.nextOffset > this.startOffset);
  }

  /** The first offset whose record is not before `timestampMs`: every record is looked at. */
  offsetAt(timestampMs: number): number | undefined {
    const columns = new BatchColumns();
    const source = { topic: '', partition: 0, compressions: {} };
    for (const { bytes } of this.#batches) {
      decodeBatch(bytes, 0, columns, source);
      for (let index = 0; index < columns.count; index++) {
        const offset = columns.offsets[index] ?? -1;
        const isLate = (columns.timestamps[index] ?? 0) >= timestampMs;
        if (isLate && offset >= this.startOffset) return offset;
      }
    }
    return undefined;
  }

  /** What is there from `position` on; undefined when that is the end. */
  read(position: RecordPosition, maxBytes: number): FetchedBatches | undefined {
    const { startOffset, endOffset } = this;
    const { offset } = position;
    if (offset < startOffset || offset > endOffset) {
      throw new PositionOutOfRangeError(position, { startOffset, endOffset });
    }
    const [first, ...others] = this.#batches.filter((batch) => batch.nextOffset > offset);
    if (first === undefined) return undefined;
    const taken = [first, ...fitting(others, maxBytes - first.bytes.length)];
    return {
      topic: position.topic,
      partition: position.partition,
      bytes: Buffer.concat(taken.map((batch) => batch.bytes)),
      fromOffset: offset,
      nextOffset: taken.at(-1)?.nextOffset ?? offset,
      endOffset,
    };
  }
}

function fitting(batches: readonly StoredBatch[], maxBytes: number): readonly StoredBatch[] {
  let bytes = 0;
  const tooMany = batches.findIndex((batch) => (bytes += batch.bytes.length) > maxBytes);
  return tooMany < 0 ? batches : batches.slice(0, tooMany);
}
