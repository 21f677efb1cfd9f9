import type {
  CountState,
  Counts,
  DayOfProduct,
  DaySpan,
  DayTotal,
  Lists,
  ProductAnswer,
  ProductCounts,
  RankedProduct,
  ReadCounts,
  ViewCounts,
  Witness,
} from '../../src/stats/counts.ts';
import type { RankingId } from '../../src/streams/ranking/rankings.ts';
import { rankingKey } from '../../src/streams/ranking/rankings.ts';

/** Counts that are set by hand. */
export class FakeCounts implements Counts, Lists, Witness {
  ready = true;
  nowMs = testNowMs;
  state: CountState = { state: 'ready' };
  logTakesViews = true;
  readonly views: string[] = [];
  readonly asked: ReadCounts[] = [];
  readonly rankings = new Map<string, readonly RankedProduct[]>();
  readonly viewers = new Map<string, number>();
  dayRows: readonly DayOfProduct[] = [];
  totalRows: readonly DayTotal[] = [];

  async viewed(code: string) {
    this.views.push(code);
    if (!this.logTakesViews) return undefined;
    return { topic: 'basquiat.product.fetch', partition: 0, offset: this.views.length - 1 };
  }

  presence(): void {}

  async viewsOf(code: string, options: ReadCounts): Promise<ViewCounts> {
    this.asked.push(options);
    const isKnown = this.state.state === 'ready' || this.state.state === 'behind';
    const count = isKnown ? this.views.filter((one) => one === code).length : null;
    const when = { day: '2026-02-16', asOfMs: 1_771_210_800_000 };
    return { state: this.state, today: count, total: count, ...when };
  }

  notTaken(): ViewCounts {
    const state = { state: 'unavailable', reason: 'not taken' } as const;
    return { state, today: null, total: null, day: '2026-02-16', asOfMs: 0 };
  }

  async productOf(code: string): Promise<ProductAnswer> {
    if (this.state.state === 'restoring') return this.state;
    if (this.state.state === 'unavailable') return this.state;
    const views = this.views.filter((one) => one === code).length;
    if (views === 0) return { state: 'absent' };
    return { state: 'found', counts: { ...noCounts, code, views, viewsToday: views } };
  }

  ranking(id: RankingId): readonly RankedProduct[] {
    return this.rankings.get(rankingKey(id)) ?? [];
  }

  viewersOf(code: string): number {
    return this.viewers.get(code) ?? 0;
  }

  days({ from, to, code }: DaySpan): readonly DayOfProduct[] {
    return this.dayRows.filter((row) => {
      return row.day >= from && row.day <= to && (code === undefined || code === row.code);
    });
  }

  dayTotals({ from, to }: DaySpan): readonly DayTotal[] {
    return this.totalRows.filter(({ day }) => day >= from && day <= to);
  }
}

/** Noon of 2026-02-16 in Seoul. */
const testNowMs = Date.parse('2026-02-16T03:00:00Z');

const noCounts: ProductCounts = {
  code: '',
  views: 0,
  viewsToday: 0,
  orders: 0,
  units: 0,
  revenue: 0,
  orderCancels: 0,
  reservations: 0,
  held: 0,
  confirmed: 0,
  cancelled: 0,
  expired: 0,
};
