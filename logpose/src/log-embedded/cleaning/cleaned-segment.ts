import { LogUnavailableError } from '../../errors/log-errors.ts';
import { BatchBuilder, type EncodedRecord } from '../../log/batch-builder.ts';
import { emptyBatch } from '../../log/batch-header.ts';
import type { Disk, DiskFile } from '../disk/disk.ts';
import { noTimes, type SegmentTimes, withBatch } from '../segments/segment-times.ts';
import type { KeptSegment } from '../state/change.ts';

// Records that are left come together in batches of this size.
const batchBytes = 32 * 1024;
// What a batch can say of its offsets.
const maxOffsetDelta = 2 ** 31 - 1;

/** Where a cleaned segment is written, and in whose place. */
export interface CleanedPlace {
  readonly path: string;
  readonly baseOffset: number;
  readonly generation: number;
  readonly leaderEpoch: number;
}

/** A record that stays. */
export interface KeptRecord {
  readonly record: EncodedRecord;
  readonly offset: number;
  /** When it may go, for a deletion that no earlier record of its key stands before any more. */
  readonly deleteHorizonMs: number | undefined;
}

/**
 * Writes what is left of segments into a file of its own.
 *
 * Its batches cover all offsets from the first on, one behind the other, also those whose records
 * are gone: so a damaged offset is known from a gap, and readers meet no place without a batch.
 */
export class CleanedSegment {
  readonly #disk: Disk;
  readonly #place: CleanedPlace;
  readonly #file: DiskFile;
  readonly #builder = new BatchBuilder(batchBytes);
  #nextOffset: number;
  #deleteHorizonMs: number | undefined;
  #times: SegmentTimes;
  #isClosed = false;
  #isReleased = false;

  /** @throws {LogUnavailableError} When the file cannot be made. */
  constructor(disk: Disk, place: CleanedPlace) {
    this.#disk = disk;
    this.#place = place;
    this.#nextOffset = place.baseOffset;
    this.#times = noTimes(place.baseOffset);
    this.#file = disk.open(place.path);
    // What an earlier try has left.
    this.#file.truncate(0);
  }

  /** @throws {LogUnavailableError} When it cannot be written. */
  add({ record, offset, deleteHorizonMs }: KeptRecord): void {
    const isOther = deleteHorizonMs !== undefined && deleteHorizonMs !== this.#deleteHorizonMs;
    const isFull = this.#builder.sizeBytes + record.keyLength + record.valueLength > batchBytes;
    if (isOther || isFull || offset - this.#nextOffset > maxOffsetDelta) this.cut();
    if (isOther) this.#begin(deleteHorizonMs);
    this.#skipTo(offset);
    this.#builder.add(record, offset - this.#nextOffset);
  }

  /** Ends the batch that is being filled; what comes next has no horizon yet. */
  cut(): void {
    if (this.#builder.recordCount > 0) {
      const { leaderEpoch } = this.#place;
      const { maxTimestamp, recordCount, offsetCount } = this.#builder;
      const bytes = this.#builder.build({ baseOffset: this.#nextOffset, leaderEpoch });
      this.#write(bytes, { offsetCount, maxTimestamp, recordCount });
    }
    this.#begin(this.#deleteHorizonMs);
  }

  /** Forgets the horizon: the deletions to come have none. */
  forgetHorizon(): void {
    this.cut();
    this.#begin(undefined);
  }

  /** Writes the rest, up to where the segments end. */
  end(endOffset: number): KeptSegment {
    this.cut();
    while (this.#nextOffset < endOffset) this.#writeEmpty(endOffset);
    const { baseOffset, generation } = this.#place;
    const { sizeBytes, firstMs, maxMs } = this.#times;
    return { baseOffset, generation, sizeBytes, times: { firstMs, maxMs } };
  }

  /** Resolves when what was written survives a crash of the machine; then nothing is written. */
  async sync(): Promise<void> {
    await this.#file.sync();
    this.#close();
  }

  /** The log may have the file from now on: it is not to be removed. */
  release(): void {
    this.#isReleased = true;
  }

  /** Removes the file, as far as that is possible: otherwise the next opening does. */
  discard(): void {
    this.#close();
    if (this.#isReleased) return;
    try {
      this.#disk.remove(this.#place.path);
    } catch (cause) {
      if (!(cause instanceof LogUnavailableError)) throw cause;
    }
  }

  #begin(deleteHorizonMs: number | undefined): void {
    this.#deleteHorizonMs = deleteHorizonMs;
    this.#builder.clear(deleteHorizonMs);
  }

  /** Offsets without records that are more than the batch can skip. */
  #skipTo(offset: number): void {
    while (offset - this.#nextOffset > maxOffsetDelta) this.#writeEmpty(offset);
  }

  #writeEmpty(toOffset: number): void {
    const baseOffset = this.#nextOffset;
    const offsetCount = Math.min(toOffset - baseOffset, maxOffsetDelta);
    const { leaderEpoch } = this.#place;
    const bytes = emptyBatch({ baseOffset, lastOffset: baseOffset + offsetCount - 1, leaderEpoch });
    this.#write(bytes, { offsetCount, maxTimestamp: -1, recordCount: 0 });
  }

  #write(
    bytes: Uint8Array,
    batch: {
      readonly offsetCount: number;
      readonly maxTimestamp: number;
      readonly recordCount: number;
    },
  ): void {
    this.#file.write([bytes], this.#times.sizeBytes);
    const { maxTimestamp, recordCount, offsetCount } = batch;
    this.#nextOffset += offsetCount;
    this.#times = withBatch(this.#times, {
      baseTimestamp: maxTimestamp,
      maxTimestamp,
      recordCount,
      sizeBytes: bytes.length,
      lastOffset: this.#nextOffset - 1,
    });
  }

  #close(): void {
    if (!this.#isClosed) this.#file.close();
    this.#isClosed = true;
  }
}
