import {
  type KStream,
  type StoreHandle,
  StreamsBuilder,
  type Topology,
  type WindowTable,
} from 'logpose';
import type { ShopTopics } from '../topics.ts';
import { daily } from './daily.ts';
import { ordersTotal } from './orders-total.ts';
import { lastSeenStore, presence } from './presence.ts';
import { productStats } from './product-stats.ts';
import { rankToday } from './ranking/rank-today.ts';
import { rankTotal } from './ranking/rank-total.ts';
import { top } from './ranking/top.ts';
import {
  reservationsCancelled,
  reservationsConfirmed,
  reservationsMade,
} from './reservations/reservation-counts.ts';
import { reservationState } from './reservations/reservation-state.ts';
import { reservationsNow } from './reservations/reservations-now.ts';
import type {
  DayCounts,
  Lateness,
  OrderTotals,
  ProductStats,
  RankingState,
  ReservationState,
  ReservationsCancelled,
  ReservationsMade,
  ReservationsNow,
  StockAdjustments,
} from './rows.ts';
import { openSources } from './sources.ts';
import { stockAdjustments } from './stock-adjustments.ts';
import { ticker } from './ticker.ts';
import { views } from './views.ts';

/** What a world's topology depends on. */
export interface ShopTopologyOptions {
  readonly topics: ShopTopics;
  /** The shop's own zone first; each has its own store of days. Default Asia/Seoul alone. */
  readonly zones?: readonly string[];
  /**
   * `'wall-clock'` in a live world. `'stream'` where events are old: viewers go and days end by
   * event time alone, and days are kept for ever.
   */
  readonly time?: 'wall-clock' | 'stream';
  /** How long after its end a day still takes events. Default 7 days. */
  readonly lateWindowMs?: number;
  /** Events from further ahead of the clock than this are refused. Default 10 minutes. */
  readonly maxAheadMs?: number;
}

/** The state that can be read from outside. */
export interface ShopStores {
  readonly views: Rows<number>;
  readonly orders: Rows<OrderTotals>;
  readonly reservationsMade: Rows<ReservationsMade>;
  readonly reservationsConfirmed: Rows<number>;
  readonly reservationsCancelled: Rows<ReservationsCancelled>;
  readonly stockAdjustments: Rows<StockAdjustments>;
  readonly stats: Rows<ProductStats>;
  /** By the reservation's id. */
  readonly reservations: Rows<ReservationState>;
  readonly reservationsNow: Rows<ReservationsNow>;
  /** By `rankingKey`. */
  readonly rankings: Rows<RankingState>;
  /** By zone; windows begin where the zone's days begin. */
  readonly days: ReadonlyMap<string, WindowTable<string, DayCounts>>;
  /** By zone; events that came too late for their day, one row per partition. */
  readonly lateness: ReadonlyMap<string, StoreHandle<'key-value', string, Lateness>>;
  readonly presence: StoreHandle<'key-value', string, number>;
}

type Rows<Row> = StoreHandle<'timestamped-key-value', string, Row>;

/** All questions of the shop as one topology, with the handles of their answers. */
export function shopTopology(options: ShopTopologyOptions): {
  readonly topology: Topology;
  readonly stores: ShopStores;
} {
  const { topics, zones = ['Asia/Seoul'], time = 'wall-clock' } = options;
  const builder = new StreamsBuilder();
  const sources = openSources(builder, topics, { maxAheadMs: options.maxAheadMs ?? 10 * minuteMs });

  const totals = {
    views: views(sources, topics),
    orders: ordersTotal(sources),
    made: reservationsMade(sources),
    confirmed: reservationsConfirmed(sources),
    cancelled: reservationsCancelled(sources),
  };
  const adjustments = stockAdjustments(sources);
  const stats = productStats(totals, topics);
  const reservations = reservationState(sources);
  const now = reservationsNow(reservations, topics);
  presence(sources, topics, { time });
  ticker(sources, topics);

  const lateWindowMs = options.lateWindowMs ?? 7 * dayMs;
  const retentionMs = time === 'stream' ? forEverMs : lateWindowMs + 33 * dayMs;
  const byZone = zones.map((zone) => {
    return { zone, ...daily(sources, topics, { zone, lateWindowMs, retentionMs }) };
  });

  const rankings = top(
    {
      ofEvents: merged([
        rankTotal(totals.views, 'views', { views: (count) => count }),
        rankTotal(totals.orders, 'orders', orderScores),
        rankTotal(totals.made, 'reservations', { reservations: ({ count }) => count }),
        ...byZone.slice(0, 1).map(({ days, zone }) => rankToday(days, { zone, time })),
      ]),
      ofReservations: merged([
        rankTotal(now, 'held', { pending: ({ pending }) => pending }),
        rankTotal(now, 'cancelled', { cancelled: ({ cancelled }) => cancelled }),
      ]),
    },
    topics,
  );

  return {
    topology: builder.build(),
    stores: {
      views: totals.views,
      orders: totals.orders,
      reservationsMade: totals.made,
      reservationsConfirmed: totals.confirmed,
      reservationsCancelled: totals.cancelled,
      stockAdjustments: adjustments,
      stats,
      reservations,
      reservationsNow: now,
      rankings,
      days: new Map(byZone.map(({ zone, days }) => [zone, days])),
      lateness: new Map(byZone.map(({ zone, lateness }) => [zone, lateness])),
      presence: lastSeenStore,
    },
  };
}

const orderScores = {
  orders: ({ orders }: OrderTotals) => orders,
  units: ({ units }: OrderTotals) => units,
  revenue: ({ revenue }: OrderTotals) => revenue,
  cancels: ({ cancels }: OrderTotals) => cancels,
  cancelUnits: ({ cancelUnits }: OrderTotals) => cancelUnits,
};

function merged<V>(streams: readonly KStream<string, V>[]): KStream<string, V> {
  return streams.reduce((all, one) => all.merge(one));
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A hundred years: longer than any file that is replayed. */
const forEverMs = 36_525 * dayMs;
