import Type, { type Static } from 'typebox';
import { rowSerde } from './row-serde.ts';

const count = Type.Integer({ minimum: 0 });
const money = Type.Integer();
const code = Type.String({ minLength: 1 });

const orderTotals = Type.Object({
  orders: count,
  units: count,
  revenue: money,
  cancels: count,
  cancelUnits: count,
});

/**
 * What was ordered of a treasure, ever. Orders and units count what was placed, cancelled later or
 * not; revenue is what was placed minus what was cancelled.
 */
export type OrderTotals = Static<typeof orderTotals>;
export const orderTotalsSerde = rowSerde(orderTotals);

const reservationsMade = Type.Object({ count, units: count });

/** The reservations that were made of a treasure, and their pieces. */
export type ReservationsMade = Static<typeof reservationsMade>;
export const reservationsMadeSerde = rowSerde(reservationsMade);

const reservationsCancelled = Type.Object({ count, expired: count });

/** The cancellations of a treasure's reservations; `expired` is the part that nobody asked for. */
export type ReservationsCancelled = Static<typeof reservationsCancelled>;
export const reservationsCancelledSerde = rowSerde(reservationsCancelled);

const adjustment = Type.Object({ count, units: count });
const stockAdjustments = Type.Object({
  restock: adjustment,
  damage: adjustment,
  'bad-debt': adjustment,
});

/** The corrections of a treasure's stock by reason; `units` counts pieces in either direction. */
export type StockAdjustments = Static<typeof stockAdjustments>;
export const stockAdjustmentsSerde = rowSerde(stockAdjustments);

const reservationState = Type.Object({
  code: Type.Optional(code),
  quantity: Type.Optional(count),
  createdAt: Type.Optional(Type.Integer()),
  confirmedAt: Type.Optional(Type.Integer()),
  cancelledAt: Type.Optional(Type.Integer()),
  reason: Type.Optional(Type.Enum(['CUSTOMER', 'EXPIRED'])),
});

/** What is known of one reservation: the earliest time of each of its three events. */
export type ReservationState = Static<typeof reservationState>;
export const reservationStateSerde = rowSerde(reservationState);

const reservationsNow = Type.Object({
  pending: count,
  confirmed: count,
  cancelled: count,
  expired: count,
  conflicts: count,
  decideMs: Type.Integer(),
});

/**
 * The reservations of a treasure by state. `expired` is a part of `cancelled`; `decideMs` is the
 * sum of the times between making and deciding, in milliseconds.
 */
export type ReservationsNow = Static<typeof reservationsNow>;
export const reservationsNowSerde = rowSerde(reservationsNow);

const dayCounts = Type.Object({
  views: count,
  reservations: count,
  confirmed: count,
  cancelled: count,
  orders: count,
  units: count,
  orderCancels: count,
  cancelUnits: count,
  revenue: money,
});

/** What happened to a treasure on one day. */
export type DayCounts = Static<typeof dayCounts>;
export const dayCountsSerde = rowSerde(dayCounts);

const dailyRow = Type.Object({
  code,
  day: Type.String(),
  zone: Type.String(),
  startMs: Type.Integer(),
  endMs: Type.Integer(),
  partition: count,
  counts: dayCounts,
});

/** The same with the day's name and bounds `[startMs, endMs)`, as other programs read it. */
export type DailyRow = Static<typeof dailyRow>;
export const dailyRowSerde = rowSerde(dailyRow);

const lateness = Type.Object({ clockMs: Type.Integer(), late: count });

/** The latest event time a partition has seen, and how many events came too late for their day. */
export type Lateness = Static<typeof lateness>;
export const latenessSerde = rowSerde(lateness);

const productStats = Type.Object({
  views: count,
  orders: orderTotals,
  made: reservationsMade,
  confirmed: count,
  cancelled: reservationsCancelled,
});

/** All totals of one treasure that its own events tell. */
export type ProductStats = Static<typeof productStats>;
export const productStatsSerde = rowSerde(productStats);

const viewersRow = Type.Object({ now: count, published: count });

/** How many look at a treasure, and the number that was told last. */
export type ViewersRow = Static<typeof viewersRow>;
export const viewersRowSerde = rowSerde(viewersRow);

const scored = Type.Object({ code, count: Type.Integer() });

/** A treasure and its score in one ranking. */
export type Scored = Static<typeof scored>;

const rankCandidates = Type.Object({
  day: Type.Optional(Type.String()),
  partition: count,
  rows: Type.Array(scored),
});

/** The first rows of one partition's treasures; with `day` where the ranking is today's. */
export type RankCandidates = Static<typeof rankCandidates>;
export const rankCandidatesSerde = rowSerde(rankCandidates);

const rankedRow = Type.Object({
  rank: Type.Integer({ minimum: 1 }),
  /** The rank before the last move; absent for a row that has just entered the list. */
  previousRank: Type.Optional(Type.Integer({ minimum: 1 })),
  code,
  count: Type.Integer(),
});
const ranking = Type.Object({ day: Type.Optional(Type.String()), rows: Type.Array(rankedRow) });

/** A place in a ranking. */
export type RankedRow = Static<typeof rankedRow>;
/** The first twenty of the whole shop. */
export type Ranking = Static<typeof ranking>;
export const rankingSerde = rowSerde(ranking);

const rankingState = Type.Object({
  day: Type.Optional(Type.String()),
  parts: Type.Record(Type.String(), Type.Array(scored)),
  rows: Type.Array(rankedRow),
});

/** A ranking with the lists of the partitions it was made of. */
export type RankingState = Static<typeof rankingState>;
export const rankingStateSerde = rowSerde(rankingState);

const tick = Type.Object({
  type: Type.String(),
  code,
  occurredAt: Type.Integer(),
  quantity: Type.Integer(),
  /** How many events of this second were not told before this one. */
  skipped: count,
});

/** One line of the news: something was ordered, reserved, confirmed or cancelled. */
export type Tick = Static<typeof tick>;
export const tickSerde = rowSerde(tick);

const tickerRate = Type.Object({ second: Type.Integer(), told: count, skipped: count });

/** How many ticks a second of event time has had. */
export type TickerRate = Static<typeof tickerRate>;
export const tickerRateSerde = rowSerde(tickerRate);

const replayPosition = Type.Object({
  file: Type.String(),
  sha256: Type.String(),
  /** The first row that is not in the log yet, counted from 0 behind the header. */
  nextRow: count,
  lastOccurredAt: Type.Integer(),
});

/** How far a file has been replayed, written in the transaction of its rows. */
export type ReplayPosition = Static<typeof replayPosition>;
export const replayPositionSerde = rowSerde(replayPosition);

const outboxPosition = Type.Object({
  batch: count,
  ids: Type.Array(Type.Integer()),
  maxOrderId: count,
  maxReservationId: count,
  maxOutboxId: count,
});

/** Which rows of the outbox the last batch held, and the largest ids so far. */
export type OutboxPosition = Static<typeof outboxPosition>;
export const outboxPositionSerde = rowSerde(outboxPosition);
