import type { AnyValue } from '../../src/topology/topology.ts';
import { Unsupported } from './unsupported.ts';
import { endAsJson, typeNamed, type ValueType } from './values.ts';

/** A question to a store, asked between two records. */
export interface QuerySpec {
  readonly store: string;
  readonly do: string;
  readonly keyType?: string;
  readonly key?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly prefix?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** An open store with the types of what is in it. */
export interface AskedStore {
  readonly open: AnyValue;
  readonly value: string;
  readonly timestamped: boolean;
}

/** The answer as the cases write it: a row, null, or rows in their order. */
export function answer(query: QuerySpec, { open, value, timestamped }: AskedStore): unknown {
  const keyType = typeOf(query.keyType ?? 'string');
  const valueType = typeOf(value);
  const shown = (key: unknown, row: AnyValue) => ({
    key,
    value: valueType.toJson(timestamped ? row.value : row),
    ...(timestamped ? { ts: row.timestamp } : {}),
  });
  const rows = (found: Iterable<[AnyValue, AnyValue]>) =>
    [...found].map(([key, row]) => shown(keyType.toJson(key), row));
  const ofKey = (found: Iterable<[AnyValue, AnyValue]>) =>
    [...found].map(([key, row]) => shown(key.window.startMs, row));
  const one = (key: unknown, row: AnyValue) => (row === undefined ? null : shown(key, row));
  const key = query.key === undefined ? undefined : keyType.fromJson(query.key);
  const { fromMs = 0, toMs = 0 } = query;
  switch (query.do) {
    case 'get':
      return one(query.key, open.get(key));
    case 'range':
      return rows(open.range(bounds(query, keyType)));
    case 'reverseRange':
      return rows(open.range({ ...bounds(query, keyType), reverse: true }));
    case 'all':
      return 'range' in open ? rows(open.range()) : inWindows(open.fetchAll(), shown, keyType);
    case 'reverseAll':
      if ('range' in open) return rows(open.range({ reverse: true }));
      break;
    case 'prefixScan':
      return rows(open.prefix(query.prefix));
    case 'fetch':
      if (key !== undefined) return ofKey(open.fetch(key, { fromMs, toMs }));
      break;
    case 'backwardFetch':
      if (key !== undefined) return ofKey(open.fetch(key, { fromMs, toMs, reverse: true }));
      break;
    case 'fetchAll':
      return inWindows(open.fetchAll({ fromMs, toMs }), shown, keyType);
  }
  throw new Unsupported(`query ${query.do}`);
}

function bounds({ from, to }: QuerySpec, keyType: ValueType) {
  return {
    ...(from === undefined ? {} : { gte: keyType.fromJson(from) }),
    ...(to === undefined ? {} : { lte: keyType.fromJson(to) }),
  };
}

function inWindows(
  found: Iterable<[AnyValue, AnyValue]>,
  shown: (key: unknown, row: AnyValue) => unknown,
  keyType: ValueType,
): readonly unknown[] {
  return [...found].map(([{ key, window }, row]) =>
    shown({ key: keyType.toJson(key), start: window.startMs, end: endAsJson(window.endMs) }, row),
  );
}

function typeOf(name: string): ValueType {
  const type = typeNamed(name);
  if (type === undefined) throw new Unsupported(`type ${name}`);
  return type;
}
