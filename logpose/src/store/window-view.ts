import { assert } from '../base/assert.ts';
import type { Timestamped } from '../record/stream-record.ts';
import type { Windowed } from '../window/window.ts';
import type { Show } from './key-value-view.ts';
import type { Levels, View } from './levels.ts';
import { type FoundRow, mergedScan } from './merged-scan.ts';
import { windowPrefix, windowStartOf } from './row-format.ts';
import type { ReadonlyWindowStore, TimeBounds } from './stores.ts';

/** What a windowed store knows of its windows. */
export interface WindowShape {
  readonly endMs: (startMs: number) => number;
  /** Windows that start here or before are expired. */
  expiredUpToMs(): number;
}

/** Rows by key and window start, as processors or outside readers see them. */
export class WindowView<K, V, H, R> implements ReadonlyWindowStore<K, R> {
  readonly name: string;
  readonly #levels: Levels<K, V, H>;
  readonly #view: View;
  readonly #show: Show<V, R>;
  readonly #shape: WindowShape;

  constructor(
    name: string,
    levels: Levels<K, V, H>,
    as: { view: View; show: Show<V, R>; shape: WindowShape },
  ) {
    this.name = name;
    this.#levels = levels;
    this.#view = as.view;
    this.#show = as.show;
    this.#shape = as.shape;
  }

  get(key: K, windowStartMs: number): R | undefined {
    const row = this.#row(key, windowStartMs);
    return row && this.#show(row);
  }

  fetch(key: K, bounds: TimeBounds = {}): IterableIterator<[key: Windowed<K>, value: R]> {
    const found: [Windowed<K>, R][] = [];
    const { limit = Number.POSITIVE_INFINITY } = bounds;
    for (const startMs of this.#starts(bounds)) {
      if (found.length >= limit) break;
      const row = this.#row(key, startMs);
      if (row) found.push([this.#windowed(key, startMs), this.#show(row)]);
    }
    return found.values();
  }

  fetchAll(bounds: TimeBounds = {}): IterableIterator<[key: Windowed<K>, value: R]> {
    const { reverse = false, limit = Number.POSITIVE_INFINITY } = bounds;
    const cursors = this.#starts(bounds).map((startMs) => {
      const scan = { startMs, from: '', to: undefined, reverse };
      return new Cursor(startMs, mergedScan(this.#levels, scan, this.#view));
    });
    return new MergedWindows(cursors, reverse)
      .take(limit)
      .map(({ startMs, key, row }) => [this.#windowed(key, startMs), this.#show(row)]);
  }

  #row(key: K, startMs: number): Timestamped<V> | undefined {
    if (startMs <= this.#shape.expiredUpToMs()) return undefined;
    const levels = this.#levels;
    return levels.shown(levels.row(key, startMs), this.#view);
  }

  #windowed(key: K, startMs: number): Windowed<K> {
    return { key, window: { startMs, endMs: this.#shape.endMs(startMs) } };
  }

  /** Starts of all windows in the bounds that have rows, in memory or in the engine, in order. */
  #starts({ fromMs, toMs, reverse = false }: TimeBounds): readonly number[] {
    // Windows start at whole numbers, and the engine's keys hold no others.
    const [least, most] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    const first = Math.ceil(Math.max(fromMs ?? least, this.#shape.expiredUpToMs() + 1, least));
    const last = Math.floor(Math.min(toMs ?? most, most));
    const starts = new Set(engineStarts(this.#levels, first, last));
    for (const startMs of this.#levels.windowStarts()) {
      if (startMs >= first && startMs <= last) starts.add(startMs);
    }
    const ascending = [...starts].sort((left, right) => left - right);
    return reverse ? ascending.reverse() : ascending;
  }
}

/** The rows of several windows by key, then window. */
class MergedWindows<K, V> extends Iterator<WindowRow<K, V>, undefined> {
  readonly #cursors: readonly Cursor<K, V>[];
  readonly #reverse: boolean;

  constructor(cursors: readonly Cursor<K, V>[], reverse: boolean) {
    super();
    this.#cursors = cursors;
    this.#reverse = reverse;
  }

  override next(): IteratorResult<WindowRow<K, V>, undefined> {
    const cursor = firstOf(this.#cursors, this.#reverse);
    if (cursor?.found === undefined) return { done: true, value: undefined };
    const { key, row } = cursor.found;
    cursor.advance();
    return { done: false, value: { startMs: cursor.startMs, key, row } };
  }

  override return(): IteratorResult<WindowRow<K, V>, undefined> {
    for (const cursor of this.#cursors) cursor.close();
    return { done: true, value: undefined };
  }
}

interface WindowRow<K, V> {
  readonly startMs: number;
  readonly key: K;
  readonly row: Timestamped<V>;
}

/** One window's rows with one in hand. */
class Cursor<K, V> {
  readonly startMs: number;
  readonly #rows: IterableIterator<FoundRow<K, V>>;
  found: FoundRow<K, V> | undefined;

  constructor(startMs: number, rows: IterableIterator<FoundRow<K, V>>) {
    this.startMs = startMs;
    this.#rows = rows;
    this.advance();
  }

  advance(): void {
    const step = this.#rows.next();
    this.found = step.done === true ? undefined : step.value;
  }

  close(): void {
    this.found = undefined;
    this.#rows.return?.();
  }
}

/** The cursor whose row comes first by key; of equal keys the first in the list, by window. */
function firstOf<K, V>(
  cursors: readonly Cursor<K, V>[],
  reverse: boolean,
): Cursor<K, V> | undefined {
  let first: Cursor<K, V> | undefined;
  for (const cursor of cursors) {
    if (cursor.found === undefined) continue;
    if (first?.found === undefined) first = cursor;
    else if (
      reverse ? cursor.found.order > first.found.order : cursor.found.order < first.found.order
    )
      first = cursor;
  }
  return first;
}

/** Jumps from window to window. */
function* engineStarts<K, V, H>(
  levels: Levels<K, V, H>,
  first: number,
  last: number,
): Generator<number> {
  assert(levels.format.windowed, 'only windowed stores have window starts');
  let from = first;
  while (from <= last) {
    const entries = levels.engine.scan({ from: windowPrefix(from) });
    const step = entries.next();
    entries.return?.();
    if (step.done === true) return;
    const startMs = windowStartOf(step.value.key);
    if (startMs > last) return;
    yield startMs;
    from = startMs + 1;
  }
}
