import { must } from '../../base/assert.ts';
import { builtInCompressions } from '../../compression/built-in-compressions.ts';
import { BatchColumns, checkedHeader, decodeBatch } from '../../log/batch-columns.ts';
import type { PartitionState, Segment } from '../state/partition-state.ts';
import { isTimed } from '../state/partition-state.ts';
import type { SegmentReader } from './segment-reader.ts';
import { type ReadPlace, type SegmentScan, startOf } from './segment-scan.ts';
import { withBatch } from './segment-times.ts';

// What is looked at in one turn of the event loop.
const learnBytes = 256 * 1024;

/** Finds records by their times. */
export class TimeSearch {
  readonly #scan: SegmentScan;
  readonly #reader: SegmentReader;
  readonly #columns = new BatchColumns();

  constructor(scan: SegmentScan, reader: SegmentReader) {
    this.#scan = scan;
    this.#reader = reader;
  }

  /**
   * Looks at some of the batches of a segment whose times are not all known, also at their CRCs:
   * what is removed by its time should have it. Returns whether all times are known now.
   *
   * @throws {LogDamagedError} When they are not what was written.
   */
  learn(partition: PartitionState, segment: Segment): boolean {
    const { sizeBytes: at, nextOffset: offset } = segment.times;
    if (isTimed(segment)) return true;
    const place = { partition, segment, offset, at };
    const { bytes } = must(
      this.#reader.read(partition, { offset, place }, learnBytes),
      'it is there',
    );
    const source = { ...partition.place, compressions: builtInCompressions };
    for (let next = 0; next < bytes.length; ) {
      const header = checkedHeader(bytes, next, source);
      segment.times = withBatch(segment.times, header);
      next += header.sizeBytes;
    }
    return isTimed(segment);
  }

  /**
   * The first offset whose record is not before `timestampMs`; undefined when there is none.
   *
   * @throws {LogDamagedError} When what must be read for it is damaged.
   */
  offsetAt(partition: PartitionState, timestampMs: number): number | undefined {
    for (const segment of partition.segments) {
      while (!this.learn(partition, segment));
      if (segment.times.maxMs < timestampMs) continue;
      const found = this.#inSegment(partition, segment, timestampMs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #inSegment(partition: PartitionState, segment: Segment, timestampMs: number): number | undefined {
    const from = this.#scan.indexOf(partition, segment).floorOfTime(timestampMs);
    let found: number | undefined;
    this.#scan.each({ ...startOf(partition, segment), ...from }, (header, place) => {
      if (header.recordCount === 0 || header.maxTimestamp < timestampMs) return 'go-on';
      found = this.#inBatch(place, header.sizeBytes, timestampMs);
      return found === undefined ? 'go-on' : 'stop';
    });
    return found;
  }

  #inBatch(place: ReadPlace, sizeBytes: number, timestampMs: number): number | undefined {
    const { partition } = place;
    const columns = this.#columns;
    const source = { ...partition.place, compressions: builtInCompressions };
    decodeBatch(this.#scan.bytesAt(place, sizeBytes), 0, columns, source);
    for (let index = 0; index < columns.count; index++) {
      const offset = columns.offsets[index] ?? -1;
      const isLate = (columns.timestamps[index] ?? -1) >= timestampMs;
      if (isLate && offset >= partition.startOffset) return offset;
    }
    return undefined;
  }
}
