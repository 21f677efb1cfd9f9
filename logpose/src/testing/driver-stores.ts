import { compareBytes } from '../base/bytes.ts';
import { partitionOfEncodedKey } from '../query/key-partition.ts';
import type { AnyOpenStore } from '../runtime/task/task-parts.ts';
import { encodeToBytes } from '../serde/encoded.ts';
import { windowBytesOf } from '../serde/windowed.ts';
import type {
  KeyBounds,
  KeyPrefix,
  ReadonlyKeyValueStore,
  ReadonlyStores,
  ReadonlyWindowStore,
  TimeBounds,
} from '../store/stores.ts';
import type { AnySerde, AnyStoreDefinition, AnyValue } from '../topology/topology.ts';
import type { Windowed } from '../window/window.ts';

type AnyView = ReadonlyStores<AnyValue, AnyValue>[keyof ReadonlyStores<AnyValue, AnyValue>];
type Rows = ReadonlyKeyValueStore<AnyValue, AnyValue>;
type WindowRows = ReadonlyWindowStore<AnyValue, AnyValue>;

/**
 * A store of several tasks as one: what names a key goes to the partition that the default
 * partitioner chooses, as a reader of an application does, and scans show the rows of all
 * partitions in one order.
 */
export function storeOverPartitions(
  definition: AnyStoreDefinition,
  partitions: readonly AnyOpenStore[],
): AnyView {
  const views: readonly AnyView[] = partitions.map((store) => store.view('current'));
  const [first] = views;
  if (first !== undefined && views.length === 1) return first;
  return 'prefix' in (first ?? {})
    ? new PartitionedRows(
        definition,
        views.filter((view) => 'prefix' in view),
      )
    : new PartitionedWindows(
        definition,
        views.filter((view) => 'fetch' in view),
      );
}

class PartitionedRows implements Rows {
  readonly name: string;
  readonly #key: AnySerde;
  readonly #views: readonly Rows[];

  constructor({ name, key }: AnyStoreDefinition, views: readonly Rows[]) {
    this.name = name;
    this.#key = key;
    this.#views = views;
  }

  get(key: AnyValue): AnyValue {
    return ofKey(this.#views, this.#key, key)?.get(key);
  }

  range(bounds: KeyBounds<AnyValue> = {}): IterableIterator<[AnyValue, AnyValue]> {
    return this.#merged((view) => view.range(bounds), bounds);
  }

  prefix(prefix: KeyPrefix<AnyValue>): IterableIterator<[AnyValue, AnyValue]> {
    return this.#merged((view) => view.prefix(prefix));
  }

  #merged(
    scan: (view: Rows) => IterableIterator<[AnyValue, AnyValue]>,
    { reverse = false, limit = Number.POSITIVE_INFINITY }: KeyBounds<AnyValue> = {},
  ): IterableIterator<[AnyValue, AnyValue]> {
    const rows = this.#views.flatMap((view) =>
      [...scan(view)].map((row) => ({ row, bytes: encodeToBytes(this.#key, row[0]), startMs: 0 })),
    );
    return inOrder(rows, reverse).slice(0, limit).values();
  }
}

class PartitionedWindows implements WindowRows {
  readonly name: string;
  readonly #key: AnySerde;
  readonly #views: readonly WindowRows[];

  constructor({ name, key }: AnyStoreDefinition, views: readonly WindowRows[]) {
    this.name = name;
    this.#key = key;
    this.#views = views;
  }

  get(key: AnyValue, windowStartMs: number): AnyValue {
    return ofKey(this.#views, this.#key, key)?.get(key, windowStartMs);
  }

  fetch(
    key: AnyValue,
    bounds: TimeBounds = {},
  ): IterableIterator<[key: Windowed<AnyValue>, value: AnyValue]> {
    return ofKey(this.#views, this.#key, key)?.fetch(key, bounds) ?? [].values();
  }

  fetchAll(bounds: TimeBounds = {}): IterableIterator<[key: Windowed<AnyValue>, value: AnyValue]> {
    const { reverse = false, limit = Number.POSITIVE_INFINITY } = bounds;
    const rows = this.#views.flatMap((view) =>
      [...view.fetchAll(bounds)].map((row) => {
        const [{ key, window }] = row;
        return { row, bytes: encodeToBytes(this.#key, key), startMs: window.startMs };
      }),
    );
    return inOrder(rows, reverse).slice(0, limit).values();
  }
}

interface OrderedRow<Row> {
  readonly row: Row;
  readonly bytes: Uint8Array;
  readonly startMs: number;
}

function inOrder<Row>(rows: readonly OrderedRow<Row>[], reverse: boolean): readonly Row[] {
  const direction = reverse ? -1 : 1;
  return rows
    .toSorted(
      (left, right) =>
        direction * (compareBytes(left.bytes, right.bytes) || left.startMs - right.startMs),
    )
    .map(({ row }) => row);
}

function ofKey<View>(views: readonly View[], serde: AnySerde, key: AnyValue): View | undefined {
  const encoded = encodeToBytes(serde, key);
  return views[partitionOfEncodedKey(encoded, views.length, windowBytesOf<AnyValue>(serde))];
}
