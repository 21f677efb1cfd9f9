import type { StreamsError } from '../../errors/streams-error.ts';
import type { DroppedRecord } from '../task/task-parts.ts';

/** How far one partition of a store is from being usable. */
export interface RestoreProgress {
  readonly store: string;
  readonly partition: number;
  /** Changelog records still to be read; 0: restored. */
  readonly lag: number;
}

/** Who hears of what happens in a worker. */
export interface WorkerListeners {
  dropped(record: DroppedRecord): void;
  restoring(progress: RestoreProgress): void;
  /** Tasks are being restored, or all of them run. */
  moved(to: 'restoring' | 'running'): void;
  /** The group has given out the tasks anew: these are the worker's from now on. */
  rebalanced(tasks: readonly string[]): void;
  /** A transaction is in the log. */
  committed?(): void;
  /** Something went wrong, and the worker goes on. */
  recovered(error: StreamsError): void;
  /** The worker has ended, and why. */
  failed(error: Error): void;
}
