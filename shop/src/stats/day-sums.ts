import type { DayCounts } from '../streams/rows.ts';

/** A day's sum when one of the rows it is made of has changed. */
export function withChange(
  sum: DayCounts,
  { before, after }: { readonly before: DayCounts; readonly after: DayCounts },
): DayCounts {
  const count = (field: keyof DayCounts): number => sum[field] + after[field] - before[field];
  return {
    views: count('views'),
    reservations: count('reservations'),
    confirmed: count('confirmed'),
    cancelled: count('cancelled'),
    orders: count('orders'),
    units: count('units'),
    orderCancels: count('orderCancels'),
    cancelUnits: count('cancelUnits'),
    revenue: count('revenue'),
  };
}
