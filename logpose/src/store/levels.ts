import { assert, must } from '../base/assert.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import type { KeySpan } from '../base/sorted-map.ts';
import type { RecordHeaders } from '../record/headers.ts';
import type { Timestamped } from '../record/stream-record.ts';
import { Generation } from './generation.ts';
import { type Cell, Tombstone } from './row.ts';
import type { RowFormat } from './row-format.ts';
import { RowIndex } from './row-index.ts';
import {
  flushing,
  grown,
  indexed,
  queued,
  Rows,
  transientRow,
  unknownTime,
  unsent,
} from './rows.ts';
import type { EngineWrite, StoreEngine } from './store-engine.ts';

/** Takes one changed row for the changelog. The writers are reused; a null value deletes. */
export type ChangeSink = (key: ByteWriter, value: ByteWriter | null, timestamp: number) => void;

/** Which rows a reader sees: with what is not committed yet, or without. */
export type View = 'current' | 'committed';

/** Committed rows on their way into the engine. */
export interface Flush<H> {
  /** What they count among the bytes that wait. */
  readonly bytes: number;
  readonly rows: readonly number[];
  /** Undefined: the row is gone. */
  readonly values: readonly (H | undefined)[];
  readonly times: readonly number[];
}

/** What an update has of the record that caused it. */
export interface UpdateOrigin {
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** A row's update that the table's reader has not heard of. */
export interface Update<K, H> extends UpdateOrigin {
  readonly key: K;
  readonly startMs: number;
  /** What the reader last heard; undefined: no row. */
  readonly before: H | undefined;
  /** Undefined: no row. */
  readonly after: H | undefined;
}

/** The key of the record in hand, which comes with a number where it has come before. */
export interface KeyInHand {
  readonly key: unknown;
  /** The same for equal keys for a while, later another's; −1: none. */
  readonly keySlot: number;
}

const noKeyInHand: KeyInHand = { key: undefined, keySlot: -1 };
const noTime = -1;
const keyScratch = new ByteWriter();
const valueScratch = new ByteWriter();

/**
 * The rows of one store in their levels: two uncommitted generations and the committed rows in
 * memory, above the engine.
 *
 * ```text
 * write → filling ─seal→ committing ─settle→ committed ─flush→ engine
 *            └──────── rollback ──┘
 * ```
 *
 * `Rows` has the newest of what memory knows of each row; the generations have what rows were
 * before they were written: the levels below.
 */
export class Levels<K, V, H> {
  readonly format: RowFormat<K, V, H>;
  readonly #engine: StoreEngine;
  readonly #inHand: KeyInHand;
  /** Where the row of a numbered key was found last. */
  #rowOfSlot = new Int32Array(0);
  readonly #rows = new Rows<K, H>();
  readonly #windows = new Map<number, RowIndex>();
  #seen = -1;
  #filling = new Generation<H>();
  #committing = new Generation<H>();
  #committingBytes = 0;
  #unflushed: number[] = [];
  #unflushedBytes = 0;

  constructor(format: RowFormat<K, V, H>, engine: StoreEngine, inHand = noKeyInHand) {
    this.format = format;
    this.#engine = engine;
    this.#inHand = inHand;
  }

  get engine(): StoreEngine {
    return this.#engine;
  }

  /** Encoded bytes of committed rows that wait for a flush; a row changed twice counts twice. */
  get unflushedBytes(): number {
    return this.#unflushedBytes;
  }

  /** Starts of the windows that have rows in memory. */
  windowStarts(): Iterable<number> {
    return this.#windows.keys();
  }

  /** The row of a key, valid until the next call: what is written meanwhile may be another's. */
  row(key: K, startMs: number): number {
    const rows = this.#rows;
    const { format } = this;
    const seen = this.#seen;
    // The same object may have other contents by now, and 0 and −0 may be two keys.
    const mayBeSeen = seen >= 0 && format.hasPrimitiveKeys && rows.startMs(seen) === startMs;
    if (mayBeSeen && Object.is(rows.keys[seen], key)) return seen;
    this.#seen = this.#inHandRow(key, startMs) ?? this.#find(key, startMs);
    return this.#seen;
  }

