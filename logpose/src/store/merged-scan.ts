import { afterPrefix, fromLatin1, latin1 } from '../base/bytes.ts';
import type { Timestamped } from '../record/stream-record.ts';
import type { Levels, View } from './levels.ts';
import { type Cell, type Row, Tombstone } from './row.ts';
import { windowPrefix } from './row-format.ts';
import type { ByteBounds, EngineEntry } from './store-engine.ts';

/** Which rows of one window: `from ≤ encoded key < to`, one character per byte. */
export interface ScanBounds {
  readonly startMs: number;
  readonly from: string;
  readonly to: string | undefined;
  readonly reverse: boolean;
}

/** A row that a scan has found. */
export interface FoundRow<K, V> {
  readonly key: K;
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
  const memory = memoryRows(levels, bounds, view);
  const { format } = levels;
  const engine = new EngineRows(levels.engine.scan(engineBounds(bounds, format.windowed)));
  return merge(levels, { memory, engine, reverse: bounds.reverse });
}

/** The smallest text that comes after everything that begins with `prefix`. */
export function afterTextPrefix(prefix: string): string | undefined {
  const after = afterPrefix(fromLatin1(prefix));
  return after && latin1(after);
}

interface MemoryRow<K, H> {
  readonly row: Row<K, H>;
  readonly order: string;
  readonly cell: Cell<H>;
}

function memoryRows<K, V, H>(
  levels: Levels<K, V, H>,
  { startMs, from, to, reverse }: ScanBounds,
  view: View,
): MemoryRow<K, H>[] {
  const found: MemoryRow<K, H>[] = [];
  for (const row of levels.inMemory(startMs, from, to)) {
    const cell = levels.inLevels(row, view);
    if (cell !== undefined) found.push({ row, order: levels.orderOf(row), cell });
  }
  return reverse ? found.reverse() : found;
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

/** The engine's rows with one in hand: its iterator begins at once, and so does its snapshot. */
class EngineRows {
  readonly #entries: IterableIterator<EngineEntry>;
  current: EngineEntry | undefined;

  constructor(entries: IterableIterator<EngineEntry>) {
    this.#entries = entries;
    this.current = this.next();
  }

  next(): EngineEntry | undefined {
    const step = this.#entries.next();
    this.current = step.done === true ? undefined : step.value;
    return this.current;
  }

  close(): void {
    this.#entries.return?.();
  }
}

interface Sources<K, H> {
  readonly memory: readonly MemoryRow<K, H>[];
  readonly engine: EngineRows;
  readonly reverse: boolean;
}

function* merge<K, V, H>(
  levels: Levels<K, V, H>,
  { memory, engine, reverse }: Sources<K, H>,
): IterableIterator<FoundRow<K, V>> {
  const { format } = levels;
  const prefixBytes = format.windowed ? 8 : 0;
  const comes = (left: string, right: string) => (reverse ? left > right : left < right);
  try {
    let at = 0;
    for (;;) {
      const inMemory = memory[at];
      const stored = engine.current;
      const storedOrder = stored && latin1(stored.key, prefixBytes);
      if (stored !== undefined && storedOrder !== undefined) {
        if (inMemory === undefined || comes(storedOrder, inMemory.order)) {
          engine.next();
          const row = levels.shown(format.cellOf(stored.value));
          if (row) yield { key: format.decodedKey(stored.key), order: storedOrder, row };
          continue;
        }
        if (storedOrder === inMemory.order) engine.next();
      }
      if (inMemory === undefined) return;
      at++;
      if (inMemory.cell instanceof Tombstone) continue;
      const row = levels.shown(inMemory.cell);
      if (row) yield { key: inMemory.row.key, order: inMemory.order, row };
    }
  } finally {
    engine.close();
  }
}
