import { fieldsOf, numberOf, textOf } from './shape.ts';

/** What is counted of a day. */
export const dayMetrics = [
  'views',
  'orders',
  'units',
  'revenue',
  'reservations',
  'confirmed',
  'cancelled',
  'orderCancels',
] as const;
export type DayMetric = (typeof dayMetrics)[number];

/** One treasure on one day of the shop's zone. */
export interface DayRow extends Readonly<Record<DayMetric, number>> {
  readonly code: string;
  readonly day: string;
  readonly closed: boolean;
  /** How often the row changed after its day was closed. */
  readonly corrections: number;
}

/** All treasures of one day together. */
export type DayTotal = Omit<DayRow, 'code'>;

/** Reads one row; undefined when it names no day. */
export function readDayRow(row: unknown): DayRow | undefined {
  const fields = fieldsOf(row);
  const day = textOf(fields['day']);
  if (day === undefined) return undefined;
  const count = (name: string): number => numberOf(fields[name]) ?? 0;
  return {
    code: textOf(fields['code']) ?? '',
    day,
    views: count('views'),
    orders: count('orders'),
    units: count('units'),
    revenue: count('revenue'),
    reservations: count('reservations'),
    confirmed: count('confirmed'),
    cancelled: count('cancelled'),
    orderCancels: count('orderCancels'),
    closed: fields['closed'] === true,
    corrections: fields['correctedAt'] == null ? 0 : 1,
  };
}

/** Adds the rows of each day of `days` up, in that order; a day without rows is all zeros. */
export function totalsOf(rows: Iterable<DayRow>, days: readonly string[]): readonly DayTotal[] {
  const totals = new Map(days.map((day) => [day, emptyDay(day)]));
  for (const row of rows) {
    const before = totals.get(row.day);
    if (before !== undefined) totals.set(row.day, sum(before, row));
  }
  return [...totals.values()];
}

function sum(one: DayTotal, other: DayTotal): DayTotal {
  const counts = { ...one };
  const added = Object.fromEntries(
    dayMetrics.map((metric) => [metric, one[metric] + other[metric]]),
  );
  return {
    ...counts,
    ...added,
    closed: one.closed || other.closed,
    corrections: one.corrections + other.corrections,
  };
}

function emptyDay(day: string): DayTotal {
  return {
    day,
    views: 0,
    orders: 0,
    units: 0,
    revenue: 0,
    reservations: 0,
    confirmed: 0,
    cancelled: 0,
    orderCancels: 0,
    closed: false,
    corrections: 0,
  };
}
