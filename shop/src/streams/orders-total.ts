import type { StoredTable } from 'logpose';
import type { EventOf } from '../events/event-schemas.ts';
import { type OrderTotals, orderTotalsSerde } from './rows.ts';
import type { Sources } from './sources.ts';

/** What was ordered of each treasure, and what was taken back? */
export function ordersTotal(
  sources: Pick<Sources, 'order.created' | 'order.cancelled'>,
): StoredTable<string, OrderTotals> {
  return sources['order.created']
    .merge(sources['order.cancelled'])
    .groupByKey()
    .aggregate(
      { initialize: () => noOrders, add: addOrder },
      { name: 'accumulation-join-store', node: 'orders-total', value: orderTotalsSerde },
    );
}

/** A treasure nobody has ordered. */
export const noOrders: OrderTotals = {
  orders: 0,
  units: 0,
  revenue: 0,
  cancels: 0,
  cancelUnits: 0,
};

/** Adds one event to the totals. A cancellation leaves orders and units, and takes revenue back. */
export function addOrder(
  totals: OrderTotals,
  event: EventOf<'order.created'> | EventOf<'order.cancelled'>,
): OrderTotals {
  const paid = event.quantity * event.unitPrice;
  return event.type === 'order.created'
    ? {
        ...totals,
        orders: totals.orders + 1,
        units: totals.units + event.quantity,
        revenue: totals.revenue + paid,
      }
    : {
        ...totals,
        cancels: totals.cancels + 1,
        cancelUnits: totals.cancelUnits + event.quantity,
        revenue: totals.revenue - paid,
      };
}
