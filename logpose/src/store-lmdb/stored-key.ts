import { hash } from 'node:crypto';
import { afterPrefix, copyBytes, emptyBytes } from '../base/bytes.ts';

/** A longer key is stored by so many of its bytes and the hash of the others. */
export const maxPlainBytes = 1900;

/**
 * How a store's keys become LMDB's, which have between 1 and 1978 bytes.
 *
 * ```text
 * key of at most 1900 bytes   01 key
 * longer key                  01 key[0, 1900) sha256(key[1900, …))
 * ```
 *
 * All keys stand in the order of unsigned bytes, except that longer keys which have their first
 * 1900 bytes in common stand in the order of hashes: together, and right behind the key that is
 * those bytes alone. A scan reads such a group as a whole and sorts it.
 */
export const storedKey = {
  /** Writes what LMDB is to look for or to store, and returns the end. */
  writeKey(key: Uint8Array, target: Uint8Array, start: number): number {
    target[start] = mark;
    if (key.length <= maxPlainBytes) {
      target.set(key, start + 1);
      return start + 1 + key.length;
    }
    target.set(key.subarray(0, maxPlainBytes), start + 1);
    target.set(hash('sha256', key.subarray(maxPlainBytes), 'buffer'), start + 1 + maxPlainBytes);
    return start + 1 + maxPlainBytes + hashBytes;
  },

  /** The key, or of a longer one its first bytes and the hash. */
  readKey(source: Uint8Array, start: number, end: number): Uint8Array {
    return copyBytes(source, start + 1, end);
  },
};

const mark = 1;
const hashBytes = 32;

/** Whether a key is a longer one, or as read stands for one. */
export function isLong(key: Uint8Array): boolean {
  return key.length > maxPlainBytes;
}

/** Where to begin, so that no key from `from` on is left out. */
export function lowerBound(from: Uint8Array | undefined): Uint8Array {
  if (from === undefined) return emptyBytes;
  return from.length <= maxPlainBytes ? from : from.subarray(0, maxPlainBytes);
}

/** Where to end, so that no key before `to` is left out; undefined: nowhere. */
export function upperBound(to: Uint8Array | undefined): Uint8Array | undefined {
  if (to === undefined || to.length <= maxPlainBytes) return to;
  return afterPrefix(to.subarray(0, maxPlainBytes));
}
