import type { Serde } from './serde.ts';

/** A serde from two plain functions. Slower than a hand-written `Serde`: it copies. */
export function serde<T extends {}>(functions: {
  readonly encode: (value: T) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => T;
  /** Default `'opaque'`: state keeps the bytes, and each read decodes them afresh. */
  readonly holds?: Serde<T>['holds'];
}): Serde<T> {
  const { encode, decode, holds = 'opaque' } = functions;
  return {
    encode: (value, to) => {
      const encoded: unknown = encode(value);
      if (!(encoded instanceof Uint8Array)) throw new TypeError('encode must return a Uint8Array');
      to.bytes(encoded);
    },
    decode: (bytes, start, end) => {
      const value: T | null | undefined = decode(new Uint8Array(bytes.subarray(start, end)));
      if (value === null || value === undefined) throw new TypeError(`decode returned ${value}`);
      return value;
    },
    holds,
    identity: undefined,
  };
}
