import type { ShelfItem } from './shop-actions.ts';

/** Fills up a treasure that has fallen below a fifth of what it had at first. */
export class SupplyShip {
  readonly #full = new Map<number, number>();

  /** What is to be brought now. */
  *cargo(items: readonly ShelfItem[]): Generator<{ item: ShelfItem; pieces: number }> {
    for (const item of items) {
      const full = Math.max(item.quantity, this.#full.get(item.id) ?? minFull);
      this.#full.set(item.id, full);
      if (item.quantity < full / 5) yield { item, pieces: full - item.quantity };
    }
  }
}

/** A treasure that is sold out when the ship first sees it. */
const minFull = 10;
