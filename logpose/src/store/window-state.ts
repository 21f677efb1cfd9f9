import type { Timestamped } from '../record/stream-record.ts';
import { valueAlone, wholeRow } from './key-value-state.ts';
import type { Levels } from './levels.ts';
import type { WindowStore } from './stores.ts';
import type { WindowTime } from './window-time.ts';
import { WindowView } from './window-view.ts';

/** What the windowed stores of a processor are opened with. */
export interface WindowStateParts<K, V, H> {
  readonly levels: Levels<K, V, H>;
  readonly time: WindowTime;
  /** Time of the record in hand. */
  readonly timeMs: () => number;
}

/** Windowed rows for a processor: values alone, at the time of the record in hand. */
export class PlainWindowState<K, V, H> extends WindowView<K, V, H, V> implements WindowStore<K, V> {
  readonly #parts: WindowStateParts<K, V, H>;

  constructor(name: string, parts: WindowStateParts<K, V, H>) {
    super(name, parts.levels, { view: 'current', show: valueAlone, shape: parts.time });
    this.#parts = parts;
  }

  put(key: K, value: V, windowStartMs: number): void {
    writeWindow(this.#parts, { key, startMs: windowStartMs, value, at: this.#parts.timeMs() });
  }

  delete(key: K, windowStartMs: number): void {
    const at = this.#parts.timeMs();
    writeWindow(this.#parts, { key, startMs: windowStartMs, value: undefined, at });
  }
}

/** Windowed rows for a processor: values and their times. */
export class TimestampedWindowState<K, V, H>
  extends WindowView<K, V, H, Timestamped<V>>
  implements WindowStore<K, Timestamped<V>>
{
  readonly #parts: WindowStateParts<K, V, H>;

  constructor(name: string, parts: WindowStateParts<K, V, H>) {
    super(name, parts.levels, { view: 'current', show: wholeRow, shape: parts.time });
    this.#parts = parts;
  }

  put(key: K, { value, timestamp }: Timestamped<V>, windowStartMs: number): void {
    writeWindow(this.#parts, { key, startMs: windowStartMs, value, at: timestamp });
  }

  delete(key: K, windowStartMs: number): void {
    const at = this.#parts.timeMs();
    writeWindow(this.#parts, { key, startMs: windowStartMs, value: undefined, at });
  }
}

interface WindowWrite<K, V> {
  readonly key: K;
  readonly startMs: number;
  readonly value: V | undefined;
  readonly at: number;
}

function writeWindow<K, V, H>(
  { levels, time }: WindowStateParts<K, V, H>,
  { key, startMs, value, at }: WindowWrite<K, V>,
): void {
  if (!time.accepts(startMs)) return;
  const held = levels.held(value);
  levels.write(levels.row(key, startMs), held, at);
}
