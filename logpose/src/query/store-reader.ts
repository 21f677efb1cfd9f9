import { ByteWriter } from '../base/byte-writer.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { StoreDamagedError } from '../errors/store-errors.ts';
import { partitionOfKey } from '../log/partitioner.ts';
import type { Timestamped } from '../record/stream-record.ts';
import type { Serde } from '../serde/serde.ts';
import type { StoreHandle, StoreKind } from '../store/store-handle.ts';
import type { KeyBounds, KeyPrefix, TimeBounds } from '../store/stores.ts';
import type { AnyValue } from '../topology/topology.ts';
import type { Windowed } from '../window/window.ts';
import type { Answer, ReadOptions, Row } from './answer.ts';
import { committedRows, committedWindows } from './committed-view.ts';
import type { KeyValueReader, Readers, WindowReader } from './readers.ts';
import { scan } from './scan.ts';
import type { HostedStore, ReadyPartition } from './store-host.ts';

/** Turns what a view shows into what a reader answers. */
type Show<R> = (shown: AnyValue) => R;

/** The reader of a store of any kind. */
export function storeReader<Kind extends StoreKind, K, V>(
  handle: StoreHandle<Kind, K, V>,
  store: HostedStore,
): Readers<K, V>[Kind] {
  const { key } = handle;
  const make: { readonly [Each in StoreKind]: () => Readers<K, V>[Each] } = {
    'key-value': () => new RowReader<K, Row<V>>(store, key, valueAlone),
    'timestamped-key-value': () => new RowReader<K, Timestamped<V>>(store, key, itself),
    window: () => new WindowRowReader<K, Row<V>>(store, key, valueAlone),
    'timestamped-window': () => new WindowRowReader<K, Timestamped<V>>(store, key, itself),
  };
  return make[handle.storeKind]();
}

class RowReader<K, R extends object> implements KeyValueReader<K, R> {
  readonly #store: HostedStore;
  readonly #key: Serde<K>;
  readonly #show: Show<R>;

  constructor(store: HostedStore, key: Serde<K>, show: Show<R>) {
    this.#store = store;
    this.#key = key;
    this.#show = show;
  }

  get(key: K, options: ReadOptions = {}): Promise<Answer<R>> {
    const choose = partitionOf(this.#key, key);
    return answer(this.#store, { options, choose }, (partition) => {
      const shown = committedRows(partition).get(key);
      return shown === undefined ? undefined : this.#show(shown);
    });
  }

  range(
    bounds: KeyBounds<K> = {},
    options: ReadOptions = {},
  ): AsyncIterable<{ readonly key: K } & R> {
    const { limit } = bounds;
    const rows = (partition: ReadyPartition) => this.#rows(committedRows(partition).range(bounds));
    return scan(this.#store, { options, limit, rows });
  }

  prefix(prefix: KeyPrefix<K>, options: ReadOptions = {}): AsyncIterable<{ readonly key: K } & R> {
    const rows = (partition: ReadyPartition) => this.#rows(committedRows(partition).prefix(prefix));
    return scan(this.#store, { options, rows });
  }

  #rows(found: IterableIterator<[K, AnyValue]>): IterableIterator<{ readonly key: K } & R> {
    return shownRows(found, this.#show);
  }
}

class WindowRowReader<K, R extends object> implements WindowReader<K, R> {
  readonly #store: HostedStore;
  readonly #key: Serde<K>;
  readonly #show: Show<R>;

  constructor(store: HostedStore, key: Serde<K>, show: Show<R>) {
    this.#store = store;
    this.#key = key;
    this.#show = show;
  }

  get(key: K, windowStartMs: number, options: ReadOptions = {}): Promise<Answer<R>> {
    const choose = partitionOf(this.#key, key);
    return answer(this.#store, { options, choose }, (partition) => {
      const shown = committedWindows(partition).get(key, windowStartMs);
      return shown === undefined ? undefined : this.#show(shown);
    });
  }

  fetch(
    key: K,
    bounds: TimeBounds = {},
    options: ReadOptions = {},
  ): AsyncIterable<{ readonly key: Windowed<K> } & R> {
    const choose = partitionOf(this.#key, key);
    const { limit } = bounds;
    const rows = (partition: ReadyPartition) =>
      this.#rows(committedWindows(partition).fetch(key, bounds));
    return scan(this.#store, { options, choose, limit, rows });
  }

  fetchAll(
    bounds: TimeBounds = {},
    options: ReadOptions = {},
  ): AsyncIterable<{ readonly key: Windowed<K> } & R> {
    const { limit } = bounds;
    const rows = (partition: ReadyPartition) =>
      this.#rows(committedWindows(partition).fetchAll(bounds));
    return scan(this.#store, { options, limit, rows });
  }

  #rows(found: IterableIterator<[Windowed<K>, AnyValue]>) {
    return shownRows(found, this.#show);
  }
}

function* shownRows<K, R extends object>(
  found: IterableIterator<[K, AnyValue]>,
  show: Show<R>,
): IterableIterator<{ readonly key: K } & R> {
  for (const [key, shown] of found) yield { key, ...show(shown) };
}

interface Question {
  readonly options: ReadOptions;
  readonly choose: (partitions: number) => number;
}

async function answer<R extends object>(
  store: HostedStore,
  { options, choose }: Question,
  read: (partition: ReadyPartition) => R | undefined,
): Promise<Answer<R>> {
  const partitions = await store.partitions(options, choose);
  if ('state' in partitions) return partitions;
  const [partition] = partitions;
  if (partition === undefined) return { state: 'unavailable', reason: 'not-running' };
  const { position } = partition;
  try {
    const row = read(partition);
    return row === undefined ? { state: 'absent', position } : { state: 'found', position, ...row };
  } catch (error) {
    if (error instanceof StoreDamagedError) return store.damaged(partition, error);
    throw error;
  }
}

/** The partition that the default partitioner chooses for a key. */
function partitionOf<K>(serde: Serde<K>, key: K): (partitions: number) => number {
  return (partitions) => {
    if (partitions === 0) return 0;
    const writer = new ByteWriter();
    try {
      serde.encode(key, writer);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ConfigError([`the store cannot have such a key: ${reason}`], { cause });
    }
    const encoded = { keyBytes: writer.buffer, keyStart: 0, keyLength: writer.length };
    return partitionOfKey(encoded, partitions);
  };
}

function valueAlone<V>(value: V): Row<V> {
  return { value };
}

function itself<R>(shown: R): R {
  return shown;
}
