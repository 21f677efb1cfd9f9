import { calendar, json, type StoreHandle, utf8, type WindowTable } from 'logpose';
import { dayOf } from '../domain/zoned-day.ts';
import type { EventOf } from '../events/event-schemas.ts';
import { parseAnyEvent } from '../events/parse-any-event.ts';
import type { ShopTopics } from '../topics.ts';
import { splitLate } from './late.ts';
import { type DayCounts, dailyRowSerde, dayCountsSerde, type Lateness } from './rows.ts';
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

/** The days of one zone and what was left out of them. */
export interface Daily {
  readonly days: WindowTable<string, DayCounts>;
  /** One row per partition, under `latenessKey`. */
  readonly lateness: StoreHandle<'key-value', string, Lateness>;
}

/**
 * What happened to each treasure on each day of a zone? An event belongs to the day on which it
 * happened, a cancellation too.
 */
export function daily(
  sources: Pick<Sources, DayEventType>,
  topics: ShopTopics,
  options: DailyOptions,
): Daily {
  const { zone, lateWindowMs, retentionMs } = options;
  const merged = sources['product.viewed']
    .merge(sources['order.created'])
    .merge(sources['order.cancelled'])
    .merge(sources['reservation.created'])
    .merge(sources['reservation.confirmed'])
    .merge(sources['reservation.cancelled']);
  const { late, inTime, lateness } = splitLate(merged, {
    ...options,
    suffix: zonePart(zone),
    value: json(parseDayEvent),
  });
  late.to(topics.late, { node: `late-events.${zonePart(zone)}` });
  const days = inTime
    .groupByKey()
    .windowedBy(calendar({ unit: 'day', zone, graceMs: lateWindowMs }))
    .aggregate(
      { initialize: () => emptyDay, add: addToDay },
      {
        name: storeNameOf(zone),
        node: `daily.${zonePart(zone)}`,
        value: dayCountsSerde,
        retentionMs,
      },
    );
  writeRows(days, zone, topics);
  return { days, lateness };
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

/** Rows of one treasure stay in its partition, whatever else is in the key. */
function writeRows(
  days: WindowTable<string, DayCounts>,
  zone: string,
  { daily: topic }: ShopTopics,
): void {
  days
    .toStream({ node: `changes-of-days.${zonePart(zone)}` })
    .process({
      node: `daily-rows.${zonePart(zone)}`,
      output: { key: utf8, value: dailyRowSerde },
      init: ({ forward, taskId }) => {
        const partition = partitionOf(taskId);
        let last = { startMs: Number.NaN, day: '' };
        return ({ key: { key: code, window }, value: counts }) => {
          if (counts === null) return;
          const { startMs, endMs } = window;
          // Most rows are of the day of the row before.
          if (startMs !== last.startMs) last = { startMs, day: dayOf(startMs, zone) };
          const { day } = last;
          forward({
            key: `${code}|${day}|${zone}`,
            value: { code, day, zone, startMs, endMs, partition, counts },
          });
        };
      },
    })
    .to(topic, {
      node: `daily-topic.${zonePart(zone)}`,
      partitioner: ({ partition }, _key, partitions) => partition % partitions,
    });
}

function parseDayEvent(value: unknown): DayEvent {
  const event = parseAnyEvent(value);
  if (event.type === 'stock.adjusted' || event.type === 'product.changed') throw notOfADay(event);
  if (event.type === 'presence') throw notOfADay(event);
  return event;
}

function notOfADay({ type }: { readonly type: string }): TypeError {
  return new TypeError(`a day does not count events of type ${type}`);
}

/** The partition a task works on: the part of its id behind the underscore. */
export function partitionOf(taskId: string): number {
  return Number(taskId.slice(taskId.lastIndexOf('_') + 1));
}

/** A zone's name with the characters that names of topics may have. */
function zonePart(zone: string): string {
  return zone.replace(/[^a-zA-Z0-9._-]/g, '_');
}
