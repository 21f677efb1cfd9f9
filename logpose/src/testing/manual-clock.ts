import type { Surroundings } from '../base/clock.ts';

/** A clock that stands still until it is told to go on, with timers that run when it does. */
export class ManualClock implements Surroundings {
  #nowMs: number;
  #seed: number;
  #timers: Timer[] = [];

  /**
   * @param startMs - Milliseconds since 1970.
   * @param seed - Where the row of random numbers begins: equal seeds, equal rows.
   */
  constructor(startMs = 0, seed = 1) {
    this.#nowMs = startMs;
    this.#seed = seed >>> 0;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** A number in [0, 1). */
  random(): number {
    // The generator "mulberry32": enough for tests, and the same everywhere.
    this.#seed = (this.#seed + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Moves on, and runs the timers that become due, each at its own time, the earliest first. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#takeDue(untilMs); next !== undefined; next = this.#takeDue(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #takeDue(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs <= untilMs && (first === undefined || timer.atMs < first.atMs)) first = timer;
    }
    this.#timers = this.#timers.filter((timer) => timer !== first);
    return first;
  }
}

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}
