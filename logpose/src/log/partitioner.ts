import { murmur2 } from '../base/murmur2.ts';
import type { EncodedRecord } from './batch-builder.ts';

/**
 * The partition of a record's key, as Kafka's default partitioner chooses it: equal key bytes go to
 * the same partition whoever writes them. The key must not be null.
 */
export function partitionOfKey(record: EncodedKey, partitions: number): number {
  const { keyBytes, keyStart, keyLength } = record;
  return (murmur2(keyBytes, keyStart, keyStart + keyLength) & 0x7fffffff) % partitions;
}

export type EncodedKey = Pick<EncodedRecord, 'keyBytes' | 'keyStart' | 'keyLength'>;

/**
 * Chooses partitions for records without a key: stays with one until `stickyBytes` went there, then
 * moves on to another at random, as Kafka's producer does (KIP-794).
 */
export class StickyPartitioner {
  readonly #random: () => number;
  readonly #stickyBytes: number;
  #current = -1;
  #bytesLeft = 0;

  /** @param random - A number in [0, 1). */
  constructor(random: () => number, stickyBytes = 16_384) {
    this.#random = random;
    this.#stickyBytes = stickyBytes;
  }

  next(recordBytes: number, partitions: number): number {
    if (this.#bytesLeft <= 0 || this.#current >= partitions) this.#moveOn(partitions);
    this.#bytesLeft -= recordBytes;
    return this.#current;
  }

  #moveOn(partitions: number): void {
    this.#current = Math.floor(this.#random() * partitions);
    this.#bytesLeft = this.#stickyBytes;
  }
}
