import type { StoredTable } from 'logpose';
import type { ShopTopics } from '../topics.ts';
import { noOrders } from './orders-total.ts';
import {
  type OrderTotals,
  type ProductStats,
  productStatsSerde,
  type ReservationsCancelled,
  type ReservationsMade,
} from './rows.ts';

/** The tables whose rows make one treasure's totals. */
export interface StatsTables {
  readonly views: StoredTable<string, number>;
  readonly orders: StoredTable<string, OrderTotals>;
  readonly made: StoredTable<string, ReservationsMade>;
  readonly confirmed: StoredTable<string, number>;
  readonly cancelled: StoredTable<string, ReservationsCancelled>;
}

/** What are all totals of each treasure? Each table fills in its own part of the row. */
export function productStats(
  tables: StatsTables,
  topics: ShopTopics,
): StoredTable<string, ProductStats> {
  const stats = part(tables.views, 'views')
    .merge(part(tables.orders, 'orders'))
    .merge(part(tables.made, 'made'))
    .merge(part(tables.confirmed, 'confirmed'))
    .merge(part(tables.cancelled, 'cancelled'))
    .groupByKey()
    .aggregate(
      { initialize: () => noStats, add: (row, known) => ({ ...row, ...known }) },
      { name: 'product-stats-store', node: 'product-stats', value: productStatsSerde },
    );
  stats.toStream().to(topics.stats);
  return stats;
}

/** A treasure nothing has happened to. */
export const noStats: ProductStats = {
  views: 0,
  orders: noOrders,
  made: { count: 0, units: 0 },
  confirmed: 0,
  cancelled: { count: 0, expired: 0 },
};

function part<Name extends keyof ProductStats>(
  table: StoredTable<string, ProductStats[Name]>,
  name: Name,
) {
  return table
    .toStream({ node: `changes-of-${name}` })
    .mapValues((row): Partial<ProductStats> => (row === null ? {} : { [name]: row }), {
      node: `part-${name}`,
    });
}
