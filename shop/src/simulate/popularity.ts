import type { Random } from './random.ts';

/**
 * How much each treasure is liked: a few very much, most a little. Tastes drift, so that rankings
 * overtake each other.
 */
export class Popularity {
  readonly #random: Random;
  readonly #moods = new Map<string, { mood: number; readonly home: number }>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** One second of changing tastes: a step at random, and a pull back home. */
  drift(): void {
    for (const taste of this.#moods.values()) {
      taste.mood += (taste.home - taste.mood) * pull + this.#random.bell() * step;
    }
  }

  /** A treasure, the liked ones more often; undefined when there are none. */
  choose<T extends { readonly code: string }>(items: readonly T[]): T | undefined {
    const weights = items.map(({ code }) => Math.exp(this.#moodOf(code)));
    let left = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [n, weight] of weights.entries()) {
      left -= weight;
      if (left < 0) return items[n];
    }
    return items.at(-1);
  }

  #moodOf(code: string): number {
    const known = this.#moods.get(code);
    if (known !== undefined) return known.mood;
    const home = this.#random.bell();
    this.#moods.set(code, { mood: home, home });
    return home;
  }
}

const pull = 0.01;
const step = 0.12;
