import { must } from '../../src/base/assert.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** A row of decisions that a seed determines. */
export class Chance {
  readonly #source: ManualClock;

  constructor(seed: number) {
    this.#source = new ManualClock(0, seed);
  }

  /** A number in [0, 1). */
  readonly random = (): number => this.#source.random();

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  pick<T>(from: readonly T[]): T {
    return must(from[this.int(0, from.length - 1)], 'there is something to choose from');
  }

  /** True that often, of 1. What never happens costs no decision. */
  is(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  /** A row of its own, so that one part of a run does not change another's. */
  fork(): Chance {
    return new Chance(this.int(0, 2 ** 31));
  }
}
