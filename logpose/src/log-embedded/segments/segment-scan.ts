import type { LogDamagedError } from '../../errors/log-errors.ts';
import type { BatchHeader } from '../../log/batch-header.ts';
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

/** The beginning of a segment. */
export function startOf(partition: PartitionState, segment: Segment): ReadPlace {
  return { partition, segment, offset: segment.baseOffset, at: 0 };
}

/** What segments are looked through with. */
export interface ScanParts {
  readonly disk: Disk;
  readonly files: OpenFiles;
  readonly indexes: SegmentIndexes;
}

/** Goes over the headers of a segment's batches. */
export class SegmentScan {
  readonly #parts: ScanParts;

  constructor(parts: ScanParts) {
    this.#parts = parts;
  }

  /**
   * Tells of each batch and where it begins, until the segment ends or `see` has seen enough.
   *
   * @throws {LogDamagedError} When the batches do not follow one another.
   */
  each(start: ReadPlace, see: (header: BatchHeader, place: ReadPlace) => 'go-on' | 'stop'): void {
    const { sizeBytes } = start.segment;
    for (let place = start; place.at < sizeBytes; ) {
      const bytes = this.bytesAt(place, Math.min(searchBytes, sizeBytes - place.at));
      const walk = new BatchWalk(bytes, place.offset);
      const here = (): ReadPlace => ({ ...place, offset: walk.nextOffset, at: place.at + walk.at });
      for (let header = walk.peek(); header !== undefined; header = walk.peek()) {
        if (header === 'damaged') throw this.damaged(here());
        if (see(header, here()) === 'stop') return;
        walk.skip(header);
      }
      if (walk.at === 0) throw this.damaged(place);
      place = here();
    }
  }

  /** The segment's index, made when there is none. */
  indexOf(partition: PartitionState, segment: Segment): SegmentIndex {
    const known = this.#parts.indexes.find(segment.path);
    if (known !== undefined) return known;
    const index = new SegmentIndex(segment.baseOffset);
    this.each(startOf(partition, segment), ({ maxTimestamp, recordCount }, { offset, at }) => {
      index.note({ baseOffset: offset, at, maxTimestamp: recordCount === 0 ? -1 : maxTimestamp });
      return 'go-on';
    });
    this.#parts.indexes.add(segment.path, index);
    return index;
  }

  /** @throws {LogDamagedError} When the segment has not as many. */
  bytesAt(place: ReadPlace, count: number): Uint8Array {
    const bytes = Buffer.allocUnsafeSlow(count);
    if (this.#parts.files.at(place.segment.path).read(bytes, place.at) === count) return bytes;
    throw this.damaged(place, 'a segment is shorter than it was');
  }

  damaged(place: ReadPlace, what = 'batches do not follow one another'): LogDamagedError {
    const position = { ...place.partition.place, offset: place.offset };
    return damagedAt(what, position, this.#parts.disk.locate(place.segment.path));
  }
}
