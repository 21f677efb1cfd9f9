import { type KeySpan, SortedMap } from '../base/sorted-map.ts';

/** The rows of one window that are in memory: by identity, and in key order once that is asked. */
export class RowIndex {
  readonly #byIdentity = new Map<string | number, number>();
  /** The encoded key of a row, one character per byte. */
  readonly #orderOf: (row: number) => string;
  #sorted: SortedMap<number> | undefined = undefined;

  constructor(orderOf: (row: number) => string) {
    this.#orderOf = orderOf;
  }

  get size(): number {
    return this.#byIdentity.size;
  }

  get(identity: string | number): number | undefined {
    return this.#byIdentity.get(identity);
  }

  add(row: number, identity: string | number): void {
    this.#byIdentity.set(identity, row);
    this.#sorted?.set(this.#orderOf(row), row);
  }

  remove(row: number, identity: string | number): void {
    this.#byIdentity.delete(identity);
    this.#sorted?.delete(this.#orderOf(row));
  }

  /** Rows with `from ≤ encoded key < to`, in the order of their keys. */
  between(span: KeySpan): Iterable<[order: string, row: number]> {
    this.#sorted ??= SortedMap.of(
      new Map([...this.#byIdentity.values()].map((row) => [this.#orderOf(row), row])),
    );
    return this.#sorted.scan(span);
  }
}
