import { afterPrefix, fromLatin1, latin1 } from '../base/bytes.ts';
import type { Timestamped } from '../record/stream-record.ts';
import type { Levels, View } from './levels.ts';
import { type Cell, Tombstone } from './row.ts';
import { windowPrefix } from './row-format.ts';
import type { ByteBounds, EngineEntry } from './store-engine.ts';

/** Which rows of one window: `from ≤ encoded key < to`, one character per byte. */
export interface ScanBounds {
  readonly startMs: number;
  readonly from: string;
  readonly to: string | undefined;
  readonly reverse: boolean;
  /** Rows that are wanted; more may be found. Left out: all. */
  readonly limit?: number | undefined;
}

/** A row that a scan has found. */
export interface FoundRow<K, V> {
  readonly key: K;
  /** The encoded key, one character per byte. */
  readonly order: string;
  readonly row: Timestamped<V>;
}

/**
 * Rows of one window by encoded key, memory over engine, as they are when this is called: later
 * writes and flushes do not show.
 */
export function mergedScan<K, V, H>(
  levels: Levels<K, V, H>,
  bounds: ScanBounds,
  view: View,
): IterableIterator<FoundRow<K, V>> {
  return new MergedScan(levels, bounds, view);
}

/** The smallest text that comes after everything that begins with `prefix`. */
export function afterTextPrefix(prefix: string): string | undefined {
  const after = afterPrefix(fromLatin1(prefix));
  return after && latin1(after);
}

/** What a row is at the newest level that has it. */
interface Candidate<H> {
  readonly order: string;
  readonly cell: Cell<H>;
}

class MergedScan<K, V, H> implements IterableIterator<FoundRow<K, V>> {
  readonly #levels: Levels<K, V, H>;
  readonly #reverse: boolean;
  readonly #memory: readonly Candidate<H>[];
  #at = 0;
  readonly #engine: IterableIterator<EngineEntry>;
  /** The engine's next row: its iterator begins at once, and so does its snapshot. */
  #stored: EngineEntry | undefined = undefined;
  #storedOrder = '';

  constructor(levels: Levels<K, V, H>, bounds: ScanBounds, view: View) {
    this.#levels = levels;
    this.#reverse = bounds.reverse;
    this.#memory = inMemory(levels, bounds, view);
    this.#engine = levels.engine.scan(engineBounds(bounds, levels.format.windowed));
    this.#readStored();
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<FoundRow<K, V>, undefined> {
    const { format } = this.#levels;
    for (let found = this.#take(); found !== undefined; found = this.#take()) {
      const { order, cell } = found;
      const row = this.#levels.shownCell(cell);
      if (row === undefined) continue;
      return { done: false, value: { key: format.decodedKey(order), order, row } };
    }
    return this.return();
  }

  return(): IteratorResult<FoundRow<K, V>, undefined> {
    this.#stored = undefined;
    this.#at = this.#memory.length;
    this.#engine.return?.();
    return { done: true, value: undefined };
  }

  /** The next row of both; of two of one key the one in memory. */
  #take(): Candidate<H> | undefined {
    const candidate = this.#memory[this.#at];
    const stored = this.#stored;
    if (stored === undefined || candidate?.order === this.#storedOrder) {
      if (stored !== undefined) this.#readStored();
      this.#at++;
      return candidate;
    }
    const order = this.#storedOrder;
    if (candidate !== undefined && candidate.order < order !== this.#reverse) {
      this.#at++;
      return candidate;
    }
    this.#readStored();
    return { order, cell: this.#levels.format.cellOf(stored.value) };
  }

  #readStored(): void {
    const step = this.#engine.next();
    this.#stored = step.done === true ? undefined : step.value;
    if (step.done !== true) this.#storedOrder = this.#levels.format.encodedKeyOf(step.value.key);
  }
}

/** Captured now: what is written later does not show. */
function inMemory<K, V, H>(
  levels: Levels<K, V, H>,
  { startMs, from, to, reverse, limit = Number.POSITIVE_INFINITY }: ScanBounds,
  view: View,
): Candidate<H>[] {
  const found: Candidate<H>[] = [];
  let wanted = limit;
  for (const [order, row] of levels.inMemory(startMs, { from, to, reverse })) {
    if (wanted <= 0) break;
    const cell = levels.inLevels(row, view);
    if (cell === undefined) continue;
    found.push({ order, cell });
    // What is deleted hides a row of the engine and is none itself.
    if (!(cell instanceof Tombstone)) wanted--;
  }
  return found;
}

function engineBounds({ startMs, from, to, reverse }: ScanBounds, windowed: boolean): ByteBounds {
  if (!windowed) {
    const upper = to === undefined ? {} : { to: fromLatin1(to) };
    return { from: fromLatin1(from), ...upper, reverse };
  }
  const prefix = windowPrefix(startMs);
  const upper = to === undefined ? afterPrefix(prefix) : Buffer.concat([prefix, fromLatin1(to)]);
  const lower = Buffer.concat([prefix, fromLatin1(from)]);
  return upper === undefined ? { from: lower, reverse } : { from: lower, to: upper, reverse };
}
