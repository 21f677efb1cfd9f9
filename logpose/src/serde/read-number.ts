import { readInt64 as readAnyInt64, readInt32 } from '../base/big-endian.ts';

/**
 * Eight bytes, big-endian, two's complement.
 *
 * @throws {RangeError} When a number cannot hold the integer exactly.
 */
export function readInt64(bytes: Uint8Array, at: number): number {
  const value = readAnyInt64(bytes, at);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError('an integer beyond ±(2^53 - 1): read such numbers with bigint64');
  }
  return value;
}

export function readBigInt64(bytes: Uint8Array, at: number): bigint {
  const low = BigInt(readInt32(bytes, at + 4) >>> 0);
  return (BigInt(readInt32(bytes, at)) << 32n) | low;
}

const eightBytes = new DataView(new ArrayBuffer(8));

export function readFloat64(bytes: Uint8Array, at: number): number {
  eightBytes.setInt32(0, readInt32(bytes, at));
  eightBytes.setInt32(4, readInt32(bytes, at + 4));
  return eightBytes.getFloat64(0);
}

/** @throws {RangeError} When `[start, end)` is not as long as the format is. */
export function checkLength(expected: number, start: number, end: number): void {
  if (end - start !== expected) {
    throw new RangeError(`${end - start} bytes where there must be ${expected}`);
  }
}
