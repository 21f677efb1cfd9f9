/**
 * When a punctuator runs: by stream time, by the wall clock, or at the times that a cron expression
 * names. Times that were missed are made up by one call.
 */
export type PunctuationSchedule = StreamTimeSchedule | WallClockSchedule | CronSchedule;

/** Each time stream time has reached another multiple of `everyMs`, counted from `anchorMs`. */
export interface StreamTimeSchedule {
  /** Milliseconds; whole, at least 1. */
  readonly everyMs: number;
  readonly time: 'stream';
  /** Milliseconds since 1970: the first time. Default 0. Source: KIP-1146. */
  readonly anchorMs?: number;
  /** There is nothing to name: stream time is kept anyway. */
  readonly name?: never;
}

/**
 * Each `everyMs` by the wall clock. A clock that is set back by more than `everyMs` is followed; by
 * less, the next call waits for it.
 */
export interface WallClockSchedule {
  /** Milliseconds; whole, at least 1. */
  readonly everyMs: number;
  readonly time: 'wall-clock';
  /**
   * Milliseconds since 1970: the first time, or, when it has passed, what the times are counted
   * from. Default: from when the schedule begins. Source: KIP-1146.
   */
  readonly anchorMs?: number;
  /**
   * Keeps the schedule beside the committed offsets, so that it goes on across a restart, an abort
   * and a move to another instance: a time that passed meanwhile is made up by one call. Unique
   * within a task. Without it the schedule begins anew whenever its task is opened.
   */
  readonly name?: string;
}

/**
 * When the clocks of a zone show a time that the expression matches: minute, hour, day of the
 * month, month, day of the week, with seconds in front of them if there are six fields.
 *
 * Where clocks are put forward, a time of the day that is left out runs when they have been;
 * where they are put back, one that comes twice runs at the first. Schedules with `*` or a step in
 * minutes or hours go on with what the clock shows. A clock that is set back by up to three hours
 * repeats nothing.
 */
export interface CronSchedule {
  /** `'0 9 * * *'`: each day at nine. Also `L`, `W`, `#`, names of months and days, `@daily`. */
  readonly cron: string;
  /** IANA name: `'Asia/Seoul'`. */
  readonly zone: string;
  /** As for `WallClockSchedule`: keeps the schedule across a restart. */
  readonly name?: string;
}

/** What is wrong with a schedule; its expression and zone are looked at by who reads them. */
export function* problemsOfSchedule(schedule: PunctuationSchedule): Generator<string> {
  if ('cron' in schedule) {
    if (typeof schedule.cron !== 'string') yield 'cron must be an expression such as "0 9 * * *"';
    if (typeof schedule.zone !== 'string') {
      yield `cron "${String(schedule.cron)}" needs a zone, as in { cron, zone: 'Asia/Seoul' }`;
    }
  } else {
    yield* problemsOfInterval(schedule);
  }
  if (schedule.name !== undefined) yield* problemsOfName(schedule.name);
}

function* problemsOfInterval(schedule: StreamTimeSchedule | WallClockSchedule) {
  const { everyMs, anchorMs, time } = schedule;
  if (time !== 'stream' && time !== 'wall-clock') {
    yield `a schedule's time is 'stream' or 'wall-clock', not ${JSON.stringify(time)}`;
  }
  if (!Number.isSafeInteger(everyMs) || everyMs < 1) {
    yield `everyMs is ${everyMs} and must be a whole number of milliseconds, at least 1`;
  }
  if (anchorMs !== undefined && (!Number.isSafeInteger(anchorMs) || anchorMs < 0)) {
    yield `anchorMs is ${anchorMs} and must be a whole number of milliseconds since 1970`;
  }
  if (time === 'stream' && schedule.name !== undefined) {
    yield 'a schedule of stream time needs no name: stream time is kept anyway';
  }
}

// What is kept beside an offset may have 4,096 characters on a broker.
const maxNameLength = 100;

function* problemsOfName(name: string) {
  if (typeof name === 'string' && /^[a-zA-Z0-9._-]+$/.test(name) && name.length <= maxNameLength) {
    return;
  }
  yield `a schedule's name has 1 to ${maxNameLength} letters, digits, ".", "_" and "-", ` +
    `unlike ${JSON.stringify(name)}`;
}
