import type { Surroundings } from '../domain/surroundings.ts';
import type { Tick } from '../streams/rows.ts';

/** A tick with the treasure's names. */
export interface ToldTick extends Tick {
  readonly name: string;
  readonly nameEn: string | null;
}

/** How many ticks somebody is shown who has just come. */
const keptTicks = 12;
/** Over how long the rate is taken. */
const rateMs = 5_000;

/** The last events, and how many there are in a second. */
export class RecentTicks {
  readonly #surroundings: Pick<Surroundings, 'nowMs'>;
  readonly #last: ToldTick[] = [];
  /** Of each second that is not over for long: when it began, and its events. */
  #seconds: { readonly startMs: number; events: number }[] = [];

  constructor(surroundings: Pick<Surroundings, 'nowMs'>) {
    this.#surroundings = surroundings;
  }

  /** Newest last. */
  get last(): readonly ToldTick[] {
    return this.#last;
  }

  /** Events a second, those included that were not told one by one. */
  get perSecond(): number {
    this.#forget();
    const events = this.#seconds.reduce((sum, second) => sum + second.events, 0);
    return Math.round((events * 10_000) / rateMs) / 10;
  }

  add(tick: ToldTick): void {
    this.#last.push(tick);
    if (this.#last.length > keptTicks) this.#last.shift();
    this.#forget();
    const startMs = Math.floor(this.#surroundings.nowMs() / 1_000) * 1_000;
    const second = this.#seconds.at(-1);
    const events = 1 + tick.skipped;
    if (second?.startMs === startMs) second.events += events;
    else this.#seconds.push({ startMs, events });
  }

  #forget(): void {
    const fromMs = this.#surroundings.nowMs() - rateMs;
    this.#seconds = this.#seconds.filter(({ startMs }) => startMs >= fromMs);
  }
}
