import { ByteWriter } from '../../base/byte-writer.ts';
import { fromLatin1, latin1 } from '../../base/bytes.ts';
import { readInt64 } from '../../serde/read-number.ts';
import type { StoreHandle, StoreKind } from '../../store/store-handle.ts';
import type { EncodedRow } from '../store-peer.ts';
import type { TypedRows } from '../typed-rows.ts';
import type { RowKeys } from './subscription-events.ts';

/** Where a row is in its store, as bytes. */
export type RowPlace = Pick<EncodedRow, 'key' | 'windowStartMs'>;

const windowBytes = 12;

/** The key of a row in the changelog, one character per byte: `key [start: int64, 0: int32]`. */
export function orderOf({ key, windowStartMs }: RowPlace): string {
  if (windowStartMs === undefined) return latin1(key);
  const writer = new ByteWriter(key.length + windowBytes);
  writer.bytes(key);
  writer.int64(windowStartMs);
  writer.int32(0);
  return latin1(writer.view());
}

/** Where the row is whose changelog key that is. */
export function placeOf(order: string, keys: 'windowed' | 'plain'): RowPlace {
  const bytes = fromLatin1(order);
  if (keys === 'plain') return { key: bytes, windowStartMs: undefined };
  const keyEnd = bytes.length - windowBytes;
  if (keyEnd < 0) throw new RangeError('no window behind the key');
  return { key: bytes.subarray(0, keyEnd), windowStartMs: readInt64(bytes, keyEnd) };
}

/** Keys of a store's rows as a subscriber has them, and places. */
export interface RowKeyCodec<RK> {
  readonly keys: 'windowed' | 'plain';
  /** Bytes of a window at the end of a place's key, which choose no partition. */
  readonly windowBytes: number;
  keyOf(place: RowPlace): RK;
  /** @throws {ConfigError} When the store can't have such a key. */
  placeOf(key: RK): RowPlace;
}

/** How the keys of a store of any kind are put. */
export function rowKeyCodec<Kind extends StoreKind, K, V>(
  { storeKind }: StoreHandle<Kind, K, V>,
  rows: TypedRows<K, V>,
): RowKeyCodec<RowKeys<K>[Kind]> {
  const plain: RowKeyCodec<K> = {
    keys: 'plain',
    windowBytes: rows.windowBytes,
    keyOf: (place) => rows.key(place),
    placeOf: (key) => ({ key: rows.encodedKey(key), windowStartMs: undefined }),
  };
  const windowed: RowKeyCodec<RowKeys<K>['window']> = {
    keys: 'windowed',
    windowBytes: 0,
    keyOf: (place) => rows.windowedKey(place),
    placeOf: ({ key, window }) => ({
      key: rows.encodedKey(key),
      windowStartMs: window.startMs,
    }),
  };
  const codecs: { readonly [Each in StoreKind]: RowKeyCodec<RowKeys<K>[Each]> } = {
    'key-value': plain,
    'timestamped-key-value': plain,
    window: windowed,
    'timestamped-window': windowed,
  };
  return codecs[storeKind];
}
