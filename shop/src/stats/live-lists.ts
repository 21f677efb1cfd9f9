import type { Log, RecordPosition, StreamsApp } from 'logpose';
import type { Surroundings } from '../domain/surroundings.ts';
import { addDays, dayOf } from '../domain/zoned-day.ts';
import type { ProductCache } from '../sql/product-cache.ts';
import { emptyDay } from '../streams/daily.ts';
import { type RankingId, rankingKey } from '../streams/ranking/rankings.ts';
import type {
  DailyRow,
  DayCounts,
  ProductStats,
  Ranking,
  ReservationsNow,
  Tick,
} from '../streams/rows.ts';
import type { ShopStores } from '../streams/topology.ts';
import type { ShopTopics } from '../topics.ts';
import type {
  DayOfProduct,
  DaySpan,
  DayTotal,
  Lists,
  ProductCounts,
  RankedProduct,
} from './counts.ts';
import { withChange } from './day-sums.ts';
import { productCounts } from './product-counts.ts';
import { StoreFollower, type StoreFollowerOptions } from './store-follower.ts';
import { type FollowedTopic, TopicReader, type TopicReaderOptions } from './topic-reader.ts';

/**
 * What has changed, and the position of the record that says so; none for a change of stock or of
 * a row in a store.
 */
export type ListChange =
  | {
      readonly list: 'product' | 'viewers';
      readonly key: string;
      readonly position?: RecordPosition;
    }
  | { readonly list: 'ranking'; readonly key: string; readonly position: RecordPosition }
  | {
      readonly list: 'daily';
      readonly key: string;
      readonly code: string;
      readonly position: RecordPosition;
    }
  | { readonly list: 'ticker'; readonly tick: Tick; readonly position: RecordPosition };

/** The stores that lists follow, and an instance that tells of them. */
export interface ListStreams {
  readonly app: Pick<StreamsApp, 'subscribe'>;
  readonly stores: Pick<ShopStores, 'stats' | 'reservationsNow'>;
}

/** What lists are kept from. */
export interface LiveListsParts {
  readonly log: Log;
  readonly topics: ShopTopics;
  /** Asked anew for an instance that lives whenever one has ended. */
  readonly streams: ListStreams;
  readonly cache: ProductCache;
  readonly zone: string;
  /** The world's own time: where events are old, that of the last one. */
  readonly surroundings: Pick<Surroundings, 'nowMs'>;
  readonly onError: (error: unknown) => void;
}

/**
 * The small results, whole, in memory: lists are complete and local in every process.
 *
 * Totals and reservations are followed as stores. The others stay readers of result topics: viewers
 * and ticks are in no store as they are told, a ranking's store also has the partitions' lists,
 * and days stay in their topic longer than in their store.
 */
export class LiveLists implements Lists {
  readonly #parts: LiveListsParts;
  readonly #stats = new Map<string, ProductStats>();
  readonly #reservations = new Map<string, ReservationsNow>();
  readonly #viewers = new Map<string, number>();
  readonly #rankings = new Map<string, Ranking>();
  /** By zone and day, then by code. */
  readonly #days = new Map<string, Map<string, DailyRow>>();
  /** By zone and day: the sums of those rows. */
  readonly #sums = new Map<string, DayCounts>();
  readonly #readers: readonly FollowedTopic[];
  readonly #listeners = new Set<(change: ListChange) => void>();

