import { Heap } from '../../base/heap.ts';
import type { Cancel } from '../../topology/processor.ts';
import { settledBy, type Timetable } from './timetable.ts';

/**
 * The schedules of one clock of a task.
 *
 * What is due runs once, however many times it was missed, is told the time now, and then waits for
 * the next time of its timetable. Equal times take turns as in a Java `PriorityQueue`.
 */
export class Punctuations {
  #due = new Heap<Schedule>(isEarlier);
  /** Time of the next one; infinite without. A field, because it is compared for each record. */
  nextAtMs = Number.POSITIVE_INFINITY;

  add(planned: PlannedPunctuation): Cancel {
    const schedule: Schedule = {
      planned,
      settledMs: planned.settledMs,
      atMs: planned.timetable.next(planned.settledMs),
      cancelled: false,
    };
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
      if (next.cancelled) continue;
      ran = true;
      next.planned.run(nowMs);
      // It may have been cancelled by what it ran.
      if (next.cancelled) continue;
      this.#settle(next, next.planned.timetable.settled(next.atMs, nowMs));
      this.#push(next);
    }
    this.nextAtMs = this.#due.peek()?.atMs ?? Number.POSITIVE_INFINITY;
    return ran;
  }

  /** The clock was set back: whoever would wait for too long goes by what it shows now. */
  setBack(nowMs: number): void {
    const before = this.#due;
    this.#due = new Heap(isEarlier);
    this.nextAtMs = Number.POSITIVE_INFINITY;
    for (let next = before.pop(); next !== undefined; next = before.pop()) {
      const settledMs = settledBy(next.planned.timetable, next.settledMs, nowMs);
      if (settledMs !== next.settledMs) this.#settle(next, settledMs);
      this.#push(next);
    }
  }

  #settle(schedule: Schedule, settledMs: number): void {
    const { timetable, settled } = schedule.planned;
    schedule.settledMs = settledMs;
    schedule.atMs = timetable.next(settledMs);
    settled?.(settledMs);
  }

  #push(schedule: Schedule): void {
    this.#due.push(schedule);
    this.nextAtMs = Math.min(this.nextAtMs, schedule.atMs);
  }
}

/** A schedule that begins. */
export interface PlannedPunctuation {
  readonly timetable: Timetable;
  /** Up to here nothing is due any more. */
  readonly settledMs: number;
  readonly run: (nowMs: number) => void;
  /** Told when something has been settled. */
  readonly settled?: (settledMs: number) => void;
}

interface Schedule {
  readonly planned: PlannedPunctuation;
  settledMs: number;
  atMs: number;
  cancelled: boolean;
}

function isEarlier(left: Schedule, right: Schedule): boolean {
  return left.atMs < right.atMs;
}
