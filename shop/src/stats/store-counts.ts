import type { Answer, ReadOptions, StreamsApp, Timestamped } from 'logpose';
import type { Surroundings } from '../domain/surroundings.ts';
import { dayOf, startOfDayMs } from '../domain/zoned-day.ts';
import type { DayCounts } from '../streams/rows.ts';
import type { ShopStores } from '../streams/topology.ts';
import type { CountState, Counts, ProductAnswer, ReadCounts, ViewCounts } from './counts.ts';
import { productCounts } from './product-counts.ts';

/** What counts are read from. */
export interface StoreCountsParts {
  /** The streams that run now. */
  readonly streams: { readonly app: StreamsApp; readonly stores: ShopStores };
  readonly zone: string;
  readonly surroundings: Pick<Surroundings, 'nowMs'>;
}

/** How long a read that waits for nothing may take. */
const readTimeoutMs = 1_000;

/** Counts by typed reads: a number, or why there is none. */
export class StoreCounts implements Counts {
  readonly #parts: StoreCountsParts;
  /** The day that was asked for last: it changes once in 24 hours, its start costs a search. */
  #today = { day: '', startMs: 0 };
  /** The longest way that a store had to go. */
  #mostLag = 0;

  constructor(parts: StoreCountsParts) {
    this.#parts = parts;
  }

  async viewsOf(code: string, { after, waitMs }: ReadCounts): Promise<ViewCounts> {
    const { day } = this.#dayNow();
    const waiting = waitMs > 0;
    if (waiting) {
      const counts = await this.#views(code, { after, timeoutMs: waitMs });
      if (counts.state === 'ready') return this.#answer(counts, { state: 'ready' }, day);
    }
    const counts = await this.#views(code, { timeoutMs: readTimeoutMs });
    if (counts.state !== 'ready') return this.#answer(noCount, counts.why, day);
    // Without a wait, the newest committed count may or may not hold the caller's own view.
    return this.#answer(counts, { state: waiting ? 'behind' : 'ready' }, day);
  }

  notTaken(): ViewCounts {
    const why = { state: 'unavailable', reason: 'the log has not taken the view yet' } as const;
    return this.#answer(noCount, why, this.#dayNow().day);
  }

  async productOf(code: string): Promise<ProductAnswer> {
    const { app, stores } = this.#parts.streams;
    const options = { timeoutMs: readTimeoutMs };
    const [stats, now, today] = await Promise.all([
      app.store(stores.stats).get(code, options),
      app.store(stores.reservationsNow).get(code, options),
      this.#dayOf(code, options),
    ]);
    for (const answer of [stats, now, today]) {
      if (!isKnown(answer)) return this.#whyNot(answer);
    }
    if ([stats, now, today].every(({ state }) => state === 'absent')) return { state: 'absent' };
    const viewsToday = valueIn(today)?.views ?? 0;
    const rows = { stats: valueIn(stats), now: valueIn(now), viewsToday };
    return { state: 'found', counts: productCounts(code, rows) };
  }

  async #views(code: string, options: ReadOptions): Promise<ReadViews> {
    const { app, stores } = this.#parts.streams;
    const [total, today] = await Promise.all([
      app.store(stores.views).get(code, options),
      this.#dayOf(code, options),
    ]);
    for (const answer of [total, today]) {
      if (!isKnown(answer)) return { state: 'none', why: this.#whyNot(answer) };
    }
    return { state: 'ready', total: valueIn(total) ?? 0, today: valueIn(today)?.views ?? 0 };
  }

  #dayOf(code: string, options: ReadOptions): Promise<Answer<Timestamped<DayCounts>>> {
    const { streams, zone } = this.#parts;
    const days = streams.stores.days.get(zone);
    if (days === undefined) throw new RangeError(`no days are kept of zone ${zone}`);
    return streams.app.store(days).get(code, this.#dayNow().startMs, options);
  }

  #dayNow(): { readonly day: string; readonly startMs: number } {
    const { zone, surroundings } = this.#parts;
    const day = dayOf(surroundings.nowMs(), zone);
    if (day !== this.#today.day) this.#today = { day, startMs: startOfDayMs(day, zone) };
    return this.#today;
  }

  #whyNot(answer: Answer<Timestamped<unknown>>): NoCount {
    switch (answer.state) {
      case 'restoring':
        return { state: 'restoring', lag: answer.lag, percent: this.#restored(answer.lag) };
      case 'moved':
        return { state: 'unavailable', reason: `moved to ${answer.to}` };
      case 'unavailable':
        return { state: 'unavailable', reason: answer.reason };
      default:
        return { state: 'unavailable', reason: 'not counted yet' };
    }
  }

  /** How much of what was left when somebody first asked is done. */
  #restored(lag: number): number {
    this.#mostLag = Math.max(this.#mostLag, lag);
    return lag === 0 ? 100 : Math.floor((100 * (this.#mostLag - lag)) / this.#mostLag);
  }

  #answer(
    { today, total }: Pick<ViewCounts, 'today' | 'total'>,
    state: CountState,
    day: string,
  ): ViewCounts {
    return { state, today, total, day, asOfMs: this.#parts.surroundings.nowMs() };
  }
}

type ReadViews =
  | { readonly state: 'ready'; readonly total: number; readonly today: number }
  | { readonly state: 'none'; readonly why: NoCount };

type NoCount = Exclude<CountState, { state: 'ready' | 'behind' }>;

const noCount = { today: null, total: null };

function isKnown(answer: Answer<Timestamped<unknown>>): boolean {
  return answer.state === 'found' || answer.state === 'absent';
}

function valueIn<V>(answer: Answer<Timestamped<V>>): V | undefined {
  return answer.state === 'found' ? answer.value : undefined;
}
