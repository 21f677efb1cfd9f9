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

/** Where a batch begins. A reader that knows where it goes on saves the search. */
export interface ReadPlace {
  readonly partition: PartitionState;
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
    const bytes = this.#bytesAt(place, wanted);
    const walk = new BatchWalk(bytes, place.offset);
    for (;;) {
      const header = walk.peek();
      if (header === 'damaged') throw this.#damaged({ ...place, offset: walk.nextOffset });
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
        : this.#bytesAt(place, Math.min(batchHeaderBytes, left));
    const header = new BatchWalk(bytes, place.offset).peek();
    if (header === undefined || header === 'damaged' || header.sizeBytes > left) {
      throw this.#damaged(place);
    }
    return header.sizeBytes;
  }

  /** Where the batch begins that has the offset. */
  #find(start: ReadPlace, offset: number): ReadPlace {
    const index = this.#indexes.find(start.segment.path) ?? this.#makeIndex(start);
    let found = start;
    this.#scan({ ...start, ...index.floor(offset) }, (place) => {
      if (place.offset > offset) return 'stop';
      found = place;
      return 'go-on';
    });
    return found;
  }

  #makeIndex(start: ReadPlace): SegmentIndex {
    const index = new SegmentIndex(start.offset);
    this.#scan(start, (place) => {
      index.note(place.offset, place.at);
      return 'go-on';
    });
    this.#indexes.add(start.segment.path, index);
    return index;
  }

  /** Tells where each batch begins, until the segment ends or `see` has seen enough. */
  #scan(start: ReadPlace, see: (place: ReadPlace) => 'go-on' | 'stop'): void {
    const { sizeBytes } = start.segment;
    for (let place = start; place.at < sizeBytes; ) {
      const bytes = this.#bytesAt(place, Math.min(searchBytes, sizeBytes - place.at));
      const walk = new BatchWalk(bytes, place.offset);
      const here = (): ReadPlace => ({ ...place, offset: walk.nextOffset, at: place.at + walk.at });
      for (let header = walk.peek(); header !== undefined; header = walk.peek()) {
        if (header === 'damaged') throw this.#damaged(here());
        if (see(here()) === 'stop') return;
        walk.skip(header);
      }
      if (walk.at === 0) throw this.#damaged(place);
      place = here();
    }
  }

  #bytesAt(place: ReadPlace, count: number): Uint8Array {
    const bytes = Buffer.allocUnsafeSlow(count);
    if (this.#files.at(place.segment.path).read(bytes, place.at) === count) return bytes;
    throw this.#damaged(place, 'a segment is shorter than it was');
  }

  #damaged(place: ReadPlace, what = 'batches do not follow one another'): LogDamagedError {
    const position = { ...place.partition.place, offset: place.offset };
    return damagedAt(what, position, this.#disk.locate(place.segment.path));
  }
}

function startOf(partition: PartitionState, segment: Segment): ReadPlace {
  return { partition, segment, offset: segment.baseOffset, at: 0 };
}
