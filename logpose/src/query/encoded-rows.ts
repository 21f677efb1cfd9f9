import { must } from '../base/assert.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import type { AnyOpenStore } from '../runtime/task/task-parts.ts';
import type { Serde } from '../serde/serde.ts';
import type { KeyBounds, ReadonlyKeyValueStore, ReadonlyWindowStore } from '../store/stores.ts';
import type { AnyValue } from '../topology/topology.ts';
import type { Windowed } from '../window/window.ts';
import type { EncodedRow, PeerRange } from './store-peer.ts';

type Rows = ReadonlyKeyValueStore<AnyValue, AnyValue> | ReadonlyWindowStore<AnyValue, AnyValue>;

/** A row of a store as it is committed; undefined: there is none. */
export function committedRow(
  store: AnyOpenStore,
  key: Uint8Array,
  windowStartMs: number | undefined,
): EncodedRow | undefined {
  const view: Rows = store.view('committed');
  const typedKey = decoded(store.definition.key, key);
  const shown =
    'fetch' in view
      ? view.get(typedKey, must(windowStartMs, 'a windowed row is asked for by its window'))
      : view.get(typedKey);
  return shown === undefined ? undefined : encodedRow(store, { key, windowStartMs, shown });
}

/** Rows of a store as they are committed now. To be exhausted or ended with `return`. */
export function committedRows(
  store: AnyOpenStore,
  range: PeerRange,
): IterableIterator<EncodedRow, undefined> {
  const view: Rows = store.view('committed');
  if ('fetch' in view) {
    return Iterator.from(windowsIn(view, store, range)).map(([{ key, window }, shown]) =>
      encodedRow(store, { key: encoded(store, key), windowStartMs: window.startMs, shown }),
    );
  }
  return Iterator.from(keysIn(view, store, range)).map(([key, shown]) =>
    encodedRow(store, { key: encoded(store, key), windowStartMs: undefined, shown }),
  );
}

function windowsIn(
  view: ReadonlyWindowStore<AnyValue, AnyValue>,
  store: AnyOpenStore,
  range: PeerRange,
): IterableIterator<[Windowed<AnyValue>, AnyValue]> {
  if (range.kind === 'windows-of-key') {
    return view.fetch(decoded(store.definition.key, range.key), range);
  }
  return view.fetchAll(must(range.kind === 'windows' ? range : undefined, 'windows are scanned'));
}

function keysIn(
  view: ReadonlyKeyValueStore<AnyValue, AnyValue>,
  { definition }: AnyOpenStore,
  range: PeerRange,
): IterableIterator<[AnyValue, AnyValue]> {
  if (range.kind === 'prefix') return view.prefix(range.prefix);
  const { gte, gt, lte, lt, reverse, limit } = must(
    range.kind === 'keys' ? range : undefined,
    'rows by key are scanned by key',
  );
  const { key } = definition;
  const bounds: KeyBounds<AnyValue> = {
    ...(gte && { gte: decoded(key, gte) }),
    ...(gt && { gt: decoded(key, gt) }),
    ...(lte && { lte: decoded(key, lte) }),
    ...(lt && { lt: decoded(key, lt) }),
    ...(reverse !== undefined && { reverse }),
    ...(limit !== undefined && { limit }),
  };
  return view.range(bounds);
}

interface ShownRow extends Pick<EncodedRow, 'key' | 'windowStartMs'> {
  /** What the store's view shows: a value, or a value with its time. */
  readonly shown: AnyValue;
}

function encodedRow({ definition }: AnyOpenStore, row: ShownRow): EncodedRow {
  const { key, windowStartMs, shown } = row;
  const isTimestamped = definition.storeKind.startsWith('timestamped');
  scratch.clear();
  definition.value.encode(isTimestamped ? shown.value : shown, scratch);
  const timestamp = isTimestamped ? shown.timestamp : undefined;
  return { key, windowStartMs, value: scratch.copy(), timestamp };
}

const scratch = new ByteWriter();

function encoded({ definition }: AnyOpenStore, key: AnyValue): Uint8Array {
  scratch.clear();
  definition.key.encode(key, scratch);
  return scratch.copy();
}

function decoded<T>(serde: Serde<T>, bytes: Uint8Array): T {
  return serde.decode(bytes, 0, bytes.length);
}
