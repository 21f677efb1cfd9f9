import { ByteWriter } from '../base/byte-writer.ts';
import { copyBytes } from '../base/bytes.ts';
import { deepFreeze } from '../base/deep-freeze.ts';
import type { ByteWriter as ByteSink, Serde } from '../serde/serde.ts';

/**
 * How state keeps values of V, as an H: nothing that user code still holds can change it.
 *
 * `show` gives a kept value to user code.
 */
export interface Holding<V, H> {
  hold(value: V): H;
  show(held: H): V;
  write(held: H, to: ByteSink): void;
  read(bytes: Uint8Array, start: number, end: number): H;
}

/** Keeps values as they are, frozen where they have parts. */
export function asValues<V>(serde: Serde<V>): Holding<V, V> {
  const { encode, decode } = serde;
  const hold = serde.holds === 'primitive' ? (value: V) => value : (value: V) => deepFreeze(value);
  return {
    hold,
    show: (held) => held,
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
    show: (held) => serde.decode(held, 0, held.length),
    write: (held, to) => to.bytes(held),
    read: copyBytes,
  };
}
