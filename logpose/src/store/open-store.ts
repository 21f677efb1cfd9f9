import { setImmediate } from 'node:timers/promises';
import { assert, must } from '../base/assert.ts';
import { asBytes, asValues, type Holding } from './holding.ts';
import {
  PlainKeyValueState,
  TimestampedKeyValueState,
  valueAlone,
  wholeRow,
} from './key-value-state.ts';
import { KeyValueView } from './key-value-view.ts';
import { type ChangeSink, type Flush, type KeyInHand, Levels, type View } from './levels.ts';
import { type ChangelogRecord, RowFormat, windowPrefix, windowStartOf } from './row-format.ts';
import type { StoreDefinition } from './store-definition.ts';
import type { Checkpoint, EngineWrite, StoreEngine } from './store-engine.ts';
import type { StoreKind } from './store-handle.ts';
import type { ReadonlyStores, Stores } from './stores.ts';
import { PlainWindowState, TimestampedWindowState } from './window-state.ts';
import { WindowTime } from './window-time.ts';
import { type WindowShape, WindowView } from './window-view.ts';

// So many rows are encoded before the event loop has its turn.
const flushChunkRows = 2048;
const maxExpiredPerFlush = 50_000;

/**
 * One store of one task: its levels over its engine, and the ways to use it.
 *
 * @typeParam H - How values are held: as they are, or as bytes.
 */
export class OpenStore<K, V, H> {
  readonly definition: StoreDefinition<StoreKind, K, V>;
  readonly levels: Levels<K, V, H>;
  /** What windowed stores know of time; undefined for others. */
  readonly time: WindowTime | undefined;
  /** What a processor gets. */
  readonly writable: Stores<K, V>[StoreKind];
  readonly #format: RowFormat<K, V, H>;
  readonly #engine: StoreEngine;
  readonly #holding: Holding<V, H>;
  #isFlushing = false;

