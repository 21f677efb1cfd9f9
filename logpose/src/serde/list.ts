import { readInt32 } from '../base/big-endian.ts';
import { withEncoded } from './encoded.ts';
import { bigint64, float64, int32, int64, uuid } from './primitives.ts';
import type { ByteWriter, Serde } from './serde.ts';

const ofOneSize = 0;
const ofManySizes = 1;

/** Bytes of each element, for the serdes whose elements the JVM writes without their sizes. */
const elementBytes = new Map<unknown, number>([
  [int32, 4],
  [int64, 8],
  [bigint64, 8],
  [float64, 8],
  [uuid, 36],
]);

/**
 * Lists, in the bytes of the JVM's list serde.
 *
 * ```text
 * list  0 nulls: int32 { index: int32 } count: int32 { element }   elements of one size
 *       1 count: int32 { size: int32 element }                     others; size −1: null
 * ```
 *
 * Elements are never null here: a null in a list that the JVM wrote is a `DecodeError`.
 */
export function list<T extends {}>(element: Serde<T>): Serde<readonly T[]> {
  const oneSize = elementBytes.get(element);
  return {
    encode: oneSize === undefined ? manySizesEncoder(element) : oneSizeEncoder(element),
    decode: (bytes, start, end) => {
      const strategy = start < end ? bytes[start] : undefined;
      const rest = { bytes, start: start + 1, end };
      if (strategy === ofManySizes) return readManySizes(element, rest);
      if (strategy === ofOneSize && oneSize !== undefined) {
        return readOneSize(element, oneSize, rest);
      }
      throw new RangeError('the first byte does not say how such a list is written');
    },
    holds: element.holds === 'opaque' ? 'opaque' : 'plain',
    identity: undefined,
  };
}

function oneSizeEncoder<T>(element: Serde<T>): Serde<readonly T[]>['encode'] {
  return (values, to) => {
    to.byte(ofOneSize);
    to.int32(0);
    to.int32(values.length);
    for (const value of values) element.encode(value, to);
  };
}

function manySizesEncoder<T>(element: Serde<T>): Serde<readonly T[]>['encode'] {
  return (values, to) => {
    to.byte(ofManySizes);
    to.int32(values.length);
    for (const value of values) writeSized(element, value, to);
  };
}

function writeSized<T>(element: Serde<T>, value: T, to: ByteWriter): void {
  withEncoded(element, value, (written) => {
    to.int32(written.length);
    to.bytes(written.view());
  });
}

interface Range {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

function readOneSize<T>(element: Serde<T>, size: number, { bytes, start, end }: Range): T[] {
  const nulls = readCount(bytes, start, end);
  if (nulls !== 0) throw new TypeError('the list has nulls');
  const first = start + 8;
  const count = readCount(bytes, start + 4, end);
  if (first + count * size !== end) throw new RangeError('the list is not as long as it says');
  const values: T[] = [];
  for (let at = first; at < end; at += size) values.push(element.decode(bytes, at, at + size));
  return values;
}

function readManySizes<T>(element: Serde<T>, { bytes, start, end }: Range): T[] {
  const count = readCount(bytes, start, end);
  const values: T[] = [];
  let at = start + 4;
  // Each step takes four bytes at least or throws, so a wrong count costs no memory.
  while (values.length < count) {
    const size = readCount(bytes, at, end);
    const next = at + 4 + size;
    if (next > end) throw new RangeError('an element reaches beyond the list');
    values.push(element.decode(bytes, at + 4, next));
    at = next;
  }
  if (at !== end) throw new RangeError('the list is not as long as it says');
  return values;
}

function readCount(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) throw new RangeError('the list is cut off');
  const count = readInt32(bytes, at);
  if (count === -1) throw new TypeError('the list has nulls');
  if (count < 0) throw new RangeError('a length in the list is negative');
  return count;
}
