import type { LogDamagedError } from '../../errors/log-errors.ts';
import { batchHeaderBytes } from '../../log/batch-header.ts';
import type { FetchedBatches } from '../../log/log-port.ts';
import { damagedAt } from '../disk/damage.ts';
import type { Disk } from '../disk/disk.ts';
import type { PartitionState, Segment } from '../state/partition-state.ts';
import { BatchWalk } from './batch-walk.ts';
import type { OpenFiles } from './open-files.ts';
import { SegmentIndex, type SegmentIndexes } from './segment-index.ts';

// What a search reads at once.
const searchBytes = 256 * 1024;

/** Where a reader goes on: saves the search. */
export interface ReadPlace {
  readonly segment: Segment;
  readonly offset: number;
  readonly at: number;
}

/** Whole batches, and where the next ones are. */
export interface BatchRun extends Pick<FetchedBatches, 'bytes' | 'nextOffset'> {
  readonly next: ReadPlace;
}

/** Reads batches from segments. */
export class SegmentReader {
  readonly #disk: Disk;
  readonly #files: OpenFiles;
  readonly #indexes: SegmentIndexes;

  constructor(parts: { disk: Disk; files: OpenFiles; indexes: SegmentIndexes }) {
    this.#disk = parts.disk;
    this.#files = parts.files;
    this.#indexes = parts.indexes;
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
    const { offset } = from;
    const segment = partition.segmentOf(offset);
    if (segment === undefined) return undefined;
    const place = isOf(from.place, segment, offset)
      ? from.place
      : this.#find(partition, segment, offset);
    const wanted = Math.min(maxBytes, segment.sizeBytes - place.at);
    const run = this.#take(partition, place, wanted);
    if (run.nextOffset > place.offset) return run;
    return this.#take(partition, place, this.#firstBytes(partition, place, run.bytes));
  }

  /** The whole batches in the next `wanted` bytes. */
  #take(partition: PartitionState, place: ReadPlace, wanted: number): BatchRun {
    const bytes = this.#bytesAt(partition, place, wanted);
    const walk = new BatchWalk(bytes, place.offset);
    for (;;) {
      const header = walk.peek();
      if (header === 'damaged') throw this.#damaged(partition, place.segment, walk.nextOffset);
      if (header === undefined || walk.at + header.sizeBytes > bytes.length) break;
      walk.skip(header);
    }
    const { at, nextOffset } = walk;
    // Without a batch the bytes themselves are of use: its size is in them.
    const whole = at === 0 ? bytes : bytes.subarray(0, at);
    const next = { segment: place.segment, offset: nextOffset, at: place.at + at };
    return { bytes: whole, nextOffset, next };
  }

  /** How large the batch is that begins in `bytes`. */
  #firstBytes(partition: PartitionState, place: ReadPlace, beginning: Uint8Array): number {
    const { segment } = place;
    const left = segment.sizeBytes - place.at;
    const bytes =
      beginning.length >= batchHeaderBytes
        ? beginning
        : this.#bytesAt(partition, place, Math.min(batchHeaderBytes, left));
    const header = new BatchWalk(bytes, place.offset).peek();
    if (header === undefined || header === 'damaged' || header.sizeBytes > left) {
      throw this.#damaged(partition, segment, place.offset);
    }
    return header.sizeBytes;
  }

  /** Where the batch begins that has the offset. */
  #find(partition: PartitionState, segment: Segment, offset: number): ReadPlace {
    const index = this.#indexes.find(segment.path) ?? this.#makeIndex(partition, segment);
    let found = startOf(segment);
    const from = index.floor(offset);
    this.#scan(partition, { segment, ...from }, (place) => {
      if (place.offset > offset) return 'stop';
      found = place;
      return 'go-on';
    });
    return found;
  }

  #makeIndex(partition: PartitionState, segment: Segment): SegmentIndex {
    const index = new SegmentIndex(segment.baseOffset);
    this.#scan(partition, startOf(segment), (place) => {
      index.note(place.offset, place.at);
      return 'go-on';
    });
    this.#indexes.add(segment.path, index);
    return index;
  }

  /** Tells where each batch begins, until the segment ends or `see` has seen enough. */
  #scan(
    partition: PartitionState,
    start: ReadPlace,
    see: (place: ReadPlace) => 'go-on' | 'stop',
  ): void {
    const { segment } = start;
    let { at, offset } = start;
    while (at < segment.sizeBytes) {
      const wanted = Math.min(searchBytes, segment.sizeBytes - at);
      const bytes = this.#bytesAt(partition, { segment, offset, at }, wanted);
      const walk = new BatchWalk(bytes, offset);
      for (let header = walk.peek(); header !== undefined; header = walk.peek()) {
        if (header === 'damaged') throw this.#damaged(partition, segment, walk.nextOffset);
        const place = { segment, offset: walk.nextOffset, at: at + walk.at };
        if (see(place) === 'stop') return;
        walk.skip(header);
      }
      if (walk.at === 0) throw this.#damaged(partition, segment, walk.nextOffset);
      at += walk.at;
      offset = walk.nextOffset;
    }
  }

  #bytesAt(
    partition: PartitionState,
    { segment, offset, at }: ReadPlace,
    count: number,
  ): Uint8Array {
    const bytes = Buffer.allocUnsafeSlow(count);
    const found = this.#files.at(segment.path).read(bytes, at);
    if (found === count) return bytes;
    throw this.#damaged(partition, segment, offset, 'a segment is shorter than it was');
  }

  #damaged(
    partition: PartitionState,
    segment: Segment,
    offset: number,
    what = 'batches do not follow one another',
  ): LogDamagedError {
    return damagedAt(what, { ...partition.place, offset }, this.#disk.locate(segment.path));
  }
}

function startOf(segment: Segment): ReadPlace {
  return { segment, offset: segment.baseOffset, at: 0 };
}

function isOf(place: ReadPlace | undefined, segment: Segment, offset: number): place is ReadPlace {
  return place !== undefined && place.segment === segment && place.offset === offset;
}
