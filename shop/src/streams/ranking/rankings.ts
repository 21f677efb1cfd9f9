/** The rankings of the shop. */
export type RankingName = 'orders' | 'reservations' | 'held' | 'cancelled' | 'views';
/** All time, or the shop's day that event time, or in a live world the clock, has reached. */
export type RankingPeriod = 'total' | 'today';

/** What each ranking can be ordered by; the first is meant when nothing is said. */
export const rankingMetrics = {
  orders: ['orders', 'units', 'revenue', 'cancels', 'cancelUnits'],
  reservations: ['reservations'],
  held: ['pending'],
  cancelled: ['cancelled'],
  views: ['views'],
} as const satisfies Readonly<Record<RankingName, readonly string[]>>;

/** Which periods each ranking has: what is held now has no day. */
export const rankingPeriods = {
  orders: ['total', 'today'],
  reservations: ['total', 'today'],
  held: ['total'],
  cancelled: ['total', 'today'],
  views: ['total', 'today'],
} as const satisfies Readonly<Record<RankingName, readonly RankingPeriod[]>>;

/** Which list. */
export interface RankingId {
  readonly name: RankingName;
  readonly period: RankingPeriod;
  /** Default: the ranking's first metric. */
  readonly metric?: string;
}

/** The key of a list in `.ranking`: `orders:today`, or `orders:today:revenue`. */
export function rankingKey({ name, period, metric = rankingMetrics[name][0] }: RankingId): string {
  const first = rankingMetrics[name][0] === metric;
  return first ? `${name}:${period}` : `${name}:${period}:${metric}`;
}

/** Every list there is. */
export function allRankings(): readonly Required<RankingId>[] {
  return rankingNames.flatMap((name) =>
    rankingPeriods[name].flatMap((period) =>
      rankingMetrics[name].map((metric) => ({ name, period, metric })),
    ),
  );
}

/** How many rows a list has at most. */
export const rankingLimit = 20;

/** Their names, in the order in which they are shown. */
export const rankingNames = [
  'orders',
  'reservations',
  'held',
  'cancelled',
  'views',
] as const satisfies readonly RankingName[];
