import { locale } from './language.ts';

/** `12,480` */
export function formatCount(value: number): string {
  return numbers({}).format(value);
}

/** `940`, `4.2M`, `31억`: for places where a long number does not fit. */
export function formatShort(value: number): string {
  if (value < longNumber) return formatCount(value);
  return numbers({ notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** `2.55`, `12.00` */
export function formatDecimals(value: number): string {
  return numbers({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
}

/** `£2.55` */
export function formatCurrency(value: number, currency: string): string {
  return numbers({ style: 'currency', currency }).format(value);
}

/** A share between 0 and 1: `12%`. */
export function formatShare(share: number): string {
  return numbers({ style: 'percent' }).format(share);
}

/** The time of day in a zone: `17:10:46`. */
export function formatTime(atMs: number, zone: string): string {
  return dates(locale.value, { timeZone: zone, ...clockTime }).format(atMs);
}

/** A calendar day, which has no zone: `2월 15일 (일)`, `Sun, 15 Feb`. */
export function formatDay(day: string): string {
  return dates(locale.value, shortDay).format(Date.parse(`${day}T00:00:00Z`));
}

/** The same with the year: `2011년 12월 9일`, `9 Dec 2011`. */
export function formatDate(day: string): string {
  return dates(locale.value, longDay).format(Date.parse(`${day}T00:00:00Z`));
}

/** The weekday alone, for narrow charts: `일`, `Sun`. */
export function formatWeekday(day: string): string {
  return dates(locale.value, weekday).format(Date.parse(`${day}T00:00:00Z`));
}

/** The day of an instant in a zone: `2026-02-15`. */
export function dayOf(atMs: number, zone: string): string {
  // Swedish dates are written as ISO 8601 writes them.
  return dates('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(atMs);
}

/** The day `days` after another; before it when negative. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

const longNumber = 10_000;
const clockTime = {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const;
const shortDay = {
  timeZone: 'UTC',
  weekday: 'short',
  month: 'short',
  day: 'numeric',
} as const;
const longDay = { timeZone: 'UTC', dateStyle: 'medium' } as const;
const weekday = { timeZone: 'UTC', weekday: 'short' } as const;

// Making a formatter takes far longer than using it, and the page shows hundreds of numbers.
const madeNumbers = new Map<string, Intl.NumberFormat>();
const madeDates = new Map<string, Intl.DateTimeFormat>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale.value} ${JSON.stringify(options)}`;
  const format = madeNumbers.get(key) ?? new Intl.NumberFormat(locale.value, options);
  madeNumbers.set(key, format);
  return format;
}

function dates(place: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${place} ${JSON.stringify(options)}`;
  const format = madeDates.get(key) ?? new Intl.DateTimeFormat(place, options);
  madeDates.set(key, format);
  return format;
}
