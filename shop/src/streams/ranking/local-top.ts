import type { Scored } from '../rows.ts';
import { compareScored } from './compare-scored.ts';
import { rankingLimit } from './rankings.ts';

/**
 * The scores of all treasures of one partition by one metric, and their first twenty. A row that
 * falls is replaced by the true next one, because every score is known.
 *
 * Kept in memory: as many rows as the partition has treasures, read from their store on opening.
 */
export class LocalTop {
  readonly #scores = new Map<string, number>();
  #told: readonly Scored[] | undefined;
  #isStale = true;

  set(code: string, score: number): void {
    if (this.#scores.get(code) === score) return;
    this.#scores.set(code, score);
    this.#isStale = true;
  }

  clear(): void {
    this.#scores.clear();
    this.#isStale = true;
  }

  /** The list, if it differs from the one taken last. Rows without a positive score are in none. */
  takeChange(): readonly Scored[] | undefined {
    if (!this.#isStale) return undefined;
    this.#isStale = false;
    const rows = this.#first();
    if (this.#told !== undefined && isSame(this.#told, rows)) return undefined;
    this.#told = rows;
    return rows;
  }

  #first(): readonly Scored[] {
    const rows: Scored[] = [];
    for (const [code, count] of this.#scores) {
      const last = rows[rankingLimit - 1];
      if (count <= 0 || (last !== undefined && count < last.count)) continue;
      insert(rows, { code, count });
    }
    return rows;
  }
}

function insert(rows: Scored[], row: Scored): void {
  let at = rows.length;
  for (let before = rows[at - 1]; before && compareScored(row, before) < 0; before = rows[at - 1]) {
    at--;
  }
  rows.splice(at, 0, row);
  if (rows.length > rankingLimit) rows.pop();
}

function isSame(left: readonly Scored[], right: readonly Scored[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ code, count }, n) => code === right[n]?.code && count === right[n]?.count)
  );
}
