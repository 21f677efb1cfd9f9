// One place in so many bytes: what a search reads at most before it finds its batch.
const stepBytes = 64 * 1024;

/** A batch, as an index is told of it. */
export interface IndexedBatch {
  readonly baseOffset: number;
  /** Where it begins. */
  readonly at: number;
  /** −1: it has no records. */
  readonly maxTimestamp: number;
}

/** Where a batch begins, for a search that goes on from there. */
export interface IndexPlace {
  readonly offset: number;
  readonly at: number;
}

/** Where some of a segment's batches begin, in offset order. */
export class SegmentIndex {
  readonly #offsets: number[];
  readonly #positions: number[];
  /** The greatest timestamp in front of each. */
  readonly #maxBefore: number[];
  #maxTimestamp = Number.NEGATIVE_INFINITY;

  constructor(baseOffset: number) {
    this.#offsets = [baseOffset];
    this.#positions = [0];
    this.#maxBefore = [this.#maxTimestamp];
  }

  /** Tells it of the next batch. */
  note({ baseOffset, at, maxTimestamp }: IndexedBatch): void {
    if (at >= (this.#positions.at(-1) ?? 0) + stepBytes) {
      this.#offsets.push(baseOffset);
      this.#positions.push(at);
      this.#maxBefore.push(this.#maxTimestamp);
    }
    if (maxTimestamp > this.#maxTimestamp) this.#maxTimestamp = maxTimestamp;
  }

  /** Where a batch begins that is not behind the one with the offset. */
  floor(offset: number): IndexPlace {
    return this.#last(this.#offsets, (each) => each <= offset);
  }

  /** Where a batch begins in front of which all records are earlier. */
  floorOfTime(timestampMs: number): IndexPlace {
    return this.#last(this.#maxBefore, (each) => each < timestampMs);
  }

  /** The last place whose number is low enough; numbers never fall. */
  #last(numbers: readonly number[], isLow: (number: number) => boolean): IndexPlace {
    let low = 0;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isLow(numbers[middle] ?? 0)) low = middle + 1;
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
