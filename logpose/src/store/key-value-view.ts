import { latin1 } from '../base/bytes.ts';
import type { Timestamped } from '../record/stream-record.ts';
import type { Levels, View } from './levels.ts';
import { afterTextPrefix, mergedScan, type ScanBounds } from './merged-scan.ts';
import type { KeyBounds, KeyPrefix, ReadonlyKeyValueStore } from './stores.ts';

/** What all rows of a store without windows are filed under. */
export const noWindow = 0;

/** Turns a kept row into what a store of its kind shows. */
export type Show<V, R> = (row: Timestamped<V>) => R;

/** Rows by key, as processors or outside readers see them. */
export class KeyValueView<K, V, H, R> implements ReadonlyKeyValueStore<K, R> {
  readonly name: string;
  readonly #levels: Levels<K, V, H>;
  readonly #view: View;
  readonly #show: Show<V, R>;

  constructor(name: string, levels: Levels<K, V, H>, as: { view: View; show: Show<V, R> }) {
    this.name = name;
    this.#levels = levels;
    this.#view = as.view;
    this.#show = as.show;
  }

  get(key: K): R | undefined {
    const levels = this.#levels;
    const shown = levels.shown(levels.row(key, noWindow), this.#view);
    return shown === undefined ? undefined : this.#show(shown);
  }

  range(bounds: KeyBounds<K> = {}): IterableIterator<[key: K, value: R]> {
    return this.#scan(keyBounds(this.#levels, bounds), bounds.limit);
  }

  prefix(prefix: KeyPrefix<K>): IterableIterator<[key: K, value: R]> {
    const from =
      prefix instanceof Uint8Array ? latin1(prefix) : latin1(Buffer.from(prefix, 'utf8'));
    return this.#scan({ startMs: noWindow, from, to: afterTextPrefix(from), reverse: false });
  }

  #scan(bounds: ScanBounds, limit = Number.POSITIVE_INFINITY): IterableIterator<[K, R]> {
    return Iterator.from(mergedScan(this.#levels, { ...bounds, limit }, this.#view))
      .take(limit)
      .map(({ key, row }) => [key, this.#show(row)]);
  }
}

function keyBounds<K, V, H>(levels: Levels<K, V, H>, bounds: KeyBounds<K>): ScanBounds {
  const order = (key: K) => levels.format.encodedKey(key);
  // The next text after a key in byte order is the key and a zero byte.
  const behind = (key: K) => `${order(key)}\0`;
  const { gte, gt, lte, lt, reverse = false } = bounds;
  const lowers: string[] = [];
  if (gte !== undefined) lowers.push(order(gte));
  if (gt !== undefined) lowers.push(behind(gt));
  const uppers: string[] = [];
  if (lte !== undefined) uppers.push(behind(lte));
  if (lt !== undefined) uppers.push(order(lt));
  const from = lowers.toSorted().at(-1) ?? '';
  return { startMs: noWindow, from, to: uppers.toSorted().at(0), reverse };
}
