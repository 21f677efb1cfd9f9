import type { ResourceLimits } from 'node:worker_threads';

/** What worker threads may take. */
export interface ThreadLimits {
  /** So many workers are replaced within the window: what fails again and again is no accident. */
  readonly maxReplacements: number;
  readonly replacementWindowMs: number;
  /** How long an abandoned thread may take to let go of its files before it is terminated. */
  readonly terminateAfterMs: number;
  /** How long the others may take to close when one worker has failed the application. */
  readonly closeOthersMs: number;
  /** Default: Node's. */
  readonly resourceLimits?: ResourceLimits;
}

export const defaultThreadLimits: ThreadLimits = {
  maxReplacements: 5,
  replacementWindowMs: 60_000,
  terminateAfterMs: 1000,
  closeOthersMs: 30_000,
};
