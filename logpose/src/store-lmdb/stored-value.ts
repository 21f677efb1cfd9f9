import { readUint32 } from '../base/big-endian.ts';
import { copyBytes } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import { maxPlainBytes } from './stored-key.ts';

const crcBytes = 4;
const lengthBytes = 4;

/**
 * How a store's values become LMDB's, which has no checksums of its own.
 *
 * ```text
 * value        = crc: CRC-32C of the key and the value, [key], value
 * key          = length: int32, bytes          (keys of more than 1900 bytes only)
 * ```
 */
export function storedSize(key: Uint8Array, value: Uint8Array): number {
  const keyBytes = key.length > maxPlainBytes ? lengthBytes + key.length : 0;
  return crcBytes + keyBytes + value.length;
}

/** Writes a stored value into `to`, from `start` on; `to` has room for `storedSize` bytes. */
export function writeStored(entry: Entry, to: Buffer, start: number): void {
  const { key, value } = entry;
  let at = to.writeUInt32BE(crcOf(key, value, 0), start);
  if (key.length > maxPlainBytes) {
    at = to.writeUInt32BE(key.length, at);
    to.set(key, at);
    at += key.length;
  }
  to.set(value, at);
}

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** The value, in memory of its own; undefined when it is not what was written for the key. */
export function readStored(key: Uint8Array, stored: Uint8Array): Uint8Array | undefined {
  const start = key.length > maxPlainBytes ? crcBytes + lengthBytes + key.length : crcBytes;
  if (stored.length < start) return undefined;
  if (crcOf(key, stored, start) !== readUint32(stored, 0)) return undefined;
  return copyBytes(stored, start);
}

/** A longer key, which stands in front of its value; undefined when it cannot. */
export function readLongKey(stored: Uint8Array): Uint8Array | undefined {
  const start = crcBytes + lengthBytes;
  if (stored.length < start) return undefined;
  const end = start + readUint32(stored, crcBytes);
  return end <= stored.length ? stored.subarray(start, end) : undefined;
}

function crcOf(key: Uint8Array, value: Uint8Array, start: number): number {
  return crc32c(value, start, value.length, crc32c(key));
}