  /** The row as user code sees it. */
  shown(row: number, view: View): Timestamped<V> | undefined {
    const rows = this.#rows;
    if (view === 'committed') return this.shownCell(this.#committed(row) ?? this.#stored(row));
    if (Number.isNaN(rows.time(row))) this.#load(row);
    const value = rows.values[row];
    if (value === undefined) return undefined;
    return { value: this.format.holding.show(value), timestamp: rows.time(row) };
  }

  shownCell(cell: Cell<H>): Timestamped<V> | undefined {
    if (cell instanceof Tombstone) return undefined;
    return { value: this.format.holding.show(cell.value), timestamp: cell.timestamp };
  }

  /** A value as a level holds it; undefined and null are deletions. */
  held(value: V | undefined | null): H | undefined {
    return value === undefined || value === null ? undefined : this.format.holding.hold(value);
  }

  write(row: number, value: H | undefined, timestamp: number): void {
    const kept = this.#keep(row);
    this.#entry(kept);
    this.#rows.values[kept] = value;
    this.#rows.setTime(kept, timestamp);
  }

  /** Writes what the table's reader will hear of later, with `forEachUnsent`. */
  writeUnsent(row: number, value: H | undefined, update: UpdateOrigin): void {
    const rows = this.#rows;
    if (Number.isNaN(rows.time(row))) this.#load(row);
    const kept = this.#keep(row);
    const filling = this.#filling;
    const entry = this.#entry(kept);
    const flags = rows.flags(kept);
    if ((flags & unsent) === 0) {
      filling.valuesSent[entry] = rows.values[kept];
      rows.setFlags(kept, flags | unsent);
    }
    filling.setHeaders(entry, update.headers);
    rows.values[kept] = value;
    rows.setTime(kept, update.timestamp);
  }

  /** Calls `run` for each unsent update in the order of last writes, also for those it adds. */
  forEachUnsent(run: (update: Update<K, H>) => void): void {
    const filling = this.#filling;
    const rows = this.#rows;
    filling.isSending = true;
    for (let at = 0; at < filling.order.length; at++) {
      const entry = filling.order[at] ?? -1;
      if (entry < 0) continue;
      const row = filling.rows[entry] ?? 0;
      const flags = rows.flags(row);
      if ((flags & unsent) === 0) continue;
      rows.setFlags(row, flags & ~unsent);
      run({
        key: must(rows.keys[row], 'a row in memory has its key'),
        startMs: rows.startMs(row),
        before: filling.valuesSent[entry],
        after: rows.values[row],
        timestamp: rows.time(row),
        headers: filling.headersOf(entry),
      });
    }
    filling.isSending = false;
  }

  /** Closes the filling generation and hands its rows to the changelog, in order of last write. */
  seal(sink: ChangeSink): void {
    assert(this.#committing.count === 0, 'one transaction commits at a time');
    // A value that cannot be encoded leaves the generation to be rolled back.
    const sealed = this.#filling;
    for (const entry of sealed.order) {
      if (entry >= 0) this.#encode(sealed.rows[entry] ?? 0, sink);
    }
    this.#filling = this.#committing;
    this.#committing = sealed;
    this.#filling.begin(sealed.end);
  }

  /** The sealed generation is in the changelog. */
  settle(): void {
    const { rows, count } = this.#committing;
    for (let entry = 0; entry < count; entry++) this.#queue(rows[entry] ?? 0);
    this.#committing.begin(this.#filling.first);
    this.#unflushedBytes += this.#committingBytes;
    this.#committingBytes = 0;
  }

  /** Drops both uncommitted generations. */
  rollback(): void {
    const { end } = this.#filling;
    const touched = [...this.#undo(this.#filling), ...this.#undo(this.#committing)];
    // Numbers of entries go on rising.
    this.#filling.begin(end);
    this.#committing.begin(end);
    this.#committingBytes = 0;
    this.#seen = -1;
    for (const row of touched) this.#dropIfClean(row);
  }

  /** Takes what is to be flushed. The rows stay readable until `flushed`. */
  takeFlush(): Flush<H> {
    const rows = this.#rows;
    const taken = this.#unflushed;
    const bytes = this.#unflushedBytes;
    this.#unflushed = [];
    this.#unflushedBytes = 0;
    const values: (H | undefined)[] = [];
    const times: number[] = [];
    for (const row of taken) {
      rows.setFlags(row, (rows.flags(row) & ~queued) | flushing);
      const cell = must(this.#committed(row), 'what is queued is in memory');
      values.push(cell instanceof Tombstone ? undefined : cell.value);
      times.push(cell.timestamp);
    }
    return { rows: taken, values, times, bytes };
  }

  /** The rows `[from, to)` of a flush, encoded for the engine. */
  encodeFlush({ rows, values, times }: Flush<H>, from: number, to: number): EngineWrite[] {
    const writes: EngineWrite[] = [];
    const { format } = this;
    for (let at = from; at < Math.min(to, rows.length); at++) {
      const value = values[at];
      writes.push({
        key: this.#engineKey(rows[at] ?? 0),
        value: value === undefined ? null : format.engineValue(value, times[at] ?? 0),
      });
    }
    return writes;
  }

  /** The engine has the rows. */
  flushed({ rows: taken }: Flush<H>): void {
    const rows = this.#rows;
    this.#seen = -1;
    for (const row of taken) rows.setFlags(row, rows.flags(row) & ~flushing);
    for (const row of taken) this.#dropIfClean(row);
  }

  /** The engine does not have the rows; the next flush takes them again. */
  notFlushed({ rows: taken, bytes }: Flush<H>): void {
    const rows = this.#rows;
    this.#unflushedBytes += bytes;
    for (const row of taken) {
      rows.setFlags(row, rows.flags(row) & ~flushing);
      this.#queue(row);
    }
  }

  /** Encoded key of a row, one character per byte. */
  readonly orderOf = (row: number): string => this.#rows.order(row);

  /** Rows of one window in memory with `from ≤ encoded key < to`, in the order of their keys. */
  inMemory(startMs: number, span: KeySpan): Iterable<[order: string, row: number]> {
    return this.#windows.get(startMs)?.between(span) ?? [];
  }

  /** What memory knows of a row; undefined: only the engine does. */
  inLevels(row: number, view: View): Cell<H> | undefined {
    if (view === 'committed') return this.#committed(row);
    return cellOf(this.#rows.values[row], this.#rows.time(row));
  }

  /** A look at the row's own key instead of a search for it. */
  #inHandRow(key: K, startMs: number): number | undefined {
    const { keySlot } = this.#inHand;
    if (keySlot < 0 || this.#inHand.key !== key) return undefined;
    const row = this.#rowOfSlot[keySlot] ?? transientRow;
    const rows = this.#rows;
    if (row === transientRow || rows.keys[row] !== key) return undefined;
    return rows.startMs(row) === startMs ? row : undefined;
  }

  #find(key: K, startMs: number): number {
    const { format } = this;
    const identity = format.identity(key);
    const row = this.#windows.get(startMs)?.get(identity);
    if (row !== undefined) {
      // Of two equal texts that are one object no character is compared.
      if (Object.is(this.#rows.keys[row], key)) this.#rows.keys[row] = key;
      this.#noteSlot(row);
      return row;
    }
    keyScratch.clear();
    format.encodeKey(key, keyScratch);
    this.#rows.lookAt({ key, identity, startMs }, keyScratch);
    return transientRow;
  }

  /** Notes where the row is, if it is that of the key in hand. */
  #noteSlot(row: number): void {
    const { key, keySlot } = this.#inHand;
    const rows = this.#rows;
    if (keySlot < 0 || rows.keys[row] !== key) return;
    if (keySlot >= this.#rowOfSlot.length) {
      const length = 2 ** Math.ceil(Math.log2(keySlot + 1));
      this.#rowOfSlot = grown(this.#rowOfSlot, new Int32Array(length));
    }
    this.#rowOfSlot[keySlot] = row;
  }

  /** The row among those that stay. */
  #keep(row: number): number {
    if (row !== transientRow) return row;
    const rows = this.#rows;
    const kept = rows.keepTransient();
    this.#index(rows.startMs(kept)).add(kept, rows.identities[kept] ?? '');
    this.#seen = kept;
    this.#noteSlot(kept);
    return kept;
  }

  /** The row's entry in the filling generation, as its last one. */
  #entry(row: number): number {
    const rows = this.#rows;
    const filling = this.#filling;
    const number = rows.entry(row);
    if (number >= filling.first) {
      filling.again(number - filling.first);
      return number - filling.first;
    }
    const entry = filling.add(row, Math.max(number - this.#committing.first, -1));
    filling.valuesBefore[entry] = rows.values[row];
    filling.timesBefore[entry] = rows.time(row);
    rows.setEntry(row, filling.first + entry);
    return entry;
  }

  /** What is committed of a row, where memory has it. */
  #committed(row: number): Cell<H> | undefined {
    const rows = this.#rows;
    const filling = this.#filling;
    const committing = this.#committing;
    let entry = rows.entry(row) - committing.first;
    if (entry < 0) return cellOf(rows.values[row], rows.time(row));
    if (entry < committing.count) return beforeOf(committing, entry);
    entry = rows.entry(row) - filling.first;
    const previous = filling.previous[entry] ?? -1;
    if (previous < 0 || committing.count === 0) return beforeOf(filling, entry);
    return beforeOf(committing, previous);
  }

  /** Gives rows back what they were before. Returns them. */
  #undo({ rows: written, count, valuesBefore, timesBefore }: Generation<H>): Int32Array {
    const rows = this.#rows;
    for (let entry = 0; entry < count; entry++) {
      const row = written[entry] ?? 0;
      rows.values[row] = valuesBefore[entry];
      rows.setTime(row, timesBefore[entry] ?? unknownTime);
      rows.setFlags(row, rows.flags(row) & ~unsent);
    }
    return written.subarray(0, count);
  }

  #queue(row: number): void {
    const rows = this.#rows;
    const now = rows.flags(row);
    if ((now & queued) !== 0) return;
    rows.setFlags(row, now | queued);
    this.#unflushed.push(row);
  }

  #encode(row: number, sink: ChangeSink): void {
    const rows = this.#rows;
    keyScratch.clear();
    rows.writeKey(row, keyScratch);
    this.format.writeChangelogWindow(rows.startMs(row), keyScratch);
    this.#committingBytes += keyScratch.length;
    const value = rows.values[row];
    const timestamp = rows.time(row);
    if (value === undefined) {
      sink(keyScratch, null, timestamp);
      return;
    }
    valueScratch.clear();
    this.format.holding.write(value, valueScratch);
    this.#committingBytes += valueScratch.length;
    sink(keyScratch, valueScratch, timestamp);
  }

  /** Looks up in the engine what memory does not know. */
  #load(row: number): void {
    const cell = this.#stored(row);
    this.#rows.values[row] = cell instanceof Tombstone ? undefined : cell.value;
    this.#rows.setTime(row, cell.timestamp);
  }

