import { assert } from '../base/assert.ts';
import { position, readVarint, writeVarint } from '../base/varint.ts';
import type { Change } from './change.ts';
import { withEncoded } from './encoded.ts';
import type { ByteWriter, Serde } from './serde.ts';

/** What readers of a repartition topic understand: the JVM before 3.5 takes one row a record. */
export type ChangeFormat = 'both-rows' | 'one-row';

const beforeOnly = 0;
const afterOnly = 1;
const both = 2;
/** Added to the kind when a byte in front of it says whether the change is the key's latest. */
const withLatest = 3;

/**
 * A table's changes on the repartition topic of a grouped table, as the JVM writes them (KIP-904).
 *
 * ```text
 * change  before 0 | after 1 | length(after): varint after before 2
 * ```
 *
 * With a byte `latest` (0 or 1) in front of it, the last byte is 3, 4 or 5: read, never written.
 *
 * Encoding throws for a change of no row into no row, and for both rows in the format `one-row`:
 * then the rows are sent as two records.
 */
export function changeSerde<V>(
  value: Serde<V>,
  format: ChangeFormat = 'both-rows',
): Serde<Change<V>> {
  return {
    encode: ({ before, after }, to) => {
      if (before !== undefined && after !== undefined) {
        assert(format === 'both-rows', 'rows before and after are sent apart');
        writeBoth(value, { before, after }, to);
        return;
      }
      const row = after ?? before;
      assert(row !== undefined, 'a change has a row before or after it');
      value.encode(row, to);
      to.byte(after === undefined ? beforeOnly : afterOnly);
    },
    decode: (bytes, start, end) => {
      const { kind, rowsEnd } = frameOf(bytes, start, end);
      if (kind === both) return readBoth(value, bytes, { start, end: rowsEnd });
      const row = value.decode(bytes, start, rowsEnd);
      return kind === beforeOnly
        ? { before: row, after: undefined }
        : { before: undefined, after: row };
    },
    holds: value.holds === 'opaque' ? 'opaque' : 'plain',
    identity: undefined,
  };
}

function writeBoth<V>(
  value: Serde<V>,
  { before, after }: { readonly before: V; readonly after: V },
  to: ByteWriter,
): void {
  withEncoded(value, after, (written) => {
    writeVarint(written.length, to);
    to.bytes(written.view());
  });
  value.encode(before, to);
  to.byte(both);
}

function readBoth<V>(
  value: Serde<V>,
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
): Change<V> {
  const length = readVarint(bytes, start);
  const afterStart = position;
  const afterEnd = afterStart + length;
  if (length < 0 || afterEnd > end) throw new RangeError('the length of the new row is wrong');
  return {
    before: value.decode(bytes, afterEnd, end),
    after: value.decode(bytes, afterStart, afterEnd),
  };
}

/** Which rows there are, and where they end. */
function frameOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly kind: number; readonly rowsEnd: number } {
  if (start === end) throw new RangeError('a change without bytes');
  const last = bytes[end - 1] ?? beforeOnly;
  if (last <= both) return { kind: last, rowsEnd: end - 1 };
  if (last > withLatest + both) throw new RangeError('the last byte is no kind of change');
  const latest = end - 2 >= start ? bytes[end - 2] : undefined;
  if (latest !== 0 && latest !== 1) throw new RangeError('no byte says whether it is the latest');
  return { kind: last - withLatest, rowsEnd: end - 2 };
}
