import type { StreamRecord, Timestamped } from '../../record/stream-record.ts';
import type { Change } from '../../serde/change.ts';
import { noWindow } from '../../store/key-value-view.ts';
import type { Levels, Update } from '../../store/levels.ts';
import type { WindowTime } from '../../store/window-time.ts';
import type { Forward, TableWriter, WindowTableWriter } from '../../topology/processor.ts';
import type { Windowed } from '../../window/window.ts';
import type { RecordInHand } from './record-in-hand.ts';

/** What a table's rows are kept in, and when its changes go on. */
export interface TableParts<K, V, H> {
  readonly levels: Levels<K, V, H>;
  readonly hand: RecordInHand;
  readonly emit: 'each-commit' | 'each-change';
}

/** Something that holds updates back until a commit. */
export interface Flushable {
  /** Sends on what is unsent. Returns whether there was anything. */
  flush(): boolean;
}

/** The rows of a table without windows. */
export class RowTable<K, V, H> implements TableWriter<K, V>, Flushable {
  readonly #rows: TableRows<K, V, H>;
  readonly #forward: Forward<K, Change<V>>;

  constructor(parts: TableParts<K, V, H>, forward: Forward<K, Change<V>>) {
    this.#rows = new TableRows(parts);
    this.#forward = forward;
  }

  get(key: K): Timestamped<V> | undefined {
    const { levels } = this.#rows;
    return levels.shown(levels.row(key, noWindow), 'current');
  }

  update(record: StreamRecord<K, Change<V>>): void {
    if (this.#rows.write(record, record.key, noWindow) === 'send') this.#forward(record);
  }

  flush(): boolean {
    const forward = this.#forward;
    return this.#rows.flush(({ key, timestamp, headers }, value) =>
      forward({ key, value, timestamp, headers }),
    );
  }
}

/** The rows of a table of windows. */
export class WindowTable<K, V, H> implements WindowTableWriter<K, V>, Flushable {
  readonly #rows: TableRows<K, V, H>;
  readonly #time: WindowTime;
  readonly #forward: Forward<Windowed<K>, Change<V>>;

  constructor(
    parts: TableParts<K, V, H> & { readonly time: WindowTime },
    forward: Forward<Windowed<K>, Change<V>>,
  ) {
    this.#rows = new TableRows(parts);
    this.#time = parts.time;
    this.#forward = forward;
  }

  get(key: K, windowStartMs: number): Timestamped<V> | undefined {
    if (windowStartMs <= this.#time.expiredUpToMs()) return undefined;
    const { levels } = this.#rows;
    return levels.shown(levels.row(key, windowStartMs), 'current');
  }

  update(record: StreamRecord<Windowed<K>, Change<V>>): void {
    const { key, window } = record.key;
    // A row that the store no longer keeps is sent on all the same, as on the JVM.
    const kept = this.#time.accepts(window.startMs);
    if (!kept || this.#rows.write(record, key, window.startMs) === 'send') {
      this.#forward(record);
    }
  }

  flush(): boolean {
    const forward = this.#forward;
    const time = this.#time;
    return this.#rows.flush(({ key, startMs, timestamp, headers }, value) => {
      const window = { startMs, endMs: time.endMs(startMs) };
      forward({ key: { key, window }, value, timestamp, headers });
    });
  }
}

/** What both kinds of tables do with a row. */
class TableRows<K, V, H> {
  readonly levels: Levels<K, V, H>;
  readonly #hand: RecordInHand;
  readonly #holdsBack: boolean;
  #hasUnsent = false;

  constructor({ levels, hand, emit }: TableParts<K, V, H>) {
    this.levels = levels;
    this.#hand = hand;
    this.#holdsBack = emit === 'each-commit';
  }

  /** Stores the row. Returns whether the change is to be sent on now. */
  write(record: StreamRecord<unknown, Change<V>>, key: K, startMs: number): 'send' | 'hold' {
    const { levels } = this;
    const { after } = record.value;
    // As on the JVM a deletion has the time of what caused it, not of the row.
    const timestamp = after === undefined ? this.#hand.timestamp : record.timestamp;
    const held = levels.held(after);
    const row = levels.row(key, startMs);
    if (!this.#holdsBack) {
      levels.write(row, held, timestamp);
      return 'send';
    }
    levels.writeUnsent(row, held, { timestamp, headers: record.headers });
    this.#hasUnsent = true;
    return 'hold';
  }

  /** Sends each unsent row's change in the order of their last writes. */
  flush(send: Send<K, V, H>): boolean {
    if (!this.#hasUnsent) return false;
    const { levels } = this;
    const { show } = levels.format.holding;
    levels.forEachUnsent((update) => {
      const { before, after } = update;
      // A row that came and went is not mentioned.
      if (before === undefined && after === undefined) return;
      send(update, {
        before: before === undefined ? undefined : show(before),
        after: after === undefined ? undefined : show(after),
      });
    });
    // Those that were added meanwhile have been sent, too.
    this.#hasUnsent = false;
    return true;
  }
}

type Send<K, V, H> = (update: Update<K, H>, change: Change<V>) => void;
