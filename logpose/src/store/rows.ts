import { must } from '../base/assert.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import { fromLatin1, latin1 } from '../base/bytes.ts';

/** The row of a key that memory does not keep: the one that was looked at last. */
export const transientRow = 0;

/** Time of a row that only the engine knows. */
export const unknownTime = Number.NaN;

/** Set while … the row waits for a flush, is being flushed, has an update that was not sent on. */
export const queued = 1;
export const flushing = 2;
export const unsent = 4;
/** Set while the row stands in the index of its window. */
export const indexed = 8;

/** Which row it is. */
export interface RowKey<K> {
  readonly key: K;
  readonly identity: string | number;
  readonly startMs: number;
}

const minCapacity = 64;
const numbersPerRow = 4;
const time = 0;
const entry = 1;
const startMs = 2;
const flags = 3;
// One byte of length and the key.
const keyStride = 32;
const maxInlineBytes = keyStride - 1;
const isLong = 255;

/**
 * The rows of a store that are in memory: a row is a small number, and what belongs to it stands in
 * columns.
 *
 * Passes over many rows touch one or two columns, which fit into the processor's cache where
 * objects do not: counting by 100,000 keys spends two thirds of its time waiting for memory with an
 * object per row, level and key.
 */
export class Rows<K, H> {
  /** The newest value; undefined: there is none, or it is not known. */
  values: (H | undefined)[] = [];
  keys: (K | undefined)[] = [];
  identities: (string | number)[] = [];
  /** What belongs to a row in numbers stands together, in one line of the processor's cache. */
  #numbers = new Float64Array(minCapacity * numbersPerRow);
  #keyBytes = Buffer.alloc(minCapacity * keyStride);
  readonly #longKeys = new Map<number, string>();
  #count = transientRow + 1;
  #capacity = minCapacity;
  readonly #free: number[] = [];

  /** Time of the newest value, or of its deletion; NaN: memory does not know the row. */
  time(row: number): number {
    return this.#numbers[row * numbersPerRow + time] ?? unknownTime;
  }

  setTime(row: number, timestamp: number): void {
    this.#numbers[row * numbersPerRow + time] = timestamp;
  }

  /** Number of its latest entry in a generation; smaller than any current one: it has none. */
  entry(row: number): number {
    return this.#numbers[row * numbersPerRow + entry] ?? -1;
  }

  setEntry(row: number, number: number): void {
    this.#numbers[row * numbersPerRow + entry] = number;
  }

  startMs(row: number): number {
    return this.#numbers[row * numbersPerRow + startMs] ?? 0;
  }

  flags(row: number): number {
    return this.#numbers[row * numbersPerRow + flags] ?? 0;
  }

  setFlags(row: number, to: number): void {
    this.#numbers[row * numbersPerRow + flags] = to;
  }

  /** Makes the transient row another key's, of which nothing is known. */
  lookAt({ key, identity, startMs: windowStartMs }: RowKey<K>, encodedKey: ByteWriter): void {
    this.values[transientRow] = undefined;
    this.setTime(transientRow, unknownTime);
    this.keys[transientRow] = key;
    this.identities[transientRow] = identity;
    this.#numbers[transientRow * numbersPerRow + startMs] = windowStartMs;
    // Numbers of entries begin at 0: left out, it would seem to have been written first.
    this.setEntry(transientRow, -1);
    this.#setKeyBytes(transientRow, encodedKey);
  }

  /** Makes a row that stays of the transient one. */
  keepTransient(): number {
    const row = this.#free.pop() ?? this.#count++;
    if (row >= this.#capacity) this.#grow();
    this.values[row] = this.values[transientRow];
    this.keys[row] = this.keys[transientRow];
    this.identities[row] = this.identities[transientRow] ?? '';
    const at = transientRow * numbersPerRow;
    this.#numbers.copyWithin(row * numbersPerRow, at, at + numbersPerRow);
    this.setFlags(row, indexed);
    this.setEntry(row, -1);
    const from = transientRow * keyStride;
    this.#keyBytes.copyWithin(row * keyStride, from, from + keyStride);
    if (this.#keyBytes[from] === isLong) this.#longKeys.set(row, this.order(transientRow));
    return row;
  }

  /** Gives a row's place to others. */
  remove(row: number): void {
    if (this.#keyBytes[row * keyStride] === isLong) this.#longKeys.delete(row);
    this.values[row] = undefined;
    this.keys[row] = undefined;
    this.setFlags(row, 0);
    this.identities[row] = '';
    this.#free.push(row);
    if (this.#free.length === this.#count - 1) this.#clear();
  }

  /** Writes the encoded key. */
  writeKey(row: number, to: ByteWriter): void {
    const at = row * keyStride;
    const length = this.#keyBytes[at] ?? 0;
    if (length === isLong) to.latin1(this.#longKey(row));
    else to.bytes(this.#keyBytes, at + 1, at + 1 + length);
  }

  /** The encoded key, one character per byte. */
  order(row: number): string {
    const at = row * keyStride;
    const length = this.#keyBytes[at] ?? 0;
    return length === isLong ? this.#longKey(row) : latin1(this.#keyBytes, at + 1, at + 1 + length);
  }

  /** The encoded key. */
  encodedKey(row: number): Uint8Array {
    const at = row * keyStride;
    const length = this.#keyBytes[at] ?? 0;
    return length === isLong
      ? fromLatin1(this.#longKey(row))
      : Buffer.from(this.#keyBytes.subarray(at + 1, at + 1 + length));
  }

  #setKeyBytes(row: number, { buffer, length }: ByteWriter): void {
    const at = row * keyStride;
    if (this.#keyBytes[at] === isLong) this.#longKeys.delete(row);
    if (length > maxInlineBytes) {
      this.#keyBytes[at] = isLong;
      this.#longKeys.set(row, latin1(buffer, 0, length));
      return;
    }
    this.#keyBytes[at] = length;
    for (let from = 0; from < length; from++) this.#keyBytes[at + 1 + from] = buffer[from] ?? 0;
  }

  #longKey(row: number): string {
    return must(this.#longKeys.get(row), 'a long key is kept beside the others');
  }

  #grow(): void {
    this.#capacity *= 2;
    const capacity = this.#capacity;
    this.#numbers = grown(this.#numbers, new Float64Array(capacity * numbersPerRow));
    this.#keyBytes = grown(this.#keyBytes, Buffer.alloc(capacity * keyStride));
  }

  /** Nothing is kept: memory for what once was a lot of rows is given back. */
  #clear(): void {
    this.#free.length = 0;
    this.#count = transientRow + 1;
    this.values.length = this.keys.length = this.identities.length = 0;
    this.#longKeys.clear();
    this.#capacity = minCapacity;
    this.#numbers = new Float64Array(minCapacity * numbersPerRow);
    this.#keyBytes = Buffer.alloc(minCapacity * keyStride);
  }
}

/** A longer column with what the shorter one has. */
export function grown<Column extends Float64Array | Int32Array | Uint8Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from);
  return to;
}
