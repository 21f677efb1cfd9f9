import { SortedMap } from '../base/sorted-map.ts';
import type { Row } from './row.ts';

/** The rows of one window that are in memory: by identity, and in key order once that is asked. */
export class RowIndex<K, H> {
  readonly #byIdentity = new Map<string | number, Row<K, H>>();
  #sorted: SortedMap<Row<K, H>> | undefined = undefined;

  get size(): number {
    return this.#byIdentity.size;
  }

  get(identity: string | number): Row<K, H> | undefined {
    return this.#byIdentity.get(identity);
  }

  /** @param order - The encoded key, one character per byte. */
  add(row: Row<K, H>, order: string): void {
    row.indexed = true;
    this.#byIdentity.set(row.identity, row);
    this.#sorted?.set(order, row);
  }

  remove(row: Row<K, H>, order: string): void {
    row.indexed = false;
    this.#byIdentity.delete(row.identity);
    this.#sorted?.delete(order);
  }

  /** Rows with `from ≤ order < to`, ascending. */
  between(from: string, to: string | undefined): readonly Row<K, H>[] {
    this.#sorted ??= this.#sort();
    const found: Row<K, H>[] = [];
    for (const [, row] of this.#sorted.scan({ from, to, reverse: false })) found.push(row);
    return found;
  }

  #sort(): SortedMap<Row<K, H>> {
    const sorted = new SortedMap<Row<K, H>>();
    for (const row of this.#byIdentity.values()) sorted.set(row.order ?? '', row);
    return sorted;
  }
}
