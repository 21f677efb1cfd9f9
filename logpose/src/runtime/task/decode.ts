import { DecodeError } from '../../errors/record-errors.ts';
import type { BatchColumns } from '../../log/batch-columns.ts';
import { checkedTime } from '../../record/event-time.ts';
import { isNullable, nonNull } from '../../serde/nullable.ts';
import { utf8 } from '../../serde/primitives.ts';
import type { AnyRecord, AnySerde, AnyValue, SourceNode } from '../../topology/topology.ts';
import type { Drops } from './drops.ts';
import type { Failures } from './failures.ts';
import { KeyCache } from './key-cache.ts';
import type { SourceRecord } from './record-in-hand.ts';

/** Makes one record of a batch's columns; undefined: it is left out, and counted. */
export type Decode = (
  columns: BatchColumns,
  index: number,
  source: SourceRecord,
) => AnyRecord | undefined;

/**
 * How the records of a source are made: both serdes, null only where it is allowed, and the time
 * that the extractor gives. A negative time, or one beyond 2⁵³, leaves the record out.
 *
 * The decoder throws what the policy says to fail with.
 */
export function decoderOf(node: SourceNode, drops: Drops, failures: Failures): Decode {
  const decode = decodeParts(node, failures);
  const extract = node.timestamp === undefined ? itsOwn : extractor(node, failures);
  return (columns, index, source) => {
    const decoded = decode(columns, index, source);
    if (decoded === undefined) return undefined;
    const record = extract(decoded, source);
    if (record === undefined) return undefined;
    const { timestamp } = record;
    if (timestamp >= 0 && timestamp <= Number.MAX_SAFE_INTEGER) return record;
    const reason = timestamp < 0 ? 'negative-timestamp' : 'timestamp-too-large';
    failures.at(source, () => drops.drop(node.name, reason));
    return undefined;
  };
}

/** One for all tasks of the process, so that their number does not count. */
const textKeys = new KeyCache(utf8);

function decodeParts(node: SourceNode, failures: Failures): Decode {
  const keySerde = nonNull<AnyValue>(node.key);
  const isCached = keySerde === utf8;
  const { decode: decodeKey } = isCached ? { decode: textKeys.read.bind(textKeys) } : keySerde;
  const { decode: decodeValue } = nonNull<AnyValue>(node.value);
  const keyMayBeNull = mayBeNull(node, node.key);
  const valueMayBeNull = mayBeNull(node, node.value);
  return (columns, index, source) => {
    const keyLength = columns.keyLength[index] ?? -1;
    const valueLength = columns.valueLength[index] ?? -1;
    let part: DecodeError['part'] = 'key';
    try {
      if (keyLength < 0 && !keyMayBeNull) throw notAllowed;
      const keyStart = columns.keyStart[index] ?? 0;
      const { bytes } = columns;
      const key = keyLength < 0 ? null : decodeKey(bytes, keyStart, keyStart + keyLength);
      source.keySlot = isCached && keyLength >= 0 ? textKeys.slot : -1;
      part = 'value';
      if (valueLength < 0 && !valueMayBeNull) throw notAllowed;
      const valueStart = columns.valueStart[index] ?? 0;
      const value =
        valueLength < 0 ? null : decodeValue(bytes, valueStart, valueStart + valueLength);
      const timestamp = columns.timestamps[index] ?? 0;
      return { key, value, timestamp, headers: columns.headers(index) };
    } catch (thrown) {
      const cause = thrown === notAllowed ? undefined : (thrown ?? new Error('no reason given'));
      failures.decodeFailed(node.name, new DecodeError(source.position(), part, cause), source);
      return undefined;
    }
  };
}

const notAllowed = Symbol('a null where the serde is not nullable');

function mayBeNull(node: SourceNode, serde: AnySerde): boolean {
  return node.nulls === 'allowed' || isNullable<AnyValue>(serde);
}

type Extract = (record: AnyRecord, source: SourceRecord) => AnyRecord | undefined;

const itsOwn: Extract = (record) => record;

function extractor({ name, timestamp: timeOf }: SourceNode, failures: Failures): Extract {
  return (record, source) => {
    const { key, value, headers } = record;
    try {
      const timestamp = timeOf === undefined ? record.timestamp : timeOf(value, key, record);
      return { key, value, timestamp: checkedTime(timestamp), headers };
    } catch (cause) {
      failures.at(source, () => failures.processFailed(name, record, cause));
      return undefined;
    }
  };
}
