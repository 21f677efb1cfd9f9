import type { NativeBuffer } from './native-buffer.ts';

const maxLength = 2 ** 31 - 1;

/**
 * A growing byte buffer that is written from front to back and reused.
 *
 * Big-endian, as everything in Kafka. `buffer` is replaced when it grows: read it after writing.
 */
export class ByteWriter {
  buffer: NativeBuffer;
  length = 0;

  constructor(initialBytes = 256) {
    this.buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** A writer that goes on behind bytes that are there, in their memory. */
  static over(bytes: Uint8Array): ByteWriter {
    const writer = new ByteWriter(0);
    writer.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    writer.length = bytes.byteLength;
    return writer;
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for so many bytes behind `length`, for who writes into `buffer` and moves it. */
  reserve(count: number): void {
    if (this.length + count > this.buffer.length) this.#grow(count);
  }

  byte(value: number): void {
    if (this.length === this.buffer.length) this.#grow(1);
    this.buffer[this.length++] = value;
  }

  int32(value: number): void {
    if (this.length + 4 > this.buffer.length) this.#grow(4);
    const { buffer } = this;
    let at = this.length;
    buffer[at++] = value >>> 24;
    buffer[at++] = value >>> 16;
    buffer[at++] = value >>> 8;
    buffer[at++] = value;
    this.length = at;
  }

  /** A safe integer in eight bytes, two's complement. */
  int64(value: number): void {
    const high = Math.floor(value / 4_294_967_296);
    this.int32(high);
    this.int32(value - high * 4_294_967_296);
  }

  bigint64(value: bigint): void {
    if (this.length + 8 > this.buffer.length) this.#grow(8);
    this.length = this.buffer.writeBigInt64BE(value, this.length);
  }

  float64(value: number): void {
    if (this.length + 8 > this.buffer.length) this.#grow(8);
    this.length = this.buffer.writeDoubleBE(value, this.length);
  }

  utf8(value: string): void {
    // Three bytes per UTF-16 unit is the most UTF-8 needs.
    const most = value.length * 3;
    if (this.length + most > this.buffer.length) this.#grow(most);
    this.length += this.buffer.utf8Write(value, this.length);
  }

  latin1(value: string): void {
    if (this.length + value.length > this.buffer.length) this.#grow(value.length);
    this.length += this.buffer.latin1Write(value, this.length);
  }

  bytes(value: Uint8Array, start = 0, end = value.length): void {
    const count = end - start;
    if (this.length + count > this.buffer.length) this.#grow(count);
    const { buffer } = this;
    let at = this.length;
    // Below two dozen bytes a loop beats the call into `set`.
    if (count < 24) for (let from = start; from < end; from++) buffer[at++] = value[from] ?? 0;
    else buffer.set(start === 0 && end === value.length ? value : value.subarray(start, end), at);
    this.length += count;
  }

  /** What was written so far, as a view: valid until the next write or `clear`. */
  view(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** What was written so far, copied. */
  copy(): Buffer {
    const copied = Buffer.allocUnsafeSlow(this.length);
    this.buffer.copy(copied, 0, 0, this.length);
    return copied;
  }

  #grow(more: number): void {
    const needed = this.length + more;
    if (needed > maxLength) throw new RangeError(`more than ${maxLength} bytes in one value`);
    const grown = Buffer.allocUnsafeSlow(
      Math.min(Math.max(needed, this.buffer.length * 2), maxLength),
    );
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
