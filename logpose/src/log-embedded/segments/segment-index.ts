// One place in so many bytes: what a search reads at most before it finds its batch.
const stepBytes = 64 * 1024;

/** Where some of a segment's batches begin, in offset order. */
export class SegmentIndex {
  readonly #offsets: number[];
  readonly #positions: number[];

  constructor(baseOffset: number) {
    this.#offsets = [baseOffset];
    this.#positions = [0];
  }

  /** Tells it of the next batch. */
  note(baseOffset: number, at: number): void {
    if (at < (this.#positions.at(-1) ?? 0) + stepBytes) return;
    this.#offsets.push(baseOffset);
    this.#positions.push(at);
  }

  /** Where a batch begins that is not behind the one with the offset. */
  floor(offset: number): { readonly offset: number; readonly at: number } {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const found = Math.max(low - 1, 0);
    return { offset: this.#offsets[found] ?? 0, at: this.#positions[found] ?? 0 };
  }
}

/** The indexes of the segments that were used lately; others are made again when needed. */
export class SegmentIndexes {
  readonly #maxIndexes: number;
  readonly #indexes = new Map<string, SegmentIndex>();

  constructor(maxIndexes = 256) {
    this.#maxIndexes = maxIndexes;
  }

  find(path: string): SegmentIndex | undefined {
    return this.#indexes.get(path);
  }

  add(path: string, index: SegmentIndex): void {
    this.#indexes.delete(path);
    this.#indexes.set(path, index);
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > this.#maxIndexes && oldest !== undefined) {
      this.#indexes.delete(oldest);
    }
  }
}
