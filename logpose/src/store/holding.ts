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
  /**
   * From now on `hold` refuses a value that cannot be encoded, which costs an encoding. Before, it
   * turns up when the value is written, at the commit. Returns whether that was so already.
   */
  check(): boolean;
}

/** Keeps values as they are, frozen where they have parts. */
export function asValues<V>(serde: Serde<V>, store: string): Holding<V, V> {
  const { encode, decode } = serde;
  const keep = serde.holds === 'primitive' ? (value: V) => value : (value: V) => deepFreeze(value);
  const checked = (value: V) => {
    encoded(serde, value, store);
    return keep(value);
  };
  const holding: Holding<V, V> = {
    hold: keep,
    show: (held) => held,
    write: encode,
    read: (bytes, start, end) => keep(decode(bytes, start, end)),
    check: () => {
      const did = holding.hold === checked;
      holding.hold = checked;
      return did;
    },
  };
  return holding;
}

/** Keeps values as bytes and decodes them afresh at each read. */
export function asBytes<V>(serde: Serde<V>, store: string): Holding<V, Uint8Array> {
  return {
    hold: (value) => encoded(serde, value, store).copy(),
    show: (held) => serde.decode(held, 0, held.length),
    write: (held, to) => to.bytes(held),
    read: copyBytes,
    check: () => true,
  };
}

const scratch = new ByteWriter();

/** Valid until the next call. */
function encoded<V>(serde: Serde<V>, value: V, store: string): ByteWriter {
  scratch.clear();
  try {
    serde.encode(value, scratch);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`store ${store} cannot keep the value: ${reason}`, { cause });
  }
  return scratch;
}
