import type { Outcome } from './problem.ts';
import { request } from './request.ts';
import { fieldsOf, numberOf } from './shape.ts';

/** What is counted of a treasure that only records know. */
export const countedMetrics = [
  'views',
  'orders',
  'units',
  'revenue',
  'orderCancels',
  'reservations',
] as const;
export type Counted = Readonly<Record<(typeof countedMetrics)[number], number>>;

/** All counts of a treasure, by its code. */
export function fetchCounted(code: string, signal: AbortSignal): Promise<Outcome<Counted>> {
  return request({
    path: `/api/stats/products/${encodeURIComponent(code)}`,
    read: (result) => {
      const fields = fieldsOf(result);
      const count = (name: string): number => numberOf(fields[name]) ?? 0;
      return {
        views: count('views'),
        orders: count('orders'),
        units: count('units'),
        revenue: count('revenue'),
        orderCancels: count('orderCancels'),
        reservations: count('reservations'),
      };
    },
    signal,
  });
}
