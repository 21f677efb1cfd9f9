import type { Clock } from '../../base/clock.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import type { Compressions } from '../../log/compression.ts';
import type { CommittedOffset } from '../../log/log-port.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { OpenStore } from '../../store/open-store.ts';
import type { DropReason } from '../../topology/processor.ts';
import type { AnyValue, Subtopology } from '../../topology/topology.ts';
import type { FailurePolicies } from '../failure-policy.ts';
import type { Counters } from '../metrics.ts';
import type { TaskOutput } from './output.ts';
import type { RecordInHand } from './record-in-hand.ts';
import type { ReadCron } from './timetable.ts';

/** A store whatever its types. */
export type AnyOpenStore = OpenStore<AnyValue, AnyValue, AnyValue>;

/** What a task is opened with. */
export interface TaskParts {
  /** `subtopology_partition`. */
  readonly id: string;
  readonly subtopology: Subtopology;
  readonly inputs: readonly TaskInput[];
  /** The subtopology's stores by name, restored and without uncommitted rows. */
  readonly stores: ReadonlyMap<string, TaskStore>;
  /** The one that the stores were opened with. */
  readonly hand: RecordInHand;
  readonly output: TaskOutput;
  /** Turns topic names of the plan into those of the log (`topicNaming`). */
  readonly topicName: (planned: string) => string;
  /** Repartition topics of the plan: they carry null whatever their serdes. */
  readonly isInternal: (planned: string) => boolean;
  readonly settings: TaskSettings;
  readonly compressions: Compressions;
  readonly readCron: ReadCron;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly listeners: TaskListeners;
  /**
   * Where an input's readable log ends, as far as is known: what tells an empty queue that is
   * caught up from one whose records are still to be fetched. Undefined: not known yet.
   */
  readonly endOffset: (input: TopicPartition) => number | undefined;
}

/** One partition that a task reads, and where from. */
export interface TaskInput extends TopicPartition {
  /** Name of the source node that reads it. */
  readonly source: string;
  /** The committed offset, or where a reader without one begins. */
  readonly startOffset: number;
  /** What was committed beside the offset; empty without a committed offset. */
  readonly metadata: string;
}

/** A store and where its changes go. */
export interface TaskStore {
  readonly store: AnyOpenStore;
  /** Undefined: changes are not written down (`changelog: 'none'`, or the source topic is it). */
  readonly changelog: TopicPartition | undefined;
}

/** How a task behaves. */
export interface TaskSettings {
  /** When tables send updates on, where their store does not say. */
  readonly emit: 'each-commit' | 'each-change';
  /**
   * How long to wait for an empty input that is caught up; one that is known to have more, or of
   * which nothing is known, is always waited for. −1: never wait.
   */
  readonly maxTaskIdleMs: number;
  /** Per input: from here on `isFull` says that nothing more should be fetched. */
  readonly maxBufferedBytes: number;
  readonly policies: FailurePolicies;
  /** Default `'checked'`. `'trusted'`: the log has checked what it hands over. */
  readonly crc?: 'checked' | 'trusted';
}

/** Who hears of what happens in a task. */
export interface TaskListeners {
  /** Each record left out; counted already. */
  dropped(drop: DroppedRecord): void;
  /** Undefined outside of simulations. */
  readonly observer?: TaskObserver;
}

/** Writes down in which order a task takes its records: what a recomputation follows. */
export interface TaskObserver {
  /** The task is about to process this record. */
  taken(taskId: string, position: RecordPosition): void;
  /** What the task took and did not begin to commit counts as not taken. */
  closed(taskId: string): void;
}

/** A record that was left out. */
export interface DroppedRecord {
  readonly node: string;
  readonly reason: DropReason;
  /** Undefined in a punctuator and while a commit sends updates on. */
  readonly position: RecordPosition | undefined;
}

/** The synchronous half of a commit; the records are in the task's output. */
export interface TaskCommit {
  /** Next offset to read of each input that moved, and what is kept beside it. */
  readonly offsets: readonly CommittedOffset[];
}
