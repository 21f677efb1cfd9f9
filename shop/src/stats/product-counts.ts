import type { ProductStats, ReservationsNow } from '../streams/rows.ts';
import type { ProductCounts } from './counts.ts';

/** The rows that make up the counts of one treasure; one that has not been seen has none. */
export interface CountedRows {
  readonly stats: ProductStats | undefined;
  readonly now: ReservationsNow | undefined;
  readonly viewsToday: number;
}

/** All counts of one treasure under the names that people see. */
export function productCounts(
  code: string,
  { stats, now, viewsToday }: CountedRows,
): ProductCounts {
  return {
    code,
    viewsToday,
    views: stats?.views ?? 0,
    orders: stats?.orders.orders ?? 0,
    units: stats?.orders.units ?? 0,
    revenue: stats?.orders.revenue ?? 0,
    orderCancels: stats?.orders.cancels ?? 0,
    reservations: stats?.made.count ?? 0,
    confirmed: stats?.confirmed ?? 0,
    expired: stats?.cancelled.expired ?? 0,
    held: now?.pending ?? 0,
    cancelled: now?.cancelled ?? 0,
  };
}
