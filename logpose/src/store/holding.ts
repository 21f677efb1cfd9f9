import { ByteWriter } from '../base/byte-writer.ts';
import { copyBytes } from '../base/bytes.ts';
import { deepFreeze } from '../base/deep-freeze.ts';
import type { Timestamped } from '../record/stream-record.ts';
import type { ByteWriter as ByteSink, Serde } from '../serde/serde.ts';

/**
 * How state keeps values of V, as an H: nothing that user code still holds can change it.
 *
 * `row` shows a kept row to user code.
 */
export interface Holding<V, H> {
  hold(value: V): H;
  row(held: Timestamped<H>): Timestamped<V>;
  write(held: H, to: ByteSink): void;
  read(bytes: Uint8Array, start: number, end: number): H;
}

/** Keeps values as they are, frozen where they have parts. */
export function asValues<V>(serde: Serde<V>): Holding<V, V> {
  const { encode, decode } = serde;
  const hold = serde.holds === 'primitive' ? (value: V) => value : (value: V) => deepFreeze(value);
  return {
    hold,
    row: (held) => held,
    write: encode,
    read: (bytes, start, end) => hold(decode(bytes, start, end)),
  };
}

const scratch = new ByteWriter();

/** Keeps values as bytes and decodes them afresh at each read. */
export function asBytes<V>(serde: Serde<V>): Holding<V, Uint8Array> {
  return {
    hold: (value) => {
      scratch.clear();
      serde.encode(value, scratch);
      return scratch.copy();
    },
    row: ({ value, timestamp }) => ({ value: serde.decode(value, 0, value.length), timestamp }),
    write: (held, to) => to.bytes(held),
    read: copyBytes,
  };
}
