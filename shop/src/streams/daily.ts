import { calendar, utf8, type WindowTable } from 'logpose';
import { dayOf } from '../domain/zoned-day.ts';
import type { EventOf } from '../events/event-schemas.ts';
import type { ShopTopics } from '../topics.ts';
import { type DayCounts, dailyRowSerde, dayCountsSerde } from './rows.ts';
import type { Sources } from './sources.ts';

/** What a day counts. */
export type DayEvent = {
  [T in DayEventType]: EventOf<T>;
}[DayEventType];

type DayEventType =
  | 'product.viewed'
  | 'order.created'
  | 'order.cancelled'
  | 'reservation.created'
  | 'reservation.confirmed'
  | 'reservation.cancelled';

/** Which days, and for how long. */
export interface DailyOptions {
  readonly zone: string;
  /** How long after its end a day still takes events; later ones go to `.late`. */
  readonly lateWindowMs: number;
  /** How long the store keeps a day. */
  readonly retentionMs: number;
}

/**
 * What happened to each treasure on each day of a zone? An event belongs to the day on which it
 * happened, a cancellation too.
 */
export function daily(
  sources: Pick<Sources, DayEventType>,
  topics: ShopTopics,
  { zone, lateWindowMs, retentionMs }: DailyOptions,
): WindowTable<string, DayCounts> {
  const name = storeNameOf(zone);
  const days = sources['product.viewed']
    .merge(sources['order.created'])
    .merge(sources['order.cancelled'])
    .merge(sources['reservation.created'])
    .merge(sources['reservation.confirmed'])
    .merge(sources['reservation.cancelled'])
    .groupByKey()
    .windowedBy(calendar({ unit: 'day', zone, graceMs: lateWindowMs }))
    .aggregate(
      { initialize: () => emptyDay, add: addToDay },
      {
        name,
        node: `daily.${zonePart(zone)}`,
        value: dayCountsSerde,
        retentionMs,
        late: { to: topics.late },
      },
    );
  days
    .toStream()
    .process({
      node: `daily-rows.${zonePart(zone)}`,
      output: { key: utf8, value: dailyRowSerde },
      init: ({ forward, taskId }) => {
        const partition = partitionOf(taskId);
        return ({ key: { key: code, window }, value: counts }) => {
          if (counts === null) return;
          const day = dayOf(window.startMs, zone);
          const { startMs, endMs } = window;
          forward({
            key: `${code}|${day}|${zone}`,
            value: { code, day, zone, startMs, endMs, partition, counts },
          });
        };
      },
    })
    // Rows of one treasure stay in its partition, whatever the rest of the key.
    .to(topics.daily, { partitioner: ({ partition }, _key, count) => partition % count });
  return days;
}

/** The name of a zone's store of days. */
export function storeNameOf(zone: string): string {
  return `daily-product-store.${zonePart(zone)}`;
}

/** A day on which nothing happened. */
export const emptyDay: DayCounts = {
  views: 0,
  reservations: 0,
  confirmed: 0,
  cancelled: 0,
  orders: 0,
  units: 0,
  orderCancels: 0,
  cancelUnits: 0,
  revenue: 0,
};

/** Adds one event to its day. */
export function addToDay(day: DayCounts, event: DayEvent): DayCounts {
  switch (event.type) {
    case 'product.viewed':
      return { ...day, views: day.views + 1 };
    case 'order.created':
      return {
        ...day,
        orders: day.orders + 1,
        units: day.units + event.quantity,
        revenue: day.revenue + event.quantity * event.unitPrice,
      };
    case 'order.cancelled':
      return {
        ...day,
        orderCancels: day.orderCancels + 1,
        cancelUnits: day.cancelUnits + event.quantity,
        revenue: day.revenue - event.quantity * event.unitPrice,
      };
    case 'reservation.created':
      return { ...day, reservations: day.reservations + 1 };
    case 'reservation.confirmed':
      return { ...day, confirmed: day.confirmed + 1 };
    case 'reservation.cancelled':
      return { ...day, cancelled: day.cancelled + 1 };
  }
}

/** The partition a task works on: the part of its id behind the underscore. */
export function partitionOf(taskId: string): number {
  return Number(taskId.slice(taskId.lastIndexOf('_') + 1));
}

/** A zone's name with the characters that names of topics may have. */
function zonePart(zone: string): string {
  return zone.replace(/[^a-zA-Z0-9._-]/g, '_');
}
