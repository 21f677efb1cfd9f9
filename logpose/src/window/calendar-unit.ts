const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What a calendar window is one of. */
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month';

/** Units counted along what a clock shows, as if the clock were UTC's. */
export interface UnitCount {
  /** The number of the unit that the clock is in. */
  indexOf(clockMs: number): number;
  /** What the clock shows when a unit begins. */
  startOf(index: number): number;
  /** Whether a clock that is set back begins the unit once more (hours), or it goes on (others). */
  readonly repeats: boolean;
  /** No window of the unit is longer. */
  readonly maxSizeMs: number;
  /** Time whose boundaries are kept together: a few hundred units, at most. */
  readonly cellMs: number;
}

/** A zone that crosses the date line may live through a day twice. */
const maxDelayMs = dayMs;

export const unitCounts: Readonly<Record<CalendarUnit, UnitCount>> = {
  hour: {
    ...multiplesOf(hourMs, 0),
    repeats: true,
    // At most made longer by a clock that is set back within it.
    maxSizeMs: 2 * hourMs,
    cellMs: 16 * dayMs,
  },
  day: {
    ...multiplesOf(dayMs, 0),
    repeats: false,
    maxSizeMs: dayMs + maxDelayMs,
    cellMs: 64 * dayMs,
  },
  week: {
    // 1970 began on a Thursday, ISO weeks begin on Mondays.
    ...multiplesOf(7 * dayMs, -3 * dayMs),
    repeats: false,
    maxSizeMs: 7 * dayMs + maxDelayMs,
    cellMs: 128 * dayMs,
  },
  month: {
    ...months(),
    repeats: false,
    maxSizeMs: 31 * dayMs + maxDelayMs,
    cellMs: 256 * dayMs,
  },
};

function multiplesOf(sizeMs: number, originMs: number): Pick<UnitCount, 'indexOf' | 'startOf'> {
  return {
    indexOf: (clockMs) => Math.floor((clockMs - originMs) / sizeMs),
    startOf: (index) => originMs + index * sizeMs,
  };
}

/** Months since January 1970. */
function months(): Pick<UnitCount, 'indexOf' | 'startOf'> {
  // The calendar repeats every 400 years, which keeps `Date` within what it can hold.
  const eraMs = 146_097 * dayMs;
  const monthsPerEra = 400 * 12;
  return {
    indexOf: (clockMs) => {
      const era = Math.floor(clockMs / eraMs);
      const date = new Date(clockMs - era * eraMs);
      return era * monthsPerEra + (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    },
    startOf: (index) => {
      const era = Math.floor(index / monthsPerEra);
      return era * eraMs + Date.UTC(1970, index - era * monthsPerEra);
    },
  };
}
