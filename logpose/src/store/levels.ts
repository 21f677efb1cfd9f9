import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import type { Timestamped } from '../record/stream-record.ts';
import { type Cell, Row, Tombstone } from './row.ts';
import type { RowFormat } from './row-format.ts';
import { RowIndex } from './row-index.ts';
import type { EngineWrite, StoreEngine } from './store-engine.ts';

/** Takes one changed row for the changelog. The writers are reused; a null value deletes. */
export type ChangeSink = (key: ByteWriter, value: ByteWriter | null, timestamp: number) => void;

/** Which rows a reader sees: with what is not committed yet, or without. */
export type View = 'current' | 'committed';

/** Committed rows on their way into the engine. */
export interface Flush<K, H> {
  /** What they count among the bytes that wait. */
  readonly bytes: number;
  readonly rows: readonly Row<K, H>[];
  readonly cells: readonly Cell<H>[];
}

const notThere = new Tombstone(-1);
const keyScratch = new ByteWriter();
const valueScratch = new ByteWriter();
// A key written over and over leaves dead entries behind; this many are tolerated per live one.
const deadPerLive = 3;
const minCompaction = 4096;

/**
 * The rows of one store in their levels: two uncommitted generations and the committed rows in
 * memory, above the engine.
 *
 * ```text
 * write → filling ─seal→ committing ─settle→ committed ─flush→ engine
 *            └──────── rollback ──┘
 * ```
 */
export class Levels<K, V, H> {
  readonly format: RowFormat<K, V, H>;
  readonly #engine: StoreEngine;
  readonly #windows = new Map<number, RowIndex<K, H>>();
  #seen: Row<K, H> | undefined = undefined;
  /** Writes of the filling generation; an entry counts where its row's `writtenAt` says so. */
  #writes: Row<K, H>[] = [];
  #live = 0;
  /** The entries must keep their places while updates are sent on. */
  #sending = false;
  #committing: Row<K, H>[] = [];
  #committingBytes = 0;
  #unflushed: Row<K, H>[] = [];
  #unflushedBytes = 0;

  constructor(format: RowFormat<K, V, H>, engine: StoreEngine) {
    this.format = format;
    this.#engine = engine;
  }

  get engine(): StoreEngine {
    return this.#engine;
  }

  /** Encoded bytes of committed rows that wait for a flush; a row changed twice counts twice. */
  get unflushedBytes(): number {
    return this.#unflushedBytes;
  }

  get hasWrites(): boolean {
    return this.#live > 0;
  }

  /** Starts of the windows that have rows in memory. */
  windowStarts(): Iterable<number> {
    return this.#windows.keys();
  }

  /** Finds or makes the row of a key, for `current` and `write`. */
  row(key: K, startMs: number): Row<K, H> {
    const seen = this.#seen;
    const { format } = this;
    // The same object may have other contents by now, and 0 and −0 may be two keys.
    if (format.hasPrimitiveKeys && seen?.startMs === startMs && Object.is(seen.key, key)) {
      return seen;
    }
    const identity = format.identity(key);
    const row = this.#windows.get(startMs)?.get(identity) ?? this.#newRow(key, identity, startMs);
    this.#seen = row;
    return row;
  }

  /** The newest level. */
  current(row: Row<K, H>): Cell<H> {
    return row.filling ?? row.committing ?? row.committed ?? this.#stored(row);
  }

  committed(row: Row<K, H>): Cell<H> {
    return row.committed ?? this.#stored(row);
  }

  /** The row as user code sees it. */
  shown(cell: Cell<H> | undefined): Timestamped<V> | undefined {
    if (cell === undefined || cell instanceof Tombstone) return undefined;
    return this.format.holding.row(cell);
  }

  /** A value as a level holds it; undefined and null are deletions. */
  cell(value: V | undefined | null, timestamp: number): Cell<H> {
    if (value === undefined || value === null) return new Tombstone(timestamp);
    return { value: this.format.holding.hold(value), timestamp };
  }

