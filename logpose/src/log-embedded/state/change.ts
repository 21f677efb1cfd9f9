import type { CommittedOffset, TopicDescription } from '../../log/log-port.ts';
import type { SegmentTimes } from '../segments/segment-times.ts';

/** One step of what a log knows. A journal holds nothing but these; all of them are its state. */
export type Change =
  | Opened
  | Closed
  | TopicCreated
  | TopicDeleted
  | Appended
  | StartMoved
  | OffsetCommitted
  | ProducerRaised
  | PartitionKept
  | SegmentsCleaned;

/** A process has begun to write this journal. */
export interface Opened {
  readonly kind: 'opened';
  readonly bootId: string;
  readonly leaderEpoch: number;
  readonly nextTopicNumber: number;
}

/** Everything is synced, and nothing comes behind this. */
export interface Closed {
  readonly kind: 'closed';
}

export interface TopicCreated extends TopicDescription {
  readonly kind: 'topic-created';
  /** Names the topic in the journal and in paths; never given out twice. */
  readonly number: number;
}

export interface TopicDeleted {
  readonly kind: 'topic-deleted';
  readonly number: number;
}

/** A segment has grown: records up to `endOffset` are in its first `sizeBytes`. */
export interface Appended extends PartitionNumber {
  readonly kind: 'appended';
  /** The segment, by its first offset. */
  readonly baseOffset: number;
  readonly sizeBytes: number;
  readonly endOffset: number;
}

/** Records below `startOffset` are given up. */
export interface StartMoved extends PartitionNumber {
  readonly kind: 'start-moved';
  readonly startOffset: number;
}

export interface OffsetCommitted {
  readonly kind: 'offset';
  readonly groupId: string;
  readonly offset: CommittedOffset;
}

export interface ProducerRaised {
  readonly kind: 'producer';
  readonly transactionalId: string;
  readonly epoch: number;
}

/** What a partition has when a journal begins. */
export interface PartitionKept extends PartitionNumber {
  readonly kind: 'partition';
  readonly startOffset: number;
  readonly endOffset: number;
  /** Below this offset compaction has been. */
  readonly cleanOffset: number;
  readonly segments: readonly KeptSegment[];
}

/** Segments are replaced by others that have the same offsets, in fewer records. */
export interface SegmentsCleaned extends PartitionNumber {
  readonly kind: 'segments-cleaned';
  readonly cleanOffset: number;
  /** Those that go, by their first offsets. */
  readonly replaced: readonly number[];
  readonly segments: readonly KeptSegment[];
}

export interface SegmentSize {
  readonly baseOffset: number;
  readonly sizeBytes: number;
}

/** A segment, and what is known of it. */
export interface KeptSegment extends SegmentSize {
  /** How often it was cleaned: its file has another name each time. */
  readonly generation: number;
  /** Undefined: not known. */
  readonly times: Pick<SegmentTimes, 'firstMs' | 'maxMs'> | undefined;
}

/** A partition, by its topic's number. */
export interface PartitionNumber {
  readonly topic: number;
  readonly partition: number;
}
