/** Where encoders write. Grows by itself; an encoder keeps no reference to it. */
export interface ByteWriter {
  byte(value: number): void;
  int32(value: number): void;
  int64(value: number): void;
  bigint64(value: bigint): void;
  float64(value: number): void;
  utf8(value: string): void;
  bytes(value: Uint8Array): void;
}

/** Turns a value into bytes. Never sees null: null is the absence of bytes. */
export interface Encoder<in T> {
  readonly encode: (value: T, to: ByteWriter) => void;
}

/** Turns the bytes `[start, end)` into a value. `bytes` is reused after the call. */
export interface Decoder<out T> {
  readonly decode: (bytes: Uint8Array, start: number, end: number) => T;
}

/** Values of one type ⇄ bytes. */
export interface Serde<in out T> extends Encoder<T>, Decoder<T> {
  readonly encode: (value: T, to: ByteWriter) => void;
  readonly decode: (bytes: Uint8Array, start: number, end: number) => T;
  /**
   * What state may keep of a value: `primitive` as it is, `plain` deep-frozen, `opaque` (a class
   * instance, Map, Date) only as bytes, decoded afresh at each read.
   */
  readonly holds: 'primitive' | 'plain' | 'opaque';
  /** Equal for two values exactly when their bytes are equal; makes keys cheap to look up. */
  readonly identity: ((value: T) => string | number) | undefined;
}

/** Whether it is one, for callers without types. */
export function isSerde(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { encode, decode }: { encode?: unknown; decode?: unknown } = value;
  return typeof encode === 'function' && typeof decode === 'function';
}

/** The serdes known at one place of a chain; undefined behind an operator that made a new type. */
export interface SerdesInForce<in out K, in out V> {
  readonly key: Serde<K> | undefined;
  readonly value: Serde<V> | undefined;
}
