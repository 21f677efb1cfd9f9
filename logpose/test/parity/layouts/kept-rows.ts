import type { AnyValue } from '../../../src/topology/topology.ts';
import type { Case } from '../case.ts';
import type { Program } from '../program.ts';
import type { StoreInUse } from '../program-stores.ts';
import { typeNamed, windowedKeyAsJson } from '../values.ts';
import type { Row } from './row.ts';

/** A row of a store, as a reader of an application has it. */
export interface ReadRow {
  readonly key: AnyValue;
  readonly value: AnyValue;
  readonly timestamp?: number;
}

/** The rows that Kafka Streams had in its stores in the end. */
export function recordedStoreRows({ expected }: Case): readonly Row[] {
  return Object.entries(expected.stores ?? {}).flatMap(([name, rows]) =>
    rows.map(({ key, value, ts }) => ({ topic: rowsOf(name), key, value, ts })),
  );
}

/** The stores that are compared: those that a case has rows of. */
export function storesToRead({ expected }: Case, program: Program): readonly StoreInUse[] {
  const names = Object.keys(expected.stores ?? {});
  return names.flatMap((name) => program.stores.get(name) ?? []);
}

/**
 * Rows as they were read. Of windowed stores only those that the case has, too: when the others
 * expire is a matter of the task's stream time.
 */
export function storeRows(
  test: Case,
  { handle, key: keyName, value: valueName }: StoreInUse,
  rows: Iterable<ReadRow>,
): readonly Row[] {
  const keyType = typeNamed(keyName);
  const valueType = typeNamed(valueName);
  const recorded = test.expected.stores?.[handle.name];
  if (recorded === undefined || keyType === undefined || valueType === undefined) return [];
  const isWindowed = handle.storeKind.endsWith('window');
  const wanted = new Set(recorded.map(({ key }) => JSON.stringify(key)));
  const shown = [...rows].map(({ key, value, timestamp: ts }) => ({
    topic: rowsOf(handle.name),
    key: isWindowed ? windowedKeyAsJson(keyType, key) : keyType.toJson(key),
    value: valueType.toJson(value),
    ts,
  }));
  return isWindowed ? shown.filter(({ key }) => wanted.has(JSON.stringify(key))) : shown;
}

function rowsOf(name: string): string {
  return `rows of ${name}`;
}
