import { DecodeError } from '../errors/record-errors.ts';
import type { BatchColumns } from '../log/batch-columns.ts';
import type { FetchedBatches } from '../log/log-port.ts';
import type { Decoder } from '../serde/serde.ts';
import type { ConsumedRecord } from './consumer.ts';
import type { AnyInput } from './topic-names.ts';

type From = Pick<FetchedBatches, 'topic' | 'partition' | 'fromOffset'>;

/**
 * The records of a batch from `fromOffset` on.
 *
 * @throws {DecodeError} When a serde refuses a key or a value.
 */
export function decodeRecords(
  columns: BatchColumns,
  input: AnyInput,
  { topic, partition, fromOffset }: From,
): readonly ConsumedRecord<unknown, unknown>[] {
  const records: ConsumedRecord<unknown, unknown>[] = [];
  for (let index = 0; index < columns.count; index++) {
    const offset = columns.offsets[index] ?? 0;
    if (offset < fromOffset) continue;
    const position = { topic, partition, offset };
    records.push({
      ...position,
      key: decodePart(columns, index, { part: 'key', decoder: input.key, position }),
      value: decodePart(columns, index, { part: 'value', decoder: input.value, position }),
      timestamp: columns.timestamps[index] ?? 0,
      headers: columns.headers(index),
    });
  }
  return records;
}

interface Part {
  readonly part: 'key' | 'value';
  readonly decoder: Decoder<unknown>;
  readonly position: ConstructorParameters<typeof DecodeError>[0];
}

/** Null stays null: a consumer sees tombstones whatever the serde is. */
function decodePart(columns: BatchColumns, index: number, { part, decoder, position }: Part) {
  const isKey = part === 'key';
  const length = (isKey ? columns.keyLength : columns.valueLength)[index] ?? -1;
  if (length < 0) return null;
  const start = (isKey ? columns.keyStart : columns.valueStart)[index] ?? 0;
  try {
    return decoder.decode(columns.bytes, start, start + length);
  } catch (cause) {
    throw new DecodeError(position, part, cause);
  }
}
