import type { Timestamped } from '../record/stream-record.ts';
import type { StoreHandle, StoreKind } from '../store/store-handle.ts';
import type { KeyBounds, KeyPrefix, TimeBounds } from '../store/stores.ts';
import type { AnyStoreDefinition } from '../topology/topology.ts';
import type { Windowed } from '../window/window.ts';
import type { Answer, AnswerSource, ReadOptions, Row } from './answer.ts';
import { partitionOfEncodedKey } from './key-partition.ts';
import type { KeyValueReader, Readers, WindowReader } from './readers.ts';
import type { Question, RoutedStore } from './routed-store.ts';
import { scan } from './scan.ts';
import type { AnsweredFrom, EncodedRow } from './store-peer.ts';
import { encodedPrefix, TypedRows } from './typed-rows.ts';

/** A store, and how its rows are read. */
interface ReaderParts<K, V, R> {
  readonly store: RoutedStore;
  readonly rows: TypedRows<K, V>;
  show(row: EncodedRow): R;
}

/** The reader of a store of any kind. */
export function storeReader<Kind extends StoreKind, K, V>(
  handle: StoreHandle<Kind, K, V>,
  definition: AnyStoreDefinition,
  store: RoutedStore,
): Readers<K, V>[Kind] {
  const rows = new TypedRows(handle, definition);
  const plain = { store, rows, show: (row: EncodedRow): Row<V> => ({ value: rows.value(row) }) };
  const timed = { store, rows, show: (row: EncodedRow): Timestamped<V> => rows.timestamped(row) };
  const make: { readonly [Each in StoreKind]: () => Readers<K, V>[Each] } = {
    'key-value': () => new RowReader(plain),
    'timestamped-key-value': () => new RowReader(timed),
    window: () => new WindowRowReader(plain),
    'timestamped-window': () => new WindowRowReader(timed),
  };
  return make[handle.storeKind]();
}

class RowReader<K, V, R extends object> implements KeyValueReader<K, R> {
  readonly #parts: ReaderParts<K, V, R>;

  constructor(parts: ReaderParts<K, V, R>) {
    this.#parts = parts;
  }

  async get(key: K, options: ReadOptions = {}): Promise<Answer<R>> {
    const encoded = this.#parts.rows.encodedKey(key);
    return answer(this.#parts, { key: encoded }, options);
  }

  range(
    bounds: KeyBounds<K> = {},
    options: ReadOptions = {},
  ): AsyncIterable<{ readonly key: K } & R> {
    const { limit } = bounds;
    const range = () => ({ kind: 'keys' as const, ...this.#encoded(bounds) });
    return scan(this.#parts.store, { options, limit, range, show: this.#show });
  }

  prefix(prefix: KeyPrefix<K>, options: ReadOptions = {}): AsyncIterable<{ readonly key: K } & R> {
    const range = () => ({ kind: 'prefix' as const, prefix: encodedPrefix(prefix) });
    return scan(this.#parts.store, { options, range, show: this.#show });
  }

  readonly #show = (row: EncodedRow): { readonly key: K } & R => ({
    key: this.#parts.rows.key(row),
    ...this.#parts.show(row),
  });

  #encoded({ gte, gt, lte, lt, reverse, limit }: KeyBounds<K>) {
    const { rows } = this.#parts;
    return {
      ...(gte !== undefined && { gte: rows.encodedKey(gte) }),
      ...(gt !== undefined && { gt: rows.encodedKey(gt) }),
      ...(lte !== undefined && { lte: rows.encodedKey(lte) }),
      ...(lt !== undefined && { lt: rows.encodedKey(lt) }),
      ...(reverse !== undefined && { reverse }),
      ...(limit !== undefined && { limit }),
    };
  }
}

class WindowRowReader<K, V, R extends object> implements WindowReader<K, R> {
  readonly #parts: ReaderParts<K, V, R>;

  constructor(parts: ReaderParts<K, V, R>) {
    this.#parts = parts;
  }

  async get(key: K, windowStartMs: number, options: ReadOptions = {}): Promise<Answer<R>> {
    const encoded = this.#parts.rows.encodedKey(key);
    return answer(this.#parts, { key: encoded, windowStartMs }, options);
  }

  fetch(
    key: K,
    bounds: TimeBounds = {},
    options: ReadOptions = {},
  ): AsyncIterable<{ readonly key: Windowed<K> } & R> {
    const { limit } = bounds;
    const { store, rows } = this.#parts;
    const choose = (partitions: number) =>
      partitionOfEncodedKey(rows.encodedKey(key), partitions, rows.windowBytes);
    const range = () => ({
      kind: 'windows-of-key' as const,
      key: rows.encodedKey(key),
      ...bounds,
    });
    return scan(store, { options, choose, limit, range, show: this.#show });
  }

  fetchAll(
    bounds: TimeBounds = {},
    options: ReadOptions = {},
  ): AsyncIterable<{ readonly key: Windowed<K> } & R> {
    const { limit } = bounds;
    const range = () => ({ kind: 'windows' as const, ...bounds });
    return scan(this.#parts.store, { options, limit, range, show: this.#show });
  }

  readonly #show = (row: EncodedRow): { readonly key: Windowed<K> } & R => ({
    key: this.#parts.rows.windowedKey(row),
    ...this.#parts.show(row),
  });
}

async function answer<K, V, R extends object>(
  { store, rows, show }: ReaderParts<K, V, R>,
  question: Omit<Question, 'partition'>,
  options: ReadOptions,
): Promise<Answer<R>> {
  const partition = partitionOfEncodedKey(question.key, store.partitions, rows.windowBytes);
  const given = await store.get({ ...question, partition }, options);
  switch (given.state) {
    case 'found':
      return { state: 'found', ...sourceOf(given), ...show(given.row) };
    case 'absent':
      return { state: 'absent', ...sourceOf(given) };
    default:
      return given;
  }
}

function sourceOf({ position, standbyLag }: AnsweredFrom): AnswerSource {
  return standbyLag === undefined ? { position } : { position, standby: { lag: standbyLag } };
}
