import { copyBytes, latin1 } from '../../base/bytes.ts';
import { type BatchColumns, decodeBatch } from '../../log/batch-columns.ts';
import type { Compressions } from '../../log/compression.ts';
import type { FetchedBatches } from '../../log/log-port.ts';

/** One committed change of a row, as its changelog has it. */
export interface RowChange {
  readonly partition: number;
  readonly offset: number;
  /** The record's key, one character per byte. */
  readonly order: string;
  /** Undefined: the row is gone. */
  readonly value: Uint8Array | undefined;
  readonly timestamp: number;
}

/** Records are missing here: compaction has been before the reader. */
export const gap = 'gap';

/** What a run of batches is read with. */
export interface ChangeReading {
  readonly columns: BatchColumns;
  readonly compressions: Compressions;
  /** Whether a change is wanted, by the record's key; values of others are not copied. */
  wants(order: string): boolean;
}

/**
 * The changes in fetched batches, in order, and `gap` wherever an offset is missing.
 *
 * @throws {LogDamagedError} When a batch is not what was written.
 */
export function* changesIn(
  fetched: FetchedBatches,
  reading: ChangeReading,
): Generator<RowChange | typeof gap> {
  const { topic, partition, bytes, fromOffset, nextOffset } = fetched;
  const { columns, compressions } = reading;
  let expected = fromOffset;
  for (let at = 0; at < bytes.length; ) {
    at = decodeBatch(bytes, at, columns, { topic, partition, compressions });
    for (let index = 0; index < columns.count; index++) {
      const offset = columns.offsets[index] ?? 0;
      if (offset < fromOffset) continue;
      if (offset !== expected) yield gap;
      expected = offset + 1;
      const change = changeAt(columns, index, { partition, offset, reading });
      if (change !== undefined) yield change;
    }
    const behind = columns.header.lastOffset + 1;
    if (columns.control === undefined && expected < behind) yield gap;
    expected = Math.max(expected, behind);
  }
  if (expected < nextOffset) yield gap;
}

interface Place {
  readonly partition: number;
  readonly offset: number;
  readonly reading: ChangeReading;
}

function changeAt(columns: BatchColumns, index: number, place: Place): RowChange | undefined {
  const { bytes, keyStart, keyLength, valueStart, valueLength, timestamps } = columns;
  const length = keyLength[index] ?? -1;
  // A record without a key is nobody's row: only foreign writers make them.
  if (length < 0) return undefined;
  const start = keyStart[index] ?? 0;
  const order = latin1(bytes, start, start + length);
  if (!place.reading.wants(order)) return undefined;
  const valueBytes = valueLength[index] ?? -1;
  const valueAt = valueStart[index] ?? 0;
  return {
    partition: place.partition,
    offset: place.offset,
    order,
    // A copy: the batch must not live as long as a change that waits for its reader.
    value: valueBytes < 0 ? undefined : copyBytes(bytes, valueAt, valueAt + valueBytes),
    timestamp: timestamps[index] ?? 0,
  };
}
