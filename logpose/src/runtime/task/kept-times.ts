import { ConfigError } from '../../errors/config-errors.ts';

/** What distinguishes a schedule's time from those that stores keep under their names. */
const schedulePrefix = 'schedule:';
// What is kept beside an offset may have 4,096 characters on a broker.
const maxSchedules = 16;

/**
 * Times that are committed beside the offsets of a task's inputs, by name. They follow the
 * transactions as offsets do: what was not committed is not there when the task is opened anew.
 */
export class KeptTimes {
  readonly #times = new Map<string, number>();
  readonly #schedules = new Set<string>();
  /** Something is to be committed: beside every input, so that all say the same. */
  isChanged = false;

  /** What a commit keeps, and whether something of it is new. */
  take(): { readonly times: ReadonlyMap<string, number>; readonly isChanged: boolean } {
    const { isChanged } = this;
    this.isChanged = false;
    // By now what is scheduled has begun.
    if (isChanged) this.#forgetOldest();
    return { times: this.#times, isChanged };
  }

  /** Takes over what was committed beside an input; the latest of a name holds. */
  restore(times: ReadonlyMap<string, number>): void {
    for (const [name, time] of times) {
      this.#times.set(name, Math.max(time, this.#times.get(name) ?? time));
    }
  }

  /**
   * A schedule begins, with what was settled when it was committed.
   *
   * @throws {ConfigError} When there is one of that name, or there are too many.
   */
  begin(schedule: string, task: string): KeptSchedule {
    if (this.#schedules.has(schedule)) {
      throw new ConfigError([`task ${task} has two schedules named ${schedule}`]);
    }
    if (this.#schedules.size >= maxSchedules) {
      const most = `a task keeps at most ${maxSchedules} schedules`;
      throw new ConfigError([`${most}, and task ${task} has more: ${schedule}`]);
    }
    this.#schedules.add(schedule);
    const name = schedulePrefix + schedule;
    return {
      settledMs: this.#times.get(name),
      settle: (settledMs) => {
        this.#times.set(name, settledMs);
        this.isChanged = true;
      },
      end: () => {
        if (!this.#schedules.delete(schedule)) return;
        this.#times.delete(name);
        this.isChanged = true;
      },
    };
  }

  /** Of schedules that have not begun here: an earlier topology had them. */
  #forgetOldest(): void {
    const kept = [...this.#times].filter(([name]) => name.startsWith(schedulePrefix));
    const idle = kept.filter(([name]) => !this.#schedules.has(name.slice(schedulePrefix.length)));
    const oldest = idle.toSorted(([, left], [, right]) => left - right);
    const excess = Math.max(0, kept.length - maxSchedules);
    for (const [name] of oldest.slice(0, excess)) this.#times.delete(name);
  }
}

/** A schedule that is kept across restarts. */
export interface KeptSchedule {
  /** Undefined: it has never begun. */
  readonly settledMs: number | undefined;
  settle(settledMs: number): void;
  /** Forgets it. Idempotent. */
  end(): void;
}
