import {
  type BatchHeader,
  batchHeaderBytes,
  batchMagic,
  magicOf,
  readBatchHeader,
} from '../../log/batch-header.ts';

/**
 * Goes over the headers of batches that follow one another. Looks at what the CRC does not cover,
 * base offsets, and at lengths; not at the CRC.
 */
export class BatchWalk {
  readonly #bytes: Uint8Array;
  /** Where the next batch begins. */
  at = 0;
  /** What its first offset must be. */
  nextOffset: number;

  constructor(bytes: Uint8Array, nextOffset: number) {
    this.#bytes = bytes;
    this.nextOffset = nextOffset;
  }

  /**
   * The next header, without going on. Undefined when not all of it is there; `'damaged'` when no
   * batch with the next offset is there.
   */
  peek(): BatchHeader | 'damaged' | undefined {
    if (this.at + batchHeaderBytes > this.#bytes.length) return undefined;
    const header = readBatchHeader(this.#bytes, this.at);
    const isPlausible =
      magicOf(this.#bytes, this.at) === batchMagic &&
      header.sizeBytes >= batchHeaderBytes &&
      header.baseOffset === this.nextOffset &&
      header.lastOffset >= header.baseOffset;
    return isPlausible ? header : 'damaged';
  }

  /** Goes behind the batch that `peek` has found; it need not be there whole. */
  skip({ sizeBytes, lastOffset }: BatchHeader): void {
    this.at += sizeBytes;
    this.nextOffset = lastOffset + 1;
  }
}
