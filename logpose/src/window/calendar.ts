import { must } from '../base/assert.ts';
import { CalendarBoundaries } from './calendar-boundaries.ts';
import { type CalendarUnit, unitCounts } from './calendar-unit.ts';
import { problemOfDuration, refuseProblems } from './problem-of-duration.ts';
import type { TimeWindows } from './window.ts';
import type { WindowDefinition } from './window-definition.ts';
import { ZoneClock } from './zone-clock.ts';

/**
 * Days, hours, weeks or months of an IANA time zone, as long as its rules make them.
 *
 * Weeks are ISO's: they begin on Mondays. A day that the zone left out (Samoa's 30 December 2011)
 * has no window; one during which the clock is set back is longer, and an hour that comes twice is
 * two windows. The rules are those of this Node (`process.versions.tz`).
 *
 * A window takes late records until stream time reaches its end and `graceMs`.
 *
 * @throws {ConfigError} When there is no such unit or zone, or `graceMs < 0`.
 * @example calendar({ unit: 'day', zone: 'Asia/Seoul', graceMs: 600_000 })
 */
export function calendar(options: {
  readonly unit: 'hour' | 'day' | 'week' | 'month';
  readonly zone: string;
  readonly graceMs: number;
}): TimeWindows {
  const { unit, zone, graceMs } = options;
  const clock = clockOf(zone);
  refuseProblems([
    Object.hasOwn(unitCounts, unit)
      ? undefined
      : `unit is ${String(unit)}: give one of ${Object.keys(unitCounts).join(', ')}`,
    clock === undefined
      ? `zone is ${String(zone)}: give the name of an IANA time zone, such as Europe/Berlin`
      : undefined,
    problemOfDuration('graceMs', graceMs, 0),
  ]);
  return new CalendarWindows(unit, must(clock, 'an unknown zone has been refused'), graceMs);
}

class CalendarWindows implements TimeWindows, WindowDefinition {
  readonly kind = 'calendar';
  readonly sizeMs = undefined;
  readonly maxSizeMs: number;
  readonly graceMs: number;
  readonly #boundaries: CalendarBoundaries;

  constructor(unit: CalendarUnit, clock: ZoneClock, graceMs: number) {
    this.maxSizeMs = unitCounts[unit].maxSizeMs;
    this.graceMs = graceMs;
    this.#boundaries = new CalendarBoundaries(clock, unitCounts[unit]);
  }

  firstStartMs(timeMs: number): number {
    return this.#boundaries.startMs(timeMs);
  }

  nextStartMs(startMs: number): number {
    return this.#boundaries.endMs(startMs);
  }

  endMs(startMs: number): number {
    return this.#boundaries.endMs(startMs);
  }
}

function clockOf(zone: string): ZoneClock | undefined {
  // Without a name, Node would take the machine's own zone.
  if (typeof zone !== 'string') return undefined;
  try {
    return new ZoneClock(zone);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
