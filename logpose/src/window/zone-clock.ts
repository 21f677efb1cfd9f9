import { must } from '../base/assert.ts';

const secondMs = 1000;
const dayMs = 86_400_000;
// Before and after, where `Date` cannot follow, the clock goes on as it does there.
const earliestMs = Date.UTC(1800, 0, 1);
const latestMs = 8.64e15 - 2 * dayMs;

/** A stretch of time in which a zone's clock is `offsetMs` ahead of UTC. */
export interface OffsetSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
}

/** What a zone's clocks show, by the rules that Node carries (`process.versions.tz`). */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;

  /** @throws {RangeError} When there is no such zone. */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** The offsets in force between two whole seconds, without gaps. Neighbours differ. */
  spans(fromMs: number, toMs: number): OffsetSpan[] {
    const spans: OffsetSpan[] = [];
    let startMs = fromMs;
    let offsetMs = this.#offsetAt(startMs);
    // A look a day is enough: no zone has moved its clocks and moved them back within one.
    for (let seenMs = fromMs; seenMs < toMs; seenMs += dayMs) {
      const nextMs = Math.min(seenMs + dayMs, toMs);
      while (this.#offsetAt(nextMs) !== offsetMs) {
        const endMs = this.#endOf(offsetMs, Math.max(startMs, seenMs), nextMs);
        spans.push({ startMs, endMs, offsetMs });
        startMs = endMs;
        offsetMs = this.#offsetAt(startMs);
      }
    }
    if (startMs < toMs) spans.push({ startMs, endMs: toMs, offsetMs });
    return spans;
  }

  /** When the offset at `inForceMs`, which is gone at `goneMs`, ended: bisection to the second. */
  #endOf(offsetMs: number, inForceMs: number, goneMs: number): number {
    let lastMs = inForceMs;
    let endMs = goneMs;
    while (endMs - lastMs > secondMs) {
      const middleMs = Math.floor((lastMs + endMs) / 2 / secondMs) * secondMs;
      if (this.#offsetAt(middleMs) === offsetMs) lastMs = middleMs;
      else endMs = middleMs;
    }
    return endMs;
  }

  #offsetAt(wholeSecondMs: number): number {
    const timeMs = Math.min(Math.max(wholeSecondMs, earliestMs), latestMs);
    const shown = new Map<string, number>();
    for (const { type, value } of this.#format.formatToParts(timeMs)) {
      shown.set(type, Number(value));
    }
    const part = (type: Intl.DateTimeFormatPartTypes) => must(shown.get(type), 'asked for');
    const dateMs = Date.UTC(part('year'), part('month') - 1, part('day'));
    const secondOfDay = (part('hour') * 60 + part('minute')) * 60 + part('second');
    return dateMs + secondOfDay * secondMs - timeMs;
  }
}