  constructor(parts: LiveListsParts) {
    this.#parts = parts;
    const { topics, cache } = parts;
    this.#readers = [
      this.#followStore(this.#stats, (from) =>
        parts.streams.app.subscribe(parts.streams.stores.stats, from),
      ),
      this.#followStore(this.#reservations, (from) =>
        parts.streams.app.subscribe(parts.streams.stores.reservationsNow, from),
      ),
      this.#follow({
        topic: topics.viewers,
        onRecord: (record) => this.#keep('viewers', this.#viewers, record),
      }),
      this.#follow({
        topic: topics.ranking,
        onRecord: (record) => this.#keep('ranking', this.#rankings, record),
      }),
      this.#follow({ topic: topics.daily, onRecord: (record) => this.#keepDay(record) }),
      this.#follow({
        topic: topics.ticker,
        from: 'latest',
        onRecord: (record) =>
          this.#tell({ list: 'ticker', tick: record.value, position: positionOf(record) }),
      }),
    ];
    cache.onPut(({ code }) => this.#tell({ list: 'product', key: code }));
  }

  get ready(): boolean {
    return this.#readers.every(({ isReady }) => isReady);
  }

  /** How much has been read of what was there at the start, in hundredths. */
  get percent(): number {
    let [passed, total] = [0, 0];
    for (const { progress } of this.#readers) {
      passed += progress.passed;
      total += progress.total;
    }
    // Nothing to read, or nothing known of it yet.
    if (total === 0) return this.ready ? 100 : 0;
    return Math.floor((100 * passed) / total);
  }

  /** Resolves when every list is complete for the first time. */
  async whenReady(): Promise<void> {
    await Promise.all(this.#readers.map(({ ready }) => ready));
  }

  onChange(listener: (change: ListChange) => void): void {
    this.#listeners.add(listener);
  }

  ranking(id: RankingId): readonly RankedProduct[] {
    return this.rankingOf(rankingKey(id)) ?? [];
  }

  /** The same by key; undefined for a list that nothing has been told of. */
  rankingOf(key: string): readonly RankedProduct[] | undefined {
    const ranking = this.#rankings.get(key);
    if (ranking === undefined) return undefined;
    // A list of yesterday is no list of today.
    if (ranking.day !== undefined && ranking.day < this.today) return [];
    return ranking.rows.map(({ rank, previousRank, code, count }) => {
      const names = this.namesOf(code);
      return { rank, previousRank: previousRank ?? null, code, ...names, count };
    });
  }

  viewersOf(code: string): number {
    return this.#viewers.get(code) ?? 0;
  }

  countsOf(code: string): ProductCounts {
    const viewsToday = this.#dayRows(this.#parts.zone, this.today)?.get(code)?.counts.views ?? 0;
    const rows = { stats: this.#stats.get(code), now: this.#reservations.get(code), viewsToday };
    return productCounts(code, rows);
  }

  days({ from, to, code, zone = this.#parts.zone }: DaySpan): readonly DayOfProduct[] {
    const found: DayOfProduct[] = [];
    for (let day = from; day <= to; day = addDays(day, 1)) {
      for (const row of this.#dayRows(zone, day)?.values() ?? []) {
        if (code === undefined || code === row.code) found.push(dayOfProduct(row));
      }
    }
    return found;
  }

  dayTotals({ from, to, code, zone = this.#parts.zone }: DaySpan): readonly DayTotal[] {
    const totals: DayTotal[] = [];
    for (let day = from; day <= to; day = addDays(day, 1)) {
      const counts =
        code === undefined
          ? this.#sums.get(dayKey(zone, day))
          : this.#dayRows(zone, day)?.get(code)?.counts;
      totals.push({ day, zone, ...(counts ?? emptyDay) });
    }
    return totals;
  }

  /** One treasure's row of a day of the shop's zone. */
  dayRow(day: string, code: string): DayOfProduct | undefined {
    const row = this.#dayRows(this.#parts.zone, day)?.get(code);
    return row && dayOfProduct(row);
  }

  namesOf(code: string): { readonly name: string; readonly nameEn: string | null } {
    const product = this.#parts.cache.byCode(code);
    return { name: product?.name ?? code, nameEn: product?.nameEn ?? null };
  }

  /** The time of the shop. */
  get nowMs(): number {
    return this.#parts.surroundings.nowMs();
  }

  /** The shop's day now. */
  get today(): string {
    return dayOf(this.nowMs, this.#parts.zone);
  }

  /** Keys of the rankings that belong to a day. */
  get rankingsOfToday(): readonly string[] {
    return [...this.#rankings].flatMap(([key, { day }]) => (day === undefined ? [] : [key]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }

  #follow<V>(options: Pick<TopicReaderOptions<V>, 'topic' | 'from' | 'onRecord'>): TopicReader<V> {
    const { log, onError } = this.#parts;
    return new TopicReader({ log, onError, ...options });
  }

  #followStore<V>(
    rows: Map<string, V>,
    subscribe: StoreFollowerOptions<V>['subscribe'],
  ): StoreFollower<V> {
    const onChange = (key: string): void => this.#tell({ list: 'product', key });
    return new StoreFollower({ rows, subscribe, onChange, onError: this.#parts.onError });
  }

  #keep<V>(list: 'viewers' | 'ranking', rows: Map<string, V>, record: ReadRecord<V>): void {
    rows.set(record.key, record.value);
    this.#tell({ list, key: record.key, position: positionOf(record) });
  }

  #keepDay(record: ReadRecord<DailyRow>): void {
    const { zone, day, code } = record.value;
    const at = dayKey(zone, day);
    const rows = this.#days.get(at) ?? new Map<string, DailyRow>();
    const before = rows.get(code)?.counts ?? emptyDay;
    const change = { before, after: record.value.counts };
    this.#sums.set(at, withChange(this.#sums.get(at) ?? emptyDay, change));
    this.#days.set(at, rows);
    rows.set(code, record.value);
    if (zone !== this.#parts.zone) return;
    const position = positionOf(record);
    this.#tell({ list: 'daily', key: day, code, position });
    this.#tell({ list: 'product', key: code, position });
  }

  #dayRows(zone: string, day: string): Map<string, DailyRow> | undefined {
    return this.#days.get(dayKey(zone, day));
  }

  #tell(change: ListChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

interface ReadRecord<V> extends RecordPosition {
  readonly key: string;
  readonly value: V;
}

function positionOf({ topic, partition, offset }: RecordPosition): RecordPosition {
  return { topic, partition, offset };
}

function dayKey(zone: string, day: string): string {
  return `${day} ${zone}`;
}

function dayOfProduct({ code, day, zone, counts }: DailyRow): DayOfProduct {
  return { code, day, zone, ...counts };
}
