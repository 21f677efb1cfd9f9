import { readInt64 } from './read-number.ts';
import type { Serde } from './serde.ts';

const timestampBytes = 8;

/** A value behind its event time, as the JVM's timestamped stores keep it: `int64 value`. */
export function timestamped<V>(
  value: Serde<V>,
): Serde<{ readonly value: V; readonly timestamp: number }> {
  return {
    encode: (row, to) => {
      to.int64(row.timestamp);
      value.encode(row.value, to);
    },
    decode: (bytes, start, end) => {
      if (end - start < timestampBytes) throw new RangeError('no timestamp before the value');
      return {
        timestamp: readInt64(bytes, start),
        value: value.decode(bytes, start + timestampBytes, end),
      };
    },
    holds: value.holds === 'opaque' ? 'opaque' : 'plain',
    identity: undefined,
  };
}
