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
  /** Its time; NaN: memory does not know the row. */
  times = new Float64Array(minCapacity);
  keys: (K | undefined)[] = [];
  identities: (string | number)[] = [];
  startMs = new Float64Array(minCapacity);
  flags = new Uint8Array(minCapacity);
  /** Number of its latest entry in a generation; smaller than any current one: it has none. */
  entries = new Float64Array(minCapacity);
  #keyBytes = Buffer.alloc(minCapacity * keyStride);
  readonly #longKeys = new Map<number, string>();
  #count = transientRow + 1;
  readonly #free: number[] = [];

  /** Makes the transient row another key's, of which nothing is known. */
  lookAt({ key, identity, startMs }: RowKey<K>, encodedKey: ByteWriter): void {
    this.values[transientRow] = undefined;
    this.times[transientRow] = unknownTime;
    this.keys[transientRow] = key;
    this.identities[transientRow] = identity;
    this.startMs[transientRow] = startMs;
    // Numbers of entries begin at 0: left out, it would seem to have been written first.
    this.entries[transientRow] = -1;
    this.#setKeyBytes(transientRow, encodedKey);
  }

  /** Makes a row that stays of the transient one. */
  keepTransient(): number {
    const row = this.#free.pop() ?? this.#count++;
    if (row >= this.times.length) this.#grow();
    this.values[row] = this.values[transientRow];
    this.times[row] = this.times[transientRow] ?? unknownTime;
    this.keys[row] = this.keys[transientRow];
    this.identities[row] = this.identities[transientRow] ?? '';
    this.startMs[row] = this.startMs[transientRow] ?? 0;
    this.flags[row] = indexed;
    this.entries[row] = -1;
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
    this.flags[row] = 0;
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
    const capacity = this.times.length * 2;
    this.times = grown(this.times, new Float64Array(capacity));
    this.startMs = grown(this.startMs, new Float64Array(capacity));
    this.flags = grown(this.flags, new Uint8Array(capacity));
    this.entries = grown(this.entries, new Float64Array(capacity));
    this.#keyBytes = grown(this.#keyBytes, Buffer.alloc(capacity * keyStride));
  }

  /** Nothing is kept: memory for what once was a lot of rows is given back. */
  #clear(): void {
    this.#free.length = 0;
    this.#count = transientRow + 1;
    this.values.length = this.keys.length = this.identities.length = 0;
    this.#longKeys.clear();
    this.times = new Float64Array(minCapacity);
    this.startMs = new Float64Array(minCapacity);
    this.flags = new Uint8Array(minCapacity);
    this.entries = new Float64Array(minCapacity);
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
