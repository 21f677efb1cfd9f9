import type { RecordPosition } from 'logpose';
import type { RankingId } from '../streams/ranking/rankings.ts';
import type { DayCounts } from '../streams/rows.ts';

/**
 * Whether counts can be trusted. `behind`: right, but from before the caller's own view.
 * Numbers of a state other than `ready` and `behind` are null: a zero is never invented.
 */
export type CountState =
  | { readonly state: 'ready' | 'behind' }
  | { readonly state: 'restoring'; readonly lag: number; readonly percent: number }
  | { readonly state: 'unavailable'; readonly reason: string };

/** What the page of one treasure shows. */
export interface ViewCounts {
  readonly state: CountState;
  /** Today, in the shop's zone. */
  readonly today: number | null;
  readonly total: number | null;
  readonly day: string;
  readonly asOfMs: number;
}

/** Everything that is counted of one treasure. */
export interface ProductCounts {
  readonly code: string;
  readonly views: number;
  readonly viewsToday: number;
  readonly orders: number;
  readonly units: number;
  readonly revenue: number;
  readonly orderCancels: number;
  readonly reservations: number;
  readonly held: number;
  readonly confirmed: number;
  readonly cancelled: number;
  readonly expired: number;
}

/** Counts by a typed read of the store that owns the key. */
export interface Counts {
  viewsOf(code: string, options: ReadCounts): Promise<ViewCounts>;
  /** What is said of a view that the log has not taken yet. */
  notTaken(): ViewCounts;
  productOf(code: string): Promise<ProductAnswer>;
}

/** The counts of one treasure, or why there are none; `absent`: nothing has ever been counted. */
export type ProductAnswer =
  | { readonly state: 'found'; readonly counts: ProductCounts }
  | { readonly state: 'absent' }
  | Exclude<CountState, { state: 'ready' | 'behind' }>;

export interface ReadCounts {
  /** Wait until this view is counted, for at most `waitMs`. */
  readonly after: RecordPosition;
  readonly waitMs: number;
}

/** Lists that are complete on this instance. */
export interface Lists {
  /** Undefined while they are being read for the first time. */
  readonly ready: boolean;
  /** The time of the shop: where events are old, that of the last one. */
  readonly nowMs: number;
  ranking(id: RankingId): readonly RankedProduct[];
  viewersOf(code: string): number;
  /** Rows of the days `from` to `to`, both included. */
  days(span: DaySpan): readonly DayOfProduct[];
  /** One row for each of these days: the rows of all treasures, or of one, together. */
  dayTotals(span: DaySpan): readonly DayTotal[];
}

export interface RankedProduct {
  readonly rank: number;
  readonly previousRank: number | null;
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly count: number;
}

export interface DaySpan {
  readonly from: string;
  readonly to: string;
  readonly code?: string;
  readonly zone?: string;
}

/** One treasure on one day. */
export interface DayOfProduct extends DayTotal {
  readonly code: string;
}

/** What happened on one day. */
export interface DayTotal extends DayCounts {
  readonly day: string;
  readonly zone: string;
}

/** Facts without a row in SQL: they go straight to the log. */
export interface Witness {
  /**
   * A treasure was looked at. Resolves with the event's position, or with undefined when the log
   * has not taken it within `waitMs`, by default 50; it is kept and counted later.
   */
  viewed(code: string, from: Sighting & WaitForLog): Promise<RecordPosition | undefined>;
  /** A page is open, or no longer. Never waited for. */
  presence(code: string, kind: 'here' | 'away', from: Required<Sighting>): void;
}

/** How long somebody waits for the log. */
export interface WaitForLog {
  readonly waitMs?: number;
}

export interface Sighting {
  readonly visitorId?: string | undefined;
  readonly source?: 'api' | 'simulate';
}
