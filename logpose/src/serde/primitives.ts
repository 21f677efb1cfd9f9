import { readInt32 } from '../base/big-endian.ts';
import { asBuffer, latin1 } from '../base/bytes.ts';
import { checkLength, readBigInt64, readFloat64, readInt64 } from './read-number.ts';
import type { Serde } from './serde.ts';

/**
 * Text as UTF-8. Ill-formed strings (lone surrogates) are a `ProduceError`; bytes that are not
 * UTF-8 are read as U+FFFD.
 */
export const utf8: Serde<string> = {
  encode: (value, to) => {
    if (typeof value !== 'string') throw new TypeError(`utf8 takes a string, not ${kindOf(value)}`);
    if (!value.isWellFormed()) throw new RangeError('the text has a lone surrogate');
    to.utf8(value);
  },
  decode: (bytes, start, end) => asBuffer(bytes).utf8Slice(start, end),
  holds: 'primitive',
  identity: (value) => value,
};

/** −2³¹ … 2³¹ − 1, four bytes, big-endian. */
export const int32: Serde<number> = {
  encode: (value, to) => {
    if ((value | 0) !== value) {
      throw new RangeError(
        `int32 takes a whole number from -2^31 to 2^31 - 1, not ${numberOf(value)}`,
      );
    }
    to.int32(value);
  },
  decode: (bytes, start, end) => {
    checkLength(4, start, end);
    return readInt32(bytes, start);
  },
  holds: 'primitive',
  identity: (value) => value,
};

/** Safe integers in eight bytes. Reading one beyond ±2⁵³ is a `DecodeError`: use `bigint64`. */
export const int64: Serde<number> = {
  encode: (value, to) => {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`int64 takes a whole number within ±(2^53 - 1), not ${numberOf(value)}`);
    }
    to.int64(value);
  },
  decode: (bytes, start, end) => {
    checkLength(8, start, end);
    return readInt64(bytes, start);
  },
  holds: 'primitive',
  identity: (value) => value,
};

/** −2⁶³ … 2⁶³ − 1, eight bytes, big-endian. */
export const bigint64: Serde<bigint> = {
  encode: (value, to) => {
    if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) {
      const what = typeof value === 'bigint' ? 'one beyond' : kindOf(value);
      throw new RangeError(`bigint64 takes a bigint from -2^63 to 2^63 - 1, not ${what}`);
    }
    to.bigint64(value);
  },
  decode: (bytes, start, end) => {
    checkLength(8, start, end);
    return readBigInt64(bytes, start);
  },
  holds: 'primitive',
  identity: (value) => value.toString(),
};

/** IEEE 754, eight bytes, big-endian. −0 and 0 are different keys, all NaN are the same. */
export const float64: Serde<number> = {
  encode: (value, to) => {
    if (typeof value !== 'number') {
      throw new TypeError(`float64 takes a number, not ${kindOf(value)}`);
    }
    // One NaN of the many there are, as on the JVM.
    to.float64(Number.isNaN(value) ? Number.NaN : value);
  },
  decode: (bytes, start, end) => {
    checkLength(8, start, end);
    return readFloat64(bytes, start);
  },
  holds: 'primitive',
  identity: undefined,
};

/** One byte, 0 or 1. */
export const boolean: Serde<boolean> = {
  encode: (value, to) => {
    if (typeof value !== 'boolean') {
      throw new TypeError(`boolean takes true or false, not ${kindOf(value)}`);
    }
    to.byte(value ? 1 : 0);
  },
  decode: (bytes, start, end) => {
    checkLength(1, start, end);
    const byte = bytes[start];
    if (byte !== 0 && byte !== 1) throw new RangeError('a boolean must be the byte 0 or 1');
    return byte === 1;
  },
  holds: 'primitive',
  identity: Number,
};

const uuidForm = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** A UUID as 36 characters, lower-cased when written and when read. */
export const uuid: Serde<string> = {
  encode: (value, to) => {
    if (typeof value !== 'string' || !uuidForm.test(value)) {
      throw new RangeError('uuid takes 36 characters, hexadecimal digits as 8-4-4-4-12');
    }
    to.utf8(value.toLowerCase());
  },
  decode: (bytes, start, end) => {
    checkLength(36, start, end);
    const text = latin1(bytes, start, end);
    if (!uuidForm.test(text)) throw new RangeError('the bytes are not a UUID as text');
    return text.toLowerCase();
  },
  holds: 'primitive',
  identity: (value) => value.toLowerCase(),
};

/** Bytes as they are. Values are copies; what is read may be kept and changed. */
export const bytes: Serde<Uint8Array> = {
  encode: (value, to) => {
    if (!(value instanceof Uint8Array)) {
      throw new TypeError(`bytes takes a Uint8Array, not ${kindOf(value)}`);
    }
    to.bytes(value);
  },
  // `slice` of a Buffer would not copy.
  decode: (source, start, end) => new Uint8Array(source.subarray(start, end)),
  holds: 'opaque',
  identity: (value) => latin1(value),
};

/** What sort of number it is, not which: errors must not carry contents of records. */
function numberOf(value: unknown): string {
  if (typeof value !== 'number') return kindOf(value);
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) ? 'one beyond' : 'a fraction';
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
