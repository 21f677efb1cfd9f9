import type { StreamsError } from '../errors/streams-error.ts';
import type { Metric } from '../runtime/metrics.ts';
import type { RestoreProgress } from '../runtime/worker/worker-listeners.ts';
import type { DroppedRecords } from './events.ts';

/** What runs an application's tasks: a worker of this thread, or worker threads. */
export interface TaskRunner {
  /** Resolves when the tasks are on their way. When it fails, nothing is held any more. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Commits what is processed and lets go of everything. */
  close(how: { readonly timeoutMs: number; readonly leaveGroup: 'yes' | 'no' }): Promise<void>;
  /** The crash. Resolves when files are let go of. */
  abandon(): Promise<void>;
  /** Resolves when what the log holds now, and what comes of it, is processed and committed. */
  untilEnd(): Promise<void>;
  metrics(): readonly Metric[];
}

/** Who hears of what happens in a runner. */
export interface RunnerListeners {
  dropped(dropped: DroppedRecords): void;
  restoring(progress: RestoreProgress): void;
  /** Tasks are being restored, or all of them run. */
  moved(to: 'restoring' | 'running'): void;
  rebalanced(tasks: readonly string[]): void;
  /** Something went wrong, and the runner goes on. */
  recovered(error: StreamsError): void;
  /** The runner has ended, and why. */
  failed(error: Error): void;
}
