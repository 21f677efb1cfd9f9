import type { TopicPartition } from '../../record/topic-partition.ts';
import { noTimes, type SegmentTimes } from '../segments/segment-times.ts';
import type {
  Appended,
  KeptSegment,
  PartitionKept,
  PartitionNumber,
  SegmentSize,
  SegmentsCleaned,
} from './change.ts';
import type { TopicRules } from './topic-rules.ts';

/** A file of batches, one behind the other. */
export interface Segment extends SegmentSize {
  readonly path: string;
  /** How many of its bytes belong to the log. */
  sizeBytes: number;
  /** How often it was cleaned. */
  readonly generation: number;
  /** Of its first bytes; of all of them only when somebody has looked, or saw them written. */
  times: SegmentTimes;
}

/** Whether all times in a segment are known. */
export function isTimed({ times, sizeBytes }: Segment): boolean {
  return times.sizeBytes === sizeBytes;
}

/** What the log has of one partition. */
export class PartitionState {
  readonly place: TopicPartition;
  readonly number: PartitionNumber;
  /** Where its segments are. */
  readonly directory: string;
  readonly rules: TopicRules;
  startOffset = 0;
  endOffset = 0;
  /** Below this offset compaction has been. */
  cleanOffset = 0;
  /** In offset order, without gaps. The last one grows, unless it is closed. */
  readonly segments: Segment[] = [];
  #closed: Segment | undefined;

  constructor(
    place: TopicPartition,
    topic: {
      readonly number: number;
      readonly directory: string;
      readonly rules: TopicRules;
    },
  ) {
    this.place = place;
    this.number = { topic: topic.number, partition: place.partition };
    this.directory = topic.directory;
    this.rules = topic.rules;
  }

  get lastSegment(): Segment | undefined {
    return this.segments.at(-1);
  }

  /** Whether the next records begin another segment. */
  get isLastClosed(): boolean {
    const last = this.lastSegment;
    return last !== undefined && (last === this.#closed || last.generation > 0);
  }

  /** Nothing is added to the last segment any more. The next opening may forget it. */
  closeLast(): void {
    this.#closed = this.lastSegment;
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

  pathOf(baseOffset: number, generation = 0): string {
    const offset = String(baseOffset).padStart(20, '0');
    const cleaned = generation === 0 ? '' : `.${generation}`;
    return `${this.directory}/${this.place.partition}-${offset}${cleaned}.log`;
  }

  append({ baseOffset, sizeBytes, endOffset }: Appended): void {
    const last = this.lastSegment;
    if (last?.baseOffset === baseOffset) last.sizeBytes = sizeBytes;
    else this.segments.push(this.#segment({ baseOffset, sizeBytes, generation: 0 }));
    this.endOffset = endOffset;
  }

  keep({ startOffset, endOffset, cleanOffset, segments }: PartitionKept): void {
    this.segments.push(...this.#toSegments(segments, endOffset));
    this.startOffset = startOffset;
    this.endOffset = endOffset;
    this.cleanOffset = cleanOffset;
  }

  /** Returns the segments that are of no use any more. */
  moveStart(startOffset: number): readonly Segment[] {
    this.startOffset = Math.max(this.startOffset, startOffset);
    const useful = this.segments.findIndex((segment) => this.endOf(segment) > this.startOffset);
    return this.segments.splice(0, useful < 0 ? this.segments.length : useful);
  }

  /** Returns the segments that are of no use any more. */
  clean({ cleanOffset, replaced, segments }: SegmentsCleaned): readonly Segment[] {
    const first = this.segments.findIndex(({ baseOffset }) => baseOffset === replaced[0]);
    const endOffset = this.segments[first + replaced.length]?.baseOffset ?? this.endOffset;
    this.cleanOffset = cleanOffset;
    const added = this.#toSegments(segments, endOffset);
    return this.segments.splice(first, replaced.length, ...added);
  }

  toChange(): PartitionKept {
    const { startOffset, endOffset, cleanOffset } = this;
    const segments = this.segments.map(keptOf);
    return { kind: 'partition', ...this.number, startOffset, endOffset, cleanOffset, segments };
  }

  #toSegments(kept: readonly KeptSegment[], endOffset: number): readonly Segment[] {
    return kept.map((each, index) => {
      const { sizeBytes, times } = each;
      const segment = this.#segment(each);
      const nextOffset = kept[index + 1]?.baseOffset ?? endOffset;
      if (times !== undefined) segment.times = { ...times, sizeBytes, nextOffset };
      return segment;
    });
  }

  #segment({ baseOffset, sizeBytes, generation }: Omit<KeptSegment, 'times'>): Segment {
    const path = this.pathOf(baseOffset, generation);
    return { baseOffset, sizeBytes, generation, path, times: noTimes(baseOffset) };
  }
}

function keptOf(segment: Segment): KeptSegment {
  const { baseOffset, sizeBytes, generation, times } = segment;
  const { firstMs, maxMs } = times;
  const known = isTimed(segment) ? { firstMs, maxMs } : undefined;
  return { baseOffset, sizeBytes, generation, times: known };
}
