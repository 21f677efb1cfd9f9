import type { Timestamped } from '../record/stream-record.ts';
import { KeyValueView, noWindow } from './key-value-view.ts';
import type { Levels } from './levels.ts';
import type { KeyValueStore } from './stores.ts';

/** Rows by key for a processor: values alone, at the time of the record in hand. */
export class PlainKeyValueState<K, V, H>
  extends KeyValueView<K, V, H, V>
  implements KeyValueStore<K, V>
{
  readonly #levels: Levels<K, V, H>;
  readonly #timeMs: () => number;

  constructor(name: string, levels: Levels<K, V, H>, timeMs: () => number) {
    super(name, levels, { view: 'current', show: valueAlone });
    this.#levels = levels;
    this.#timeMs = timeMs;
  }

  put(key: K, value: V): void {
    const levels = this.#levels;
    const held = levels.held(value);
    levels.write(levels.row(key, noWindow), held, this.#timeMs());
  }

  delete(key: K): void {
    const levels = this.#levels;
    levels.write(levels.row(key, noWindow), undefined, this.#timeMs());
  }
}

/** Rows by key for a processor: values and their times. */
export class TimestampedKeyValueState<K, V, H>
  extends KeyValueView<K, V, H, Timestamped<V>>
  implements KeyValueStore<K, Timestamped<V>>
{
  readonly #levels: Levels<K, V, H>;
  readonly #timeMs: () => number;

  constructor(name: string, levels: Levels<K, V, H>, timeMs: () => number) {
    super(name, levels, { view: 'current', show: wholeRow });
    this.#levels = levels;
    this.#timeMs = timeMs;
  }

  put(key: K, { value, timestamp }: Timestamped<V>): void {
    const levels = this.#levels;
    const held = levels.held(value);
    levels.write(levels.row(key, noWindow), held, timestamp);
  }

  delete(key: K): void {
    const levels = this.#levels;
    levels.write(levels.row(key, noWindow), undefined, this.#timeMs());
  }
}

export function valueAlone<V>(row: Timestamped<V>): V {
  return row.value;
}

/** As it is: rows are made for whoever asks. */
export function wholeRow<V>(row: Timestamped<V>): Timestamped<V> {
  return row;
}
