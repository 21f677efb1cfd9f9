import type { Row } from './row.ts';

/** The rows of one window that are in memory: by identity, and in key order when asked. */
export class RowIndex<K, H> {
  readonly #byIdentity = new Map<string | number, Row<K, H>>();
  #sorted: readonly Row<K, H>[] | undefined = undefined;

  get size(): number {
    return this.#byIdentity.size;
  }

  get(identity: string | number): Row<K, H> | undefined {
    return this.#byIdentity.get(identity);
  }

  add(row: Row<K, H>): void {
    row.indexed = true;
    this.#byIdentity.set(row.identity, row);
    this.#sorted = undefined;
  }

  remove(row: Row<K, H>): void {
    row.indexed = false;
    this.#byIdentity.delete(row.identity);
    this.#sorted = undefined;
  }

  /** Rows with `from ≤ order < to`, ascending. `orderOf` encodes a row's key, once. */
  between(
    from: string,
    to: string | undefined,
    orderOf: (row: Row<K, H>) => string,
  ): readonly Row<K, H>[] {
    if (this.#byIdentity.size === 0) return [];
    this.#sorted ??= [...this.#byIdentity.values()].sort((left, right) =>
      orderOf(left) < orderOf(right) ? -1 : 1,
    );
    const sorted = this.#sorted;
    const begin = firstNotBelow(sorted, from, orderOf);
    const end = to === undefined ? sorted.length : firstNotBelow(sorted, to, orderOf);
    return sorted.slice(begin, Math.max(begin, end));
  }
}

function firstNotBelow<K, H>(
  sorted: readonly Row<K, H>[],
  bound: string,
  orderOf: (row: Row<K, H>) => string,
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = sorted[middle];
    if (row !== undefined && orderOf(row) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
