import type { ByteWriter } from './byte-writer.ts';

/**
 * Zig-zag varints as in Kafka's records: seven bits a byte, lowest first; the sign in bit 0.
 *
 * Reading leaves the position behind the number in `position`: module state beats a tuple or an
 * object per number by far (a batch has six of them a record).
 */
export let position = 0;

/** Reads a 32-bit varint. Longer or cut-off ones give nonsense; the caller checks its bounds. */
export function readVarint(bytes: Uint8Array, at: number): number {
  let byte = bytes[at++] ?? 0;
  if (byte < 128) {
    position = at;
    return (byte >>> 1) ^ -(byte & 1);
  }
  let value = byte & 127;
  let shift = 7;
  do {
    byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    shift += 7;
  } while (byte > 127 && shift < 35);
  position = at;
  return (value >>> 1) ^ -(value & 1);
}

/** Reads a 64-bit varint as a number; exact up to ±2⁵³. */
export function readVarlong(bytes: Uint8Array, at: number): number {
  let byte = bytes[at++] ?? 0;
  let value = byte & 127;
  let factor = 128;
  let length = 1;
  while (byte > 127 && length++ < 10) {
    byte = bytes[at++] ?? 0;
    value += (byte & 127) * factor;
    factor *= 128;
  }
  position = at;
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

export function writeVarint(value: number, to: Pick<ByteWriter, 'byte'>): void {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 127) {
    to.byte((rest & 127) | 128);
    rest >>>= 7;
  }
  to.byte(rest);
}

export function writeVarlong(value: number, to: Pick<ByteWriter, 'byte'>): void {
  if ((value | 0) === value) {
    writeVarint(value, to);
    return;
  }
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  while (rest > 127) {
    to.byte((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  to.byte(rest);
}

/** Puts a varint into `bytes`, which have room for it, and returns where it ends. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}

/** As `putVarint`, for any safe integer. */
export function putVarlong(bytes: Uint8Array, at: number, value: number): number {
  if ((value | 0) === value) return putVarint(bytes, at, value);
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  while (rest > 127) {
    bytes[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

/** Bytes that `writeVarint` needs. */
export function sizeOfVarint(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0;
  if (rest < 128) return 1;
  if (rest < 16_384) return 2;
  if (rest < 2_097_152) return 3;
  return rest < 268_435_456 ? 4 : 5;
}

/** Bytes that `writeVarlong` needs. */
export function sizeOfVarlong(value: number): number {
  if ((value | 0) === value) return sizeOfVarint(value);
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  let size = 1;
  while (rest > 127) {
    rest = Math.floor(rest / 128);
    size++;
  }
  return size;
}
