import { isUtf8 } from 'node:buffer';
import { readInt32, readInt64 } from '../../base/big-endian.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { asBuffer } from '../../base/bytes.ts';

/**
 * Writes what members of a group tell each other.
 *
 * ```text
 * text := bytes: int32, UTF-8; optional text := 0: byte | 1: byte, text
 * list := count: int32, members; number := int64
 * ```
 */
export class FieldWriter {
  readonly #to = new ByteWriter();

  byte(value: number): void {
    this.#to.byte(value);
  }

  number(value: number): void {
    this.#to.int64(value);
  }

  text(value: string): void {
    this.#to.int32(Buffer.byteLength(value));
    this.#to.utf8(value);
  }

  optionalText(value: string | undefined): void {
    this.#to.byte(value === undefined ? 0 : 1);
    if (value !== undefined) this.text(value);
  }

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.#to.int32(items.length);
    for (const item of items) write(item);
  }

  texts(items: readonly string[]): void {
    this.list(items, (item) => this.text(item));
  }

  finish(): Uint8Array {
    return this.#to.copy();
  }
}

/** Reads what `FieldWriter` wrote. What cannot be read is empty, and `isWhole` is false then. */
export class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;
  #isBad = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes);
  }

  /** Whether everything could be read, and nothing is left. */
  get isWhole(): boolean {
    return !this.#isBad && this.#at === this.#bytes.length;
  }

  byte(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.#bytes[at] ?? 0);
  }

  /** A byte that is 0 or 1. */
  flag(): boolean {
    const byte = this.byte();
    if (byte > 1) this.#isBad = true;
    return byte === 1;
  }

  /** At least `min`. */
  number(min: number): number {
    const at = this.#take(8);
    const value = at < 0 ? min : readInt64(this.#bytes, at);
    if (Number.isSafeInteger(value) && value >= min) return value;
    this.#isBad = true;
    return min;
  }

  text(): string {
    const length = this.#count();
    const at = this.#take(length);
    const bytes = at < 0 ? this.#bytes.subarray(0, 0) : this.#bytes.subarray(at, at + length);
    if (!isUtf8(bytes)) this.#isBad = true;
    return bytes.toString();
  }

  optionalText(): string | undefined {
    return this.flag() ? this.text() : undefined;
  }

  list<T>(read: () => T): readonly T[] {
    const items: T[] = [];
    for (let left = this.#count(); left > 0 && !this.#isBad; left--) items.push(read());
    return items;
  }

  texts(): readonly string[] {
    return this.list(() => this.text());
  }

  #count(): number {
    const at = this.#take(4);
    const count = at < 0 ? 0 : readInt32(this.#bytes, at);
    // Nothing that is counted has no bytes.
    if (count >= 0 && count <= this.#bytes.length - this.#at) return count;
    this.#isBad = true;
    return 0;
  }

  #take(count: number): number {
    const at = this.#at;
    if (this.#isBad || at + count > this.#bytes.length) {
      this.#isBad = true;
      return -1;
    }
    this.#at += count;
    return at;
  }
}
