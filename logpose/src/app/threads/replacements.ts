import type { ThreadLimits } from './thread-limits.ts';

/** Counts the replacements of an application's workers, as far as they are recent. */
export class Replacements {
  readonly #limits: ReplacementBounds;
  #timesMs: readonly number[] = [];

  constructor(limits: ReplacementBounds) {
    this.#limits = limits;
  }

  /** Returns whether there may be another one, and counts it. */
  take(nowMs: number): boolean {
    const { maxReplacements, replacementWindowMs } = this.#limits;
    this.#timesMs = this.#timesMs.filter((timeMs) => nowMs - timeMs < replacementWindowMs);
    if (this.#timesMs.length >= maxReplacements) return false;
    this.#timesMs = [...this.#timesMs, nowMs];
    return true;
  }
}

type ReplacementBounds = Pick<ThreadLimits, 'maxReplacements' | 'replacementWindowMs'>;
