import { type DayRow, readDayRow } from '../api/day-row.ts';
import { type DriverState, readDriver } from '../api/driver-state.ts';
import { type InstanceReport, readInstances } from '../api/instances.ts';
import { type Fields, fieldsOf, instantOf, listOf, numberOf, textOf } from '../api/shape.ts';
import { type Channel, emptyFeed, type Feed } from './feed.ts';

/** The counts of one treasure. What a shop does not send stays undefined. */
export interface Counts {
  readonly quantity: number | undefined;
  readonly viewers: number | undefined;
  readonly viewsToday: number | undefined;
  readonly viewsTotal: number | undefined;
  readonly orders: number | undefined;
  readonly reservations: number | undefined;
  readonly held: number | undefined;
  readonly cancelled: number | undefined;
}

export interface RankingRow {
  readonly rank: number;
  /** Null for a treasure that was not in the list before. */
  readonly previousRank: number | null;
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly count: number;
}

export interface Happening {
  /** Distinguishes this page's list rows; counted here, not by the shop. */
  readonly number: number;
  readonly type: string;
  readonly atMs: number;
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly units: number;
}

export interface Ticker {
  readonly events: readonly Happening[];
  readonly perSecond: number | undefined;
}

/** Counts and stock of a treasure, by code. */
export const productChannel = channel<Counts>('product', (before, data) => {
  const fields = fieldsOf(data);
  return { ...(before ?? noCounts), ...known(readCounts(fields)) };
});

/** How many people have a treasure open, by code. */
export const viewersChannel = channel<number>('viewers', (before, data) => {
  return numberOf(data) ?? before ?? 0;
});

/** The first twenty, by name and period: `orders:today`. */
export const rankingChannel = channel<readonly RankingRow[]>('ranking', (_before, data) =>
  listOf(fieldsOf(data)['rows'], readRankingRow),
);

/** The last events, newest first. */
export const tickerChannel = channel<Ticker>('ticker', (before, data) => {
  const fields = fieldsOf(data);
  const fresh = listOf(fields['events'], readHappening).toSorted(
    (one, other) => other.atMs - one.atMs,
  );
  const events = [...fresh, ...(before?.events ?? [])].slice(0, shownHappenings);
  return { events, perSecond: numberOf(fields['perSecond']) ?? before?.perSecond };
});

/** The simulation. */
export const driverChannel = channel<DriverState>('driver', (_before, data) => readDriver(data));

/** The stream instances. */
export const instancesChannel = channel<readonly InstanceReport[]>('instances', (_before, data) =>
  readInstances(fieldsOf(data)['instances']),
);

/** A day's treasures together, by `dayTotalKey`; undefined when the shop has no such day. */
export const dayTotalChannel = channel<DayRow | undefined>('daily', (before, data) => {
  return listOf(fieldsOf(data)['rows'], readDayRow)[0] ?? before;
});

export function dayTotalKey(day: string): string {
  return `${day}:total`;
}

const shownHappenings = 12;

const noCounts: Counts = {
  quantity: undefined,
  viewers: undefined,
  viewsToday: undefined,
  viewsTotal: undefined,
  orders: undefined,
  reservations: undefined,
  held: undefined,
  cancelled: undefined,
};

function channel<T>(name: string, merge: Channel<T>['merge']): Channel<T> {
  const feeds = new Map<string, Feed<T>>();
  const feedOf = (key: string): Feed<T> => {
    const feed = feeds.get(key) ?? emptyFeed<T>();
    feeds.set(key, feed);
    return feed;
  };
  return { name, feedOf, merge };
}

/** Counts as the live data and the statistics of the API name them. */
export function readCounts(fields: Fields): Counts {
  return {
    quantity: numberOf(fields['quantity']),
    viewers: numberOf(fields['viewers']),
    viewsToday: numberOf(fields['viewsToday']),
    viewsTotal: numberOf(fields['views']),
    orders: numberOf(fields['orders']),
    reservations: numberOf(fields['reservations']),
    held: numberOf(fields['held']),
    cancelled: numberOf(fields['cancelled']),
  };
}

function known(counts: Counts): Partial<Counts> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}

function readRankingRow(row: unknown): RankingRow | undefined {
  const fields = fieldsOf(row);
  const rank = numberOf(fields['rank']);
  const code = textOf(fields['code']);
  if (rank === undefined || code === undefined) return undefined;
  return {
    rank,
    code,
    previousRank: numberOf(fields['previousRank']) ?? null,
    name: textOf(fields['name']) ?? code,
    nameEn: textOf(fields['nameEn']) ?? null,
    count: numberOf(fields['count']) ?? 0,
  };
}

let happenings = 0;

function readHappening(row: unknown): Happening | undefined {
  const fields = fieldsOf(row);
  const code = textOf(fields['code']);
  if (code === undefined) return undefined;
  happenings += 1;
  return {
    number: happenings,
    code,
    type: textOf(fields['type']) ?? 'other',
    atMs: instantOf(fields['occurredAt']) ?? Date.now(),
    name: textOf(fields['name']) ?? code,
    nameEn: textOf(fields['nameEn']) ?? null,
    units: numberOf(fields['quantity']) ?? 1,
  };
}
