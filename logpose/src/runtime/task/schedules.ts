import { ConfigError } from '../../errors/config-errors.ts';
import type { Cancel } from '../../topology/processor.ts';
import {
  type CronSchedule,
  type PunctuationSchedule,
  problemsOfSchedule,
  type StreamTimeSchedule,
  type WallClockSchedule,
} from '../../topology/punctuation.ts';
import type { TaskParts } from './task-parts.ts';
import type { TaskState } from './task-state.ts';
import { interval, named, settledBy, type Timetable } from './timetable.ts';

/**
 * What processors schedule. Children are made before their parents, but what they schedule while
 * the task opens begins in the order of the plan: of punctuations due at once, that decides.
 */
export class Schedules {
  readonly #parts: Pick<TaskParts, 'id' | 'readCron'>;
  readonly #state: TaskState;
  readonly #opening = new Map<string, (() => void)[]>();
  readonly #begun = new Set<string>();

  constructor(parts: Pick<TaskParts, 'id' | 'readCron'>, state: TaskState) {
    this.#parts = parts;
    this.#state = state;
  }

  /**
   * A schedule of a node. Its first time is worked out when it begins.
   *
   * @throws {ConfigError} When it cannot be, with every problem.
   */
  add(node: string, schedule: PunctuationSchedule, run: (nowMs: number) => void): Cancel {
    const problems = [...problemsOfSchedule(schedule)];
    if (problems.length > 0) {
      throw new ConfigError(problems.map((problem) => `processor ${node}: ${problem}`));
    }
    const begin =
      'time' in schedule && schedule.time === 'stream'
        ? this.#byStreamTime(schedule, run)
        : this.#byWallClock(schedule, run);
    return this.#begun.has(node) ? begin('now') : this.#later(node, begin);
  }

  begin(node: string): void {
    this.#begun.add(node);
    for (const schedule of this.#opening.get(node) ?? []) schedule();
    this.#opening.delete(node);
  }

  #later(node: string, schedule: Begin): Cancel {
    let cancel: Cancel | undefined;
    let cancelled = false;
    const begin = () => {
      if (!cancelled) cancel = schedule('restored');
    };
    const waiting = this.#opening.get(node);
    if (waiting === undefined) this.#opening.set(node, [begin]);
    else waiting.push(begin);
    return () => {
      cancelled = true;
      cancel?.();
    };
  }

  #byStreamTime({ everyMs, anchorMs = 0 }: StreamTimeSchedule, run: Run): Begin {
    const timetable = interval(everyMs, anchorMs);
    return (begins) => {
      // What was due up to the restored time has run; without one it runs as soon as there is.
      const restored = begins === 'restored' ? this.#state.streamTimeMs() : undefined;
      const settledMs = restored ?? Number.NEGATIVE_INFINITY;
      return this.#state.streamTime.add({ timetable, settledMs, run });
    };
  }

  #byWallClock(schedule: WallClockSchedule | CronSchedule, run: Run): Begin {
    const timetable = this.#timetable(schedule);
    const { name } = schedule;
    if (name !== undefined) return () => this.#kept(name, timetable, run);
    return () => {
      const settledMs = this.#state.clock.nowMs();
      return this.#state.wallClock.add({ timetable, settledMs, run });
    };
  }

  #timetable(schedule: WallClockSchedule | CronSchedule): Timetable {
    if (!('cron' in schedule)) return interval(schedule.everyMs, schedule.anchorMs);
    return named(this.#parts.readCron(schedule.cron, schedule.zone));
  }

  #kept(name: string, timetable: Timetable, run: Run): Cancel {
    const { clock, kept, wallClock } = this.#state;
    const nowMs = clock.nowMs();
    const schedule = kept.begin(name, this.#parts.id);
    const settledMs = settledBy(timetable, schedule.settledMs ?? nowMs, nowMs);
    // It counts from now, also for whoever opens the task next.
    if (settledMs !== schedule.settledMs) schedule.settle(settledMs);
    const cancel = wallClock.add({ timetable, settledMs, run, settled: schedule.settle });
    return () => {
      cancel();
      schedule.end();
    };
  }
}

type Run = (nowMs: number) => void;

/** Begins a schedule: when its task has been opened, or at once. */
type Begin = (begins: 'restored' | 'now') => Cancel;
