import { ByteWriter } from '../base/byte-writer.ts';
import { latin1 } from '../base/bytes.ts';
import type { Decoder, Encoder, Serde } from './serde.ts';

/** The value's bytes, in memory of their own. */
export function encodeToBytes<T>(encoder: Encoder<T>, value: T): Uint8Array {
  return withEncoded(encoder, value, (written) => new Uint8Array(written.view()));
}

/** The value of all these bytes. */
export function decodeBytes<T>(decoder: Decoder<T>, bytes: Uint8Array): T {
  return decoder.decode(bytes, 0, bytes.length);
}

/**
 * Equal for two values exactly when their bytes are equal: the serde's own identity, or the bytes
 * as latin1 text.
 */
export function identityOf<T>(serde: Serde<T>, value: T): string | number {
  if (serde.identity !== undefined) return serde.identity(value);
  return withEncoded(serde, value, latin1Text);
}

function latin1Text(written: ByteWriter): string {
  return latin1(written.buffer, 0, written.length);
}

const maxKeptBytes = 1_048_576;
const maxKeptWriters = 8;
const idleWriters: ByteWriter[] = [];

/**
 * Encodes into a writer that is used again afterwards: `use` must not keep its memory. May be
 * nested, as encoders of values within values do.
 */
export function withEncoded<T, R>(
  encoder: Encoder<T>,
  value: T,
  use: (written: ByteWriter) => R,
): R {
  const writer = idleWriters.pop() ?? new ByteWriter();
  try {
    encoder.encode(value, writer);
    return use(writer);
  } finally {
    release(writer);
  }
}

function release(writer: ByteWriter): void {
  if (writer.buffer.length > maxKeptBytes || idleWriters.length === maxKeptWriters) return;
  writer.clear();
  idleWriters.push(writer);
}
