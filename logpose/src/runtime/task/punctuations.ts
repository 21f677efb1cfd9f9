import { Heap } from '../../base/heap.ts';
import type { Cancel } from '../../topology/processor.ts';

/**
 * The schedules of one clock of a task.
 *
 * What is due runs once, however many times it was missed, is told the time now, and then waits for
 * the next time on its own grid. Equal times take turns as in a Java `PriorityQueue`.
 */
export class Punctuations {
  readonly #due = new Heap<Schedule>((left, right) => left.atMs < right.atMs);
  /** Time of the next one; infinite without. A field, because it is compared for each record. */
  nextAtMs = Number.POSITIVE_INFINITY;

  /** @param firstMs - The first time; the others follow every `everyMs`. */
  add(firstMs: number, everyMs: number, run: (nowMs: number) => void): Cancel {
    const schedule: Schedule = { atMs: firstMs, everyMs, run, cancelled: false };
    this.#push(schedule);
    return () => {
      schedule.cancelled = true;
    };
  }

  /** Runs what is due. Returns whether there was anything. */
  runDue(nowMs: number): boolean {
    let ran = false;
    for (let next = this.#due.peek(); next && next.atMs <= nowMs; next = this.#due.peek()) {
      this.#due.pop();
      if (!next.cancelled) {
        ran = true;
        next.run(nowMs);
        next.atMs = following(next, nowMs);
        // It may have been cancelled by what it ran.
        if (!next.cancelled) this.#push(next);
      }
    }
    this.nextAtMs = this.#due.peek()?.atMs ?? Number.POSITIVE_INFINITY;
    return ran;
  }

  #push(schedule: Schedule): void {
    this.#due.push(schedule);
    this.nextAtMs = Math.min(this.nextAtMs, schedule.atMs);
  }
}

interface Schedule {
  atMs: number;
  readonly everyMs: number;
  readonly run: (nowMs: number) => void;
  cancelled: boolean;
}

function following({ atMs, everyMs }: Schedule, nowMs: number): number {
  const missed = Math.max(0, Math.floor((nowMs - atMs) / everyMs));
  return atMs + (missed + 1) * everyMs;
}
