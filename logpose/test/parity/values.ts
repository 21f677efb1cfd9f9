import {
  type AnyWindows,
  bytes,
  float64,
  int32,
  int64,
  type Serde,
  tumbling,
  unlimited,
  utf8,
  windowed,
} from 'logpose';
import type { AnyValue } from '../../src/topology/topology.ts';

/** A type of keys or values: its serde, and how its values stand in JSON. */
export interface ValueType {
  readonly serde: Serde<AnyValue>;
  fromJson(json: AnyValue): AnyValue;
  toJson(value: AnyValue): unknown;
}

/** A type by its name in a case; undefined for one that is not offered yet. */
export function typeNamed(name: string): ValueType | undefined {
  const windows = /^windowed<(.+),(\d+)>$/.exec(name);
  if (windows === null) return plain.get(name);
  const inner = typeNamed(windows[1] ?? '');
  if (inner === undefined) return undefined;
  const [, , size] = windows;
  return size === endOfTime
    ? inWindows(inner, unlimited())
    : inWindows(inner, tumbling({ sizeMs: Number(size), graceMs: 0 }));
}

function asItIs(serde: Serde<AnyValue>): ValueType {
  return { serde, fromJson: (json) => json, toJson: (value) => value };
}

const plain: ReadonlyMap<string, ValueType> = new Map([
  ['string', asItIs(utf8)],
  ['long', asItIs(int64)],
  ['int', asItIs(int32)],
  ['double', asItIs(float64)],
  [
    'bytes',
    {
      serde: bytes,
      fromJson: (json) => json && new Uint8Array(Buffer.from(json, 'hex')),
      toJson: hex,
    },
  ],
]);

function inWindows(inner: ValueType, windows: AnyWindows): ValueType {
  return {
    serde: windowed(inner.serde, windows),
    fromJson: ({ key, start, end }) => ({
      key: inner.fromJson(key),
      window: { startMs: start, endMs: end },
    }),
    toJson: (value) =>
      value && {
        key: inner.toJson(value.key),
        start: value.window.startMs,
        end: endAsJson(value.window.endMs),
      },
  };
}

/** 2⁶³ − 1, which JSON cannot hold as a number. */
const endOfTime = '9223372036854775807';

/** A window's end as the cases write it. */
export function endAsJson(endMs: number): number | string {
  return endMs === Number.POSITIVE_INFINITY ? endOfTime : endMs;
}

/** A key of a windowed store. */
export function windowedKeyAsJson(type: ValueType, { key, window }: AnyValue): object {
  return { key: type.toJson(key), start: window.startMs, end: endAsJson(window.endMs) };
}

/** Bytes as lower-case digits; null stays null. */
export function hex(value: Uint8Array | null): string | null {
  return value === null ? null : Buffer.from(value).toString('hex');
}

/** A value as text, as the functions of the cases see it. */
export function show(value: AnyValue): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Uint8Array) return String(hex(value));
  if (typeof value !== 'object') return String(value);
  const { startMs, endMs } = value.window;
  return `${show(value.key)}@${startMs}/${endMs}`;
}
