import type { Surroundings } from '../domain/surroundings.ts';

/** How fast the past is told again. */
export interface PaceOptions {
  /** Times as fast as it happened; `'max'`: as fast as it can be. */
  readonly speed: number | 'max';
  /** A pause of the past that is longer than this is cut down to it. */
  readonly maxGapMs?: number;
}

/** Says when each event is due. */
export class Pace {
  readonly #options: PaceOptions;
  readonly #surroundings: Pick<Surroundings, 'nowMs' | 'after'>;
  #dueMs: number;
  #lastMs: number | undefined;

  constructor(options: PaceOptions, surroundings: Pick<Surroundings, 'nowMs' | 'after'>) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#dueMs = surroundings.nowMs();
  }

  /** How long to wait for an event of this time; 0 when it is due. Called in the order of time. */
  waitMs(occurredAt: number): number {
    const { speed, maxGapMs = Number.POSITIVE_INFINITY } = this.#options;
    if (speed === 'max') return 0;
    const gapMs = Math.min(Math.max(0, occurredAt - (this.#lastMs ?? occurredAt)), maxGapMs);
    this.#lastMs = Math.max(occurredAt, this.#lastMs ?? occurredAt);
    this.#dueMs += gapMs / speed;
    return Math.max(0, this.#dueMs - this.#surroundings.nowMs());
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#surroundings.after(ms, resolve));
  }
}
