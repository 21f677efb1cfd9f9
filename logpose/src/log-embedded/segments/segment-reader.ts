import { batchHeaderBytes } from '../../log/batch-header.ts';
import type { FetchedBatches } from '../../log/log-port.ts';
import type { PartitionState } from '../state/partition-state.ts';
import { BatchWalk } from './batch-walk.ts';
import { type ReadPlace, type SegmentScan, startOf } from './segment-scan.ts';

/** Whole batches, and where the next ones are. */
export interface BatchRun extends Pick<FetchedBatches, 'bytes' | 'nextOffset'> {
  readonly next: ReadPlace;
}

/** Reads batches from segments. */
export class SegmentReader {
  readonly #scan: SegmentScan;

  constructor(scan: SegmentScan) {
    this.#scan = scan;
  }

  /**
   * Batches of one segment from the one with `offset` on: as many as fit into `maxBytes`, at least
   * one. The bytes are the reader's own. Undefined at the end of the log.
   *
   * @throws {LogDamagedError} When the batches do not follow one another. Looks at no CRC.
   */
  read(
    partition: PartitionState,
    from: { readonly offset: number; readonly place?: ReadPlace | undefined },
    maxBytes: number,
  ): BatchRun | undefined {
    const { offset, place: known } = from;
    const segment = partition.segmentOf(offset);
    if (segment === undefined) return undefined;
    const goesOn = known?.segment === segment && known.offset === offset;
    const place = goesOn ? known : this.#find(startOf(partition, segment), offset);
    const run = this.#take(place, Math.min(maxBytes, segment.sizeBytes - place.at));
    if (run.nextOffset > place.offset) return run;
    return this.#take(place, this.#firstBytes(place, run.bytes));
  }

  /** The whole batches in the next `wanted` bytes. */
  #take(place: ReadPlace, wanted: number): BatchRun {
    const bytes = this.#scan.bytesAt(place, wanted);
    const walk = new BatchWalk(bytes, place.offset);
    for (;;) {
      const header = walk.peek();
      if (header === 'damaged') throw this.#scan.damaged({ ...place, offset: walk.nextOffset });
      if (header === undefined || walk.at + header.sizeBytes > bytes.length) break;
      walk.skip(header);
    }
    const { at, nextOffset } = walk;
    // Without a batch the bytes themselves are of use: its size is in them.
    const whole = at === 0 ? bytes : bytes.subarray(0, at);
    return { bytes: whole, nextOffset, next: { ...place, offset: nextOffset, at: place.at + at } };
  }

  /** How large the batch is that begins in `bytes`. */
  #firstBytes(place: ReadPlace, beginning: Uint8Array): number {
    const left = place.segment.sizeBytes - place.at;
    const bytes =
      beginning.length >= batchHeaderBytes
        ? beginning
        : this.#scan.bytesAt(place, Math.min(batchHeaderBytes, left));
    const header = new BatchWalk(bytes, place.offset).peek();
    if (header === undefined || header === 'damaged' || header.sizeBytes > left) {
      throw this.#scan.damaged(place);
    }
    return header.sizeBytes;
  }

  /** Where the batch begins that has the offset. */
  #find(start: ReadPlace, offset: number): ReadPlace {
    if (offset === start.offset) return start;
    const index = this.#scan.indexOf(start.partition, start.segment);
    let found = start;
    this.#scan.each({ ...start, ...index.floor(offset) }, (_header, place) => {
      if (place.offset > offset) return 'stop';
      found = place;
      return 'go-on';
    });
    return found;
  }
}