  constructor(parts: OpenStoreParts<K, V>, holding: Holding<V, H>) {
    const { definition, engine } = parts;
    this.#holding = holding;
    this.definition = definition;
    this.#engine = engine;
    this.#format = new RowFormat(definition, holding);
    this.levels = new Levels(this.#format, engine, parts.inHand);
    const { windows } = definition;
    this.time = windows && new WindowTime(windows, latestWindow(engine));
    this.writable = this.#writable(parts.timeMs);
  }

  /** The store for reading only: with what is not committed yet, or without. */
  view(view: View): ReadonlyStores<K, V>[StoreKind] {
    const { name, storeKind } = this.definition;
    const label = String(name);
    switch (storeKind) {
      case 'key-value':
        return new KeyValueView(label, this.levels, { view, show: valueAlone });
      case 'timestamped-key-value':
        return new KeyValueView(label, this.levels, { view, show: wholeRow });
      case 'window':
        return new WindowView(label, this.levels, {
          view,
          show: valueAlone,
          shape: this.#shape(view),
        });
      case 'timestamped-window':
        return new WindowView(label, this.levels, {
          view,
          show: wholeRow,
          shape: this.#shape(view),
        });
    }
  }

  /**
   * From now on who writes a value that cannot be encoded is told so, not who commits it. Returns
   * whether that was so already.
   */
  checkWrites(): boolean {
    return this.#holding.check();
  }

  /** Closes the filling generation and hands its rows to the changelog. */
  seal(sink: ChangeSink): void {
    this.levels.seal(sink);
    this.time?.seal();
  }

  settle(): void {
    this.levels.settle();
    this.time?.settle();
  }

  rollback(): void {
    this.levels.rollback();
    this.time?.rollback();
  }

  get unflushedBytes(): number {
    return this.levels.unflushedBytes;
  }

  /** Where the engine's contents end. */
  get checkpoint(): Checkpoint | undefined {
    return this.#engine.checkpoint;
  }

  get entries(): number {
    return this.#engine.entries;
  }

  /** A changelog record as the engine keeps it. Parts may be views of the record's bytes. */
  engineWrite(record: ChangelogRecord): EngineWrite {
    return this.#format.engineWrite(record);
  }

  /**
   * Writes what is committed at the call, and the checkpoint it reaches, once `durable` has
   * resolved. One flush at a time.
   *
   * @throws {StoreUnavailableError} When the engine cannot write; the rows stay in memory.
   */
  async flush(checkpoint: Checkpoint, durable: Promise<void>): Promise<void> {
    assert(!this.#isFlushing, 'a store is flushed once at a time');
    this.#isFlushing = true;
    try {
      await this.#flush(checkpoint, durable);
    } finally {
      this.#isFlushing = false;
    }
  }

  async #flush(checkpoint: Checkpoint, durable: Promise<void>): Promise<void> {
    const flush = this.levels.takeFlush();
    const removableUpToMs = this.time?.removableUpToMs();
    try {
      await durable;
      const writes = await this.#encode(flush);
      if (removableUpToMs !== undefined) {
        for (const write of this.#expired(removableUpToMs)) writes.push(write);
      }
      await this.#engine.apply(writes, checkpoint);
    } catch (error) {
      this.levels.notFlushed(flush);
      throw error;
    }
    this.levels.flushed(flush);
  }

  async #encode(flush: Flush<H>): Promise<EngineWrite[]> {
    const writes: EngineWrite[] = [];
    for (let from = 0; from < flush.rows.length; from += flushChunkRows) {
      if (from > 0) await setImmediate();
      for (const write of this.levels.encodeFlush(flush, from, from + flushChunkRows)) {
        writes.push(write);
      }
    }
    return writes;
  }

  *#expired(upToMs: number): Generator<EngineWrite> {
    if (!Number.isFinite(upToMs)) return;
    let left = maxExpiredPerFlush;
    for (const { key } of this.#engine.scan({ to: windowPrefix(upToMs + 1) })) {
      if (left-- <= 0) return;
      yield { key, value: null };
    }
  }

  #writable(timeMs: () => number): Stores<K, V>[StoreKind] {
    const { levels } = this;
    const name = String(this.definition.name);
    switch (this.definition.storeKind) {
      case 'key-value':
        return new PlainKeyValueState(name, levels, timeMs);
      case 'timestamped-key-value':
        return new TimestampedKeyValueState(name, levels, timeMs);
      case 'window':
        return new PlainWindowState(name, { levels, timeMs, time: this.#time() });
      case 'timestamped-window':
        return new TimestampedWindowState(name, { levels, timeMs, time: this.#time() });
    }
  }

  #shape(view: View): WindowShape {
    return view === 'current' ? this.#time() : this.#time().committed;
  }

  #time(): WindowTime {
    return must(this.time, 'a windowed store knows its windows');
  }
}

/** What a store is opened with. */
export interface OpenStoreParts<K, V> {
  readonly definition: StoreDefinition<StoreKind, K, V>;
  readonly engine: StoreEngine;
  /** Time of the record in hand; what plain stores note in the changelog. */
  readonly timeMs: () => number;
  /** What is known of that record's key. */
  readonly inHand?: KeyInHand;
}

/** Opens a store over its restored engine. */
export function openStore<K, V>(
  parts: OpenStoreParts<K, V>,
): OpenStore<K, V, V> | OpenStore<K, V, Uint8Array> {
  const { value } = parts.definition;
  const name = String(parts.definition.name);
  return value.holds === 'opaque'
    ? new OpenStore(parts, asBytes(value, name))
    : new OpenStore(parts, asValues(value, name));
}

function latestWindow(engine: StoreEngine): number | undefined {
  const entries = engine.scan({ reverse: true });
  const last = entries.next();
  entries.return?.();
  return last.done === true ? undefined : windowStartOf(last.value.key);
}