  #stored(row: number): Cell<H> {
    const bytes = this.#engine.get(this.#engineKey(row));
    return bytes === undefined ? notThere : this.format.cellOf(bytes);
  }

  #engineKey(row: number): Uint8Array {
    return this.format.engineKey(this.#rows.encodedKey(row), this.#rows.startMs(row));
  }

  #index(startMs: number): RowIndex {
    let index = this.#windows.get(startMs);
    if (index === undefined) {
      index = new RowIndex(this.orderOf);
      this.#windows.set(startMs, index);
    }
    return index;
  }

  #dropIfClean(row: number): void {
    const rows = this.#rows;
    const flags = rows.flags(row);
    const isWritten = rows.entry(row) >= this.#committing.first;
    if ((flags & indexed) === 0 || (flags & (queued | flushing)) !== 0 || isWritten) return;
    const startMs = rows.startMs(row);
    const index = this.#windows.get(startMs);
    index?.remove(row, rows.identities[row] ?? '');
    if (index?.size === 0) this.#windows.delete(startMs);
    rows.remove(row);
  }
}

const notThere = new Tombstone(noTime);

function beforeOf<H>(generation: Generation<H>, entry: number): Cell<H> | undefined {
  return cellOf(generation.valuesBefore[entry], generation.timesBefore[entry]);
}

/** Undefined: memory does not know. */
function cellOf<H>(value: H | undefined, time = unknownTime): Cell<H> | undefined {
  if (value !== undefined) return { value, timestamp: time };
  return Number.isNaN(time) ? undefined : new Tombstone(time);
}
