import { isRealDay } from '../domain/zoned-day.ts';
import type { DriverReport } from '../ops/driver.ts';
import type { InstanceReport } from '../ops/instances.ts';
import type { ProductCache } from '../sql/product-cache.ts';
import type { LiveLists } from '../stats/live-lists.ts';
import { allRankings, rankingKey } from '../streams/ranking/rankings.ts';
import type { RecentTicks, ToldTick } from './recent-ticks.ts';

/** What channels show. */
export interface ChannelParts {
  readonly lists: LiveLists;
  readonly cache: ProductCache;
  readonly ticks: RecentTicks;
  readonly driver: () => DriverReport;
  readonly instances: () => readonly InstanceReport[];
}

/** What has happened to a subscription since its last frame, where a frame holds only that. */
export interface News {
  /** Treasures whose row of the day changed. */
  readonly codes: Set<string>;
  readonly ticks: ToldTick[];
}

/** One kind of live data. */
export interface LiveChannel {
  /** Between two frames of one key. */
  readonly minIntervalMs: number;
  isKey(key: string): boolean;
  /** Everything there is. */
  snapshot(key: string): unknown;
  /** What a page that knows the earlier frames needs; by default everything. */
  diff?(key: string, news: News): unknown;
}

/** Ticks a page is sent at once: nobody reads faster. */
export const maxTicksPerFrame = 20;

/** The channels by name. */
export function liveChannels(parts: ChannelParts): ReadonlyMap<string, LiveChannel> {
  const { lists, cache, ticks, driver, instances } = parts;
  const rankings = new Set(allRankings().map(rankingKey));
  const product = (code: string) => ({
    ...lists.countsOf(code),
    viewers: lists.viewersOf(code),
    quantity: cache.byCode(code)?.quantity,
  });
  return new Map<string, LiveChannel>([
    ['product', { minIntervalMs: 100, isKey: isCode, snapshot: product }],
    ['viewers', { minIntervalMs: 1_000, isKey: isCode, snapshot: (code) => lists.viewersOf(code) }],
    [
      'ranking',
      {
        minIntervalMs: 250,
        isKey: (key) => rankings.has(key),
        snapshot: (key) => ({ rows: lists.rankingOf(key) ?? [] }),
      },
    ],
    [
      'ticker',
      {
        minIntervalMs: 100,
        isKey: isEmpty,
        snapshot: () => ({ events: ticks.last, perSecond: ticks.perSecond }),
        diff: (_key, news) => ({
          events: news.ticks.slice(-maxTicksPerFrame),
          perSecond: ticks.perSecond,
        }),
      },
    ],
    [
      'daily',
      {
        minIntervalMs: 500,
        isKey: (key) => isRealDay(dayIn(key)),
        snapshot: (key) => ({ rows: dayRows(lists, key) }),
        diff: (key, { codes }) => ({
          rows: isTotal(key)
            ? dayRows(lists, key)
            : [...codes].flatMap((code) => lists.dayRow(key, code) ?? []),
        }),
      },
    ],
    ['driver', { minIntervalMs: 1_000, isKey: isEmpty, snapshot: driver }],
    [
      'instances',
      { minIntervalMs: 500, isKey: isEmpty, snapshot: () => ({ instances: instances() }) },
    ],
  ]);
}

/** The key for a day's treasures together; the day alone is for each of them. */
export function dayTotalKey(day: string): string {
  return `${day}${total}`;
}

const total = ':total';

function isTotal(key: string): boolean {
  return key.endsWith(total);
}

function dayIn(key: string): string {
  return isTotal(key) ? key.slice(0, -total.length) : key;
}

function dayRows(lists: LiveLists, key: string) {
  const span = { from: dayIn(key), to: dayIn(key) };
  return isTotal(key) ? lists.dayTotals(span) : lists.days(span);
}

function isCode(key: string): boolean {
  return key.length > 0 && key.length <= 64;
}

function isEmpty(key: string): boolean {
  return key === '';
}
