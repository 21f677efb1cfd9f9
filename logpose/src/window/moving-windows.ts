import { problemOfDuration, refuseProblems } from './problem-of-duration.ts';
import type { SessionWindows, TimeWindows } from './window.ts';

/** Sliding windows as operators see them: they start where records are, not at fixed times. */
export interface SlidingWindows extends TimeWindows {
  readonly kind: 'sliding';
  readonly differenceMs: number;
}

/**
 * A window for each set of records at most `differenceMs` apart. Both ends inclusive.
 *
 * @throws {ConfigError} When `differenceMs < 0` or `graceMs < 0`.
 */
export function sliding(options: {
  readonly differenceMs: number;
  readonly graceMs: number;
}): TimeWindows {
  const { differenceMs, graceMs } = options;
  refuseProblems([
    problemOfDuration('differenceMs', differenceMs, 0),
    problemOfDuration('graceMs', graceMs, 0),
  ]);
  const windows: SlidingWindows = { kind: 'sliding', differenceMs, graceMs };
  return Object.freeze(windows);
}

/**
 * Two records of a key are in one session when at most `gapMs` apart.
 *
 * @throws {ConfigError} When `gapMs < 1` or `graceMs < 0`.
 */
export function session(options: {
  readonly gapMs: number;
  readonly graceMs: number;
}): SessionWindows {
  const { gapMs, graceMs } = options;
  refuseProblems([problemOfDuration('gapMs', gapMs, 1), problemOfDuration('graceMs', graceMs, 0)]);
  return Object.freeze({ kind: 'session', gapMs, graceMs });
}
