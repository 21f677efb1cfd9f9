import type { NativeBuffer } from './native-buffer.ts';

/** No bytes, shared. */
export const emptyBytes = new Uint8Array(0);

/** The order of unsigned bytes; a prefix comes before what continues it. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

/** The bytes' own copy, in memory that is not shared with anything. */
export function copyBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  // The `slice` of a `Buffer` shares its memory.
  return new Uint8Array(bytes.subarray(start, end));
}

/** One character per byte: a compact form that compares, as a string, in the bytes' order. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return asBuffer(bytes).latin1Slice(start, end);
}

/** The bytes of a string made by `latin1`. */
export function fromLatin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** The same memory seen as a `Buffer`, whose slicing methods are native. */
export function asBuffer(bytes: Uint8Array): NativeBuffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The smallest bytes that come after everything that begins with `prefix`; undefined when nothing
 * does (a prefix of nothing but 0xff).
 */
export function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const byte = prefix[last] ?? 0;
    if (byte === 0xff) continue;
    const after = copyBytes(prefix, 0, last + 1);
    after[last] = byte + 1;
    return after;
  }
  return undefined;
}
