/** What a schedule runs by: from what is settled follows when the next call is due. */
export interface Timetable {
  /** The first time after what is settled; infinite when there is none. */
  next(settledMs: number): number;
  /** What is settled by a call that was due at `dueMs` and runs now. */
  settled(dueMs: number, nowMs: number): number;
  /** A clock that stands this far before what is settled, or less, is waited for. */
  readonly maxSetBackMs: number;
}

/** The times that an expression names: what `ReadCron` gives. */
export interface CronTimes {
  /** The first of them after a time; infinite when there is none. */
  after(timeMs: number): number;
}

/**
 * Reads a cron expression.
 *
 * @throws {ConfigError} When the expression or the zone cannot be read, with both.
 */
export type ReadCron = (expression: string, zone: string) => CronTimes;

/** Every `everyMs`, counted from an anchor; without one, from what is settled. */
export function interval(everyMs: number, anchorMs?: number): Timetable {
  return {
    maxSetBackMs: everyMs,
    next: (settledMs) => {
      if (anchorMs === undefined) return settledMs + everyMs;
      if (settledMs < anchorMs) return anchorMs;
      return anchorMs + (Math.floor((settledMs - anchorMs) / everyMs) + 1) * everyMs;
    },
    settled: (dueMs, nowMs) => dueMs + Math.floor((nowMs - dueMs) / everyMs) * everyMs,
  };
}

const maxCronSetBackMs = 3 * 3_600_000;

/** The times of a cron expression. */
export function named(times: CronTimes): Timetable {
  return {
    maxSetBackMs: maxCronSetBackMs,
    next: (settledMs) => times.after(settledMs),
    settled: (_dueMs, nowMs) => nowMs,
  };
}

/** What is settled by a clock that may have been set back since: then it goes by the clock. */
export function settledBy({ maxSetBackMs }: Timetable, settledMs: number, nowMs: number): number {
  return nowMs < settledMs - maxSetBackMs ? nowMs : settledMs;
}