  write(row: Row<K, H>, cell: Cell<H>): void {
    if (!row.indexed) this.#index(row.startMs).add(row, this.orderOf(row));
    row.filling = cell;
    const writes = this.#writes;
    if (row.writtenAt < 0) this.#live++;
    else if (row.writtenAt === writes.length - 1) return;
    row.writtenAt = writes.length;
    writes.push(row);
    if (writes.length > this.#live * deadPerLive + minCompaction && !this.#sending) this.#compact();
  }

  /** Calls `run` for each unsent row in the order of last writes, also for those it adds. */
  forEachUnsent(run: (row: Row<K, H>) => void): void {
    const writes = this.#writes;
    this.#sending = true;
    for (let at = 0; at < writes.length; at++) {
      const row = writes[at];
      if (row?.unsent !== true || row.writtenAt !== at) continue;
      row.unsent = false;
      run(row);
    }
    this.#sending = false;
  }

  /** Closes the filling generation and hands its rows to the changelog, in order of last write. */
  seal(sink: ChangeSink): void {
    assert(this.#committing.length === 0, 'one transaction commits at a time');
    // A value that cannot be encoded leaves both generations to be rolled back.
    const sealed = this.#committing;
    const writes = this.#writes;
    for (let at = 0; at < writes.length; at++) {
      const row = writes[at];
      if (row?.filling === undefined || row.writtenAt !== at) continue;
      row.committing = row.filling;
      row.filling = undefined;
      row.writtenAt = -1;
      sealed.push(row);
      this.#encode(row, row.committing, sink);
    }
    this.#writes = [];
    this.#live = 0;
  }

  /** The sealed generation is in the changelog. */
  settle(): void {
    for (const row of this.#committing) {
      row.committed = row.committing;
      row.committing = undefined;
      if (row.queued) continue;
      row.queued = true;
      this.#unflushed.push(row);
    }
    this.#committing = [];
    this.#unflushedBytes += this.#committingBytes;
    this.#committingBytes = 0;
  }

  /** Drops both uncommitted generations. */
  rollback(): void {
    for (const row of this.#committing) row.committing = undefined;
    for (const row of this.#writes) {
      row.filling = undefined;
      row.writtenAt = -1;
      row.unsent = false;
    }
    const touched = [...this.#committing, ...this.#writes];
    this.#committing = [];
    this.#writes = [];
    this.#live = 0;
    this.#sending = false;
    this.#committingBytes = 0;
    this.#seen = undefined;
    for (const row of touched) this.#dropIfClean(row);
  }

  /** Takes what is to be flushed. The rows stay readable until `flushed`. */
  takeFlush(): Flush<K, H> {
    const rows = this.#unflushed;
    const bytes = this.#unflushedBytes;
    this.#unflushed = [];
    this.#unflushedBytes = 0;
    const cells: Cell<H>[] = [];
    for (const row of rows) {
      row.queued = false;
      cells.push(row.committed ?? notThere);
    }
    return { rows, cells, bytes };
  }

  /** The rows `[from, to)` of a flush, encoded for the engine. */
  encodeFlush({ rows, cells }: Flush<K, H>, from: number, to: number): EngineWrite[] {
    const writes: EngineWrite[] = [];
    for (let at = from; at < to; at++) {
      const row = rows[at];
      const cell = cells[at];
      if (row === undefined || cell === undefined) break;
      const key = this.format.engineKey(this.orderOf(row), row.startMs);
      writes.push({ key, value: this.format.engineValue(cell) });
    }
    return writes;
  }

  /** The engine has the rows. */
  flushed({ rows, cells }: Flush<K, H>): void {
    this.#seen = undefined;
    rows.forEach((row, at) => {
      if (row.committed !== cells[at]) return;
      row.stored = row.committed;
      row.committed = undefined;
      this.#dropIfClean(row);
    });
  }

  /** The engine does not have the rows; the next flush takes them again. */
  notFlushed({ rows, bytes }: Flush<K, H>): void {
    this.#unflushedBytes += bytes;
    for (const row of rows) {
      if (row.queued) continue;
      row.queued = true;
      this.#unflushed.push(row);
    }
  }

  /** Encoded key of a row, one character per byte. */
  readonly orderOf = (row: Row<K, H>): string => {
    row.order ??= this.format.encodedKey(row.key);
    return row.order;
  };

  /** Rows of one window in memory with `from ≤ encoded key < to`. */
  inMemory(startMs: number, from: string, to: string | undefined): readonly Row<K, H>[] {
    return this.#windows.get(startMs)?.between(from, to) ?? [];
  }

  /** What memory knows of a row; undefined: only the engine does. */
  inLevels(row: Row<K, H>, view: View): Cell<H> | undefined {
    if (view === 'committed') return row.committed;
    return row.filling ?? row.committing ?? row.committed;
  }

  #encode(row: Row<K, H>, cell: Cell<H>, sink: ChangeSink): void {
    keyScratch.clear();
    this.format.writeChangelogKey(this.orderOf(row), row.startMs, keyScratch);
    this.#committingBytes += keyScratch.length;
    if (cell instanceof Tombstone) {
      sink(keyScratch, null, cell.timestamp);
      return;
    }
    valueScratch.clear();
    this.format.holding.write(cell.value, valueScratch);
    this.#committingBytes += valueScratch.length;
    sink(keyScratch, valueScratch, cell.timestamp);
  }

  #stored(row: Row<K, H>): Cell<H> {
    if (row.stored !== undefined) return row.stored;
    const bytes = this.#engine.get(this.format.engineKey(this.orderOf(row), row.startMs));
    row.stored = bytes === undefined ? notThere : this.format.cellOf(bytes);
    return row.stored;
  }

  #newRow(key: K, identity: string | number, startMs: number): Row<K, H> {
    const row = new Row<K, H>(key, identity, startMs);
    if (this.format.identityIsOrder && typeof identity === 'string') row.order = identity;
    return row;
  }

  #index(startMs: number): RowIndex<K, H> {
    let index = this.#windows.get(startMs);
    if (index === undefined) {
      index = new RowIndex();
      this.#windows.set(startMs, index);
    }
    return index;
  }

  #dropIfClean(row: Row<K, H>): void {
    if (!row.indexed || (row.filling ?? row.committing ?? row.committed) !== undefined) return;
    const index = this.#windows.get(row.startMs);
    index?.remove(row, this.orderOf(row));
    if (index?.size === 0) this.#windows.delete(row.startMs);
  }

  #compact(): void {
    const live = this.#writes.filter((row, at) => row.writtenAt === at);
    live.forEach((row, at) => {
      row.writtenAt = at;
    });
    this.#writes = live;
  }
}
