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

/** One day of the shop's zone: of one treasure, or of all together. */
export interface DayRow extends Readonly<Record<DayMetric, number>> {
  readonly day: string;
  readonly closed: boolean;
  /** 1 when it changed after the day was closed. */
  readonly corrections: number;
}

/** Reads one row; undefined when it names no day. */
export function readDayRow(row: unknown): DayRow | undefined {
  const fields = fieldsOf(row);
  const day = textOf(fields['day']);
  if (day === undefined) return undefined;
  const count = (name: string): number => numberOf(fields[name]) ?? 0;
  return {
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
