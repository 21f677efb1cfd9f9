import type { TopicPartition } from '../../record/topic-partition.ts';
import type { Appended, PartitionKept, PartitionNumber, SegmentSize } from './change.ts';

/** A file of batches, one behind the other. */
export interface Segment extends SegmentSize {
  readonly path: string;
  /** How many of its bytes belong to the log. */
  sizeBytes: number;
}

/** What the log has of one partition. */
export class PartitionState {
  readonly place: TopicPartition;
  readonly number: PartitionNumber;
  /** Where its segments are. */
  readonly directory: string;
  readonly segmentBytes: number | undefined;
  startOffset = 0;
  endOffset = 0;
  /** In offset order. The last one grows. */
  readonly segments: Segment[] = [];

  constructor(
    place: TopicPartition,
    topic: { readonly number: number; readonly directory: string; readonly segmentBytes?: number },
  ) {
    this.place = place;
    this.number = { topic: topic.number, partition: place.partition };
    this.directory = topic.directory;
    this.segmentBytes = topic.segmentBytes;
  }

  get lastSegment(): Segment | undefined {
    return this.segments.at(-1);
  }

  /** The offset behind the last record of a segment. */
  endOf(segment: Segment): number {
    const next = this.segments[this.segments.indexOf(segment) + 1];
    return next?.baseOffset ?? this.endOffset;
  }

  /** The segment that has the record; undefined at the end of the log. */
  segmentOf(offset: number): Segment | undefined {
    if (offset >= this.endOffset) return undefined;
    return this.segments.findLast((segment) => segment.baseOffset <= offset);
  }

  pathOf(baseOffset: number): string {
    return `${this.directory}/${this.place.partition}-${String(baseOffset).padStart(20, '0')}.log`;
  }

  append({ baseOffset, sizeBytes, endOffset }: Appended): void {
    const last = this.lastSegment;
    if (last?.baseOffset === baseOffset) last.sizeBytes = sizeBytes;
    else this.#addSegment({ baseOffset, sizeBytes });
    this.endOffset = endOffset;
  }

  keep({ startOffset, endOffset, segments }: PartitionKept): void {
    for (const segment of segments) this.#addSegment(segment);
    this.startOffset = startOffset;
    this.endOffset = endOffset;
  }

  /** Returns the segments that are of no use any more. */
  moveStart(startOffset: number): readonly Segment[] {
    this.startOffset = Math.max(this.startOffset, startOffset);
    const useful = this.segments.findIndex((segment) => this.endOf(segment) > this.startOffset);
    return this.segments.splice(0, useful < 0 ? this.segments.length : useful);
  }

  toChange(): PartitionKept {
    const { startOffset, endOffset } = this;
    const segments = this.segments.map(({ baseOffset, sizeBytes }) => ({ baseOffset, sizeBytes }));
    return { kind: 'partition', ...this.number, startOffset, endOffset, segments };
  }

  #addSegment({ baseOffset, sizeBytes }: SegmentSize): void {
    this.segments.push({ baseOffset, sizeBytes, path: this.pathOf(baseOffset) });
  }
}
