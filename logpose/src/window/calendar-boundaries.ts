import { must } from '../base/assert.ts';
import type { UnitCount } from './calendar-unit.ts';
import type { ZoneClock } from './zone-clock.ts';

const maxCells = 1024;
/** Longer than any clock was ever set back by. */
const runUpMs = 2 * 86_400_000;

/**
 * Where a zone's days (hours, weeks, months) begin.
 *
 * A unit begins when the clock first shows a time in it; a clock that is set back behind its
 * beginning does not end it. Hours do repeat: each lasts at most as long as the clock goes on.
 *
 * Time is cut into cells of equal length. A cell's boundaries are worked out when the first time in
 * it comes along (about a millisecond) and kept until `maxCells` younger ones have come.
 */
export class CalendarBoundaries {
  readonly #clock: ZoneClock;
  readonly #count: UnitCount;
  readonly #cells = new Map<number, Float64Array>();
  // The window found last: most times are in it, or it is asked for its end.
  #startMs = 0;
  #endMs = 0;

  constructor(clock: ZoneClock, count: UnitCount) {
    this.#clock = clock;
    this.#count = count;
  }

  /** The last boundary that is not after the time. */
  startMs(timeMs: number): number {
    if (!(timeMs >= this.#startMs && timeMs < this.#endMs)) this.#find(timeMs);
    return this.#startMs;
  }

  /** The first boundary after the time. */
  endMs(timeMs: number): number {
    if (!(timeMs >= this.#startMs && timeMs < this.#endMs)) this.#find(timeMs);
    return this.#endMs;
  }

  #find(timeMs: number): void {
    const boundaries = this.#cell(Math.floor(timeMs / this.#count.cellMs));
    const next = firstAfter(boundaries, timeMs);
    this.#startMs = must(boundaries[next - 1], 'a cell begins with a boundary before it');
    this.#endMs = must(boundaries[next], 'a cell ends with a boundary behind it');
  }

  #cell(index: number): Float64Array {
    const known = this.#cells.get(index);
    if (known !== undefined) return known;
    const boundaries = this.#boundariesOf(index);
    if (this.#cells.size === maxCells) this.#forgetOldest();
    this.#cells.set(index, boundaries);
    return boundaries;
  }

  #forgetOldest(): void {
    for (const oldest of this.#cells.keys()) {
      this.#cells.delete(oldest);
      return;
    }
  }

  /** Boundaries in and at both sides of a cell, ascending. */
  #boundariesOf(cell: number): Float64Array {
    const { cellMs, maxSizeMs } = this.#count;
    const fromMs = cell * cellMs - maxSizeMs - runUpMs;
    const toMs = (cell + 1) * cellMs + maxSizeMs;
    return Float64Array.from(this.#boundariesBetween(fromMs, toMs));
  }

  /** Exact from `runUpMs` after `fromMs` on: what the clock has shown before is not known. */
  #boundariesBetween(fromMs: number, toMs: number): number[] {
    const { indexOf, startOf, repeats } = this.#count;
    const boundaries: number[] = [];
    let latest = indexOf(fromMs + (this.#clock.spans(fromMs, toMs)[0]?.offsetMs ?? 0));
    for (const { startMs, endMs, offsetMs } of this.#clock.spans(fromMs, toMs)) {
      const clockMs = startMs + offsetMs;
      let index = indexOf(clockMs);
      if (repeats && (index !== latest || startOf(index) === clockMs)) latest = index - 1;
      for (; ; index++) {
        const beginsMs = Math.max(startMs, startOf(index) - offsetMs);
        if (beginsMs >= endMs) break;
        if (index > latest) boundaries.push(beginsMs);
        latest = Math.max(latest, index);
      }
    }
    return boundaries;
  }
}

/** Index of the first of the ascending numbers that is greater. */
function firstAfter(ascending: Float64Array, timeMs: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((ascending[middle] ?? 0) <= timeMs) from = middle + 1;
    else to = middle;
  }
  return from;
}
