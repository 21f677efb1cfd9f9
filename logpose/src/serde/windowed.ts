import { shapeOf } from '../window/definition-of.ts';
import type { AnyWindows, Window, Windowed } from '../window/window.ts';
import { nonNull } from './nullable.ts';
import { readInt64 } from './read-number.ts';
import type { Encoder, Serde } from './serde.ts';

const timeBytes = 8;

/**
 * Keys of windowed results on a topic; the windows' definition gives their ends back.
 *
 * ```text
 * time windows   key start: int64
 * sessions       key end: int64 start: int64
 * ```
 *
 * @throws {ConfigError} When the windows were made by hand.
 */
export function windowed<K extends {}>(key: Serde<K>, windows: AnyWindows): Serde<Windowed<K>> {
  const serde = inWindows(key, windows);
  windowBytes.set(serde, shapeOf(windows).shape === 'session' ? 2 * timeBytes : timeBytes);
  return serde;
}

// Only by `windowed` are the bytes of a key followed by those of a window.
const windowBytes = new WeakMap<object, number>();

/**
 * Bytes of the window at the end of a key; 0 for other keys. All windows of a key go to the
 * partition of the key itself, as on the JVM.
 */
export function windowBytesOf<T>(key: Encoder<T> | Serde<T>): number {
  return windowBytes.get('decode' in key ? nonNull(key) : key) ?? 0;
}

function inWindows<K extends {}>(key: Serde<K>, windows: AnyWindows): Serde<Windowed<K>> {
  const shaped = shapeOf(windows);
  switch (shaped.shape) {
    case 'session':
      return inSessions(key);
    case 'sliding': {
      const { differenceMs } = shaped.windows;
      return inTimeWindows(key, (startMs) => startMs + differenceMs);
    }
    case 'fixed':
      return inTimeWindows(key, (startMs) => shaped.windows.endMs(startMs));
  }
}

function inTimeWindows<K extends {}>(
  key: Serde<K>,
  endOf: (startMs: number) => number,
): Serde<Windowed<K>> {
  return {
    encode: (value, to) => {
      key.encode(value.key, to);
      to.int64(value.window.startMs);
    },
    decode: (bytes, start, end) => {
      const keyEnd = end - timeBytes;
      if (keyEnd < start) throw new RangeError('no window start behind the key');
      const startMs = readInt64(bytes, keyEnd);
      return {
        key: key.decode(bytes, start, keyEnd),
        window: { startMs, endMs: endOf(startMs) },
      };
    },
    ...windowedTraits(key),
  };
}

function inSessions<K extends {}>(key: Serde<K>): Serde<Windowed<K>> {
  return {
    encode: (value, to) => {
      key.encode(value.key, to);
      to.int64(value.window.endMs);
      to.int64(value.window.startMs);
    },
    decode: (bytes, start, end) => {
      const keyEnd = end - 2 * timeBytes;
      if (keyEnd < start) throw new RangeError('no session behind the key');
      return { key: key.decode(bytes, start, keyEnd), window: sessionAt(bytes, keyEnd) };
    },
    ...windowedTraits(key),
  };
}

function sessionAt(bytes: Uint8Array, at: number): Window {
  const endMs = readInt64(bytes, at);
  const startMs = readInt64(bytes, at + timeBytes);
  if (startMs > endMs) throw new RangeError('the session ends before it starts');
  return { startMs, endMs };
}

function windowedTraits<K>(key: Serde<K>) {
  const holds = key.holds === 'opaque' ? ('opaque' as const) : ('plain' as const);
  return { holds, identity: undefined };
}
