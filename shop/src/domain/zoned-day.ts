import { must } from './assert.ts';

/** The calendar day ("2026-02-15") of an instant in an IANA zone. */
export function dayOf(timestamp: number, zone: string): string {
  return isoDay(timestamp + zoneOffsetMs(timestamp, zone));
}

/** ISO 8601 with milliseconds and the zone's offset: `2026-02-15T17:10:46.777+09:00`. */
export function isoInZone(timestamp: number, zone: string): string {
  const offsetMs = zoneOffsetMs(timestamp, zone);
  const local = new Date(timestamp + offsetMs).toISOString().slice(0, -1);
  const minutes = Math.abs(Math.round(offsetMs / minuteMs));
  const hh = String(Math.floor(minutes / 60)).padStart(2, '0');
  const mm = String(minutes % 60).padStart(2, '0');
  return `${local}${offsetMs < 0 ? '-' : '+'}${hh}:${mm}`;
}

/** The first instant of a day in a zone, to the minute; where midnight is skipped, what follows. */
export function startOfDayMs(day: string, zone: string): number {
  const utcMidnight = Date.parse(`${day}T00:00:00Z`);
  // Offsets lie within ±16 hours, so the start lies in this range, by bisection.
  let before = Math.floor(utcMidnight / minuteMs) - 16 * 60;
  let notBefore = before + 32 * 60;
  while (notBefore - before > 1) {
    const middle = Math.floor((before + notBefore) / 2);
    if (dayOf(middle * minuteMs, zone) >= day) notBefore = middle;
    else before = middle;
  }
  return notBefore * minuteMs;
}

/** The day `days` later in the calendar. */
export function addDays(day: string, days: number): string {
  return isoDay(Date.parse(`${day}T00:00:00Z`) + days * dayMs);
}

/** How many days lie from one day to a later one. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/** True for a day the calendar has: not for "2026-02-30". */
export function isRealDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(time) && isoDay(time) === day;
}

/** True when the platform knows the zone. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Zones change their offset only at full quarters of an hour. */
const quarterMs = 900_000;
const maxCachedOffsets = 10_000;
const offsets = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();

function zoneOffsetMs(timestamp: number, zone: string): number {
  const quarter = Math.floor(timestamp / quarterMs);
  const known = offsets.get(zone) ?? new Map<number, number>();
  if (known.size === 0 || known.size >= maxCachedOffsets) offsets.set(zone, known);
  if (known.size >= maxCachedOffsets) known.clear();
  const cached = known.get(quarter);
  if (cached !== undefined) return cached;
  const offset = computeOffsetMs(quarter * quarterMs, zone);
  known.set(quarter, offset);
  return offset;
}

function computeOffsetMs(timestamp: number, zone: string): number {
  const parts = new Map<string, number>();
  for (const { type, value } of formatOf(zone).formatToParts(timestamp)) {
    parts.set(type, Number(value));
  }
  const part = (name: string): number => must(parts.get(name), 'the format asks for each part');
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
  );
  return local + part('second') * 1_000 - timestamp;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

function isoDay(localMs: number): string {
  return new Date(localMs).toISOString().slice(0, 10);
}
