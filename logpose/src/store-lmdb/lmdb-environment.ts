import { type Database, open, type RootDatabase, type RootDatabaseOptions } from 'lmdb';
import { assert, must } from '../base/assert.ts';
import type { Clock, Timers } from '../base/clock.ts';
import { StoreDamagedError } from '../errors/store-errors.ts';
import type { Checkpoint } from '../store/store-engine.ts';
import type { FlushRecord } from './flush-record.ts';
import { MetaTable } from './meta-table.ts';
import type { StoreFiles } from './store-files.ts';
import { storedKey } from './stored-key.ts';
import { WriteFailure } from './write-failure.ts';

export type Table = Database<Uint8Array, Uint8Array>;

/** Something that reads at a fixed moment and is ended when it takes too long. */
export interface OpenScan {
  readonly sinceMs: number;
  end(why: string | undefined): void;
}

/** A change of one store. Without a checkpoint it is emptied. */
export interface Change {
  readonly store: string;
  readonly checkpoint: Checkpoint | undefined;
  write(table: Table): void;
}

/** What an environment is opened with. */
export interface EnvironmentParts {
  readonly files: StoreFiles;
  readonly surroundings: Clock;
  readonly writeTimers: Timers;
  readonly limits: EnvironmentLimits;
}

export interface EnvironmentLimits {
  /** A scan that is older than this when something is written is ended. */
  readonly maxScanMs: number;
  /** A write that takes longer is given up, and with it all later ones. */
  readonly maxWriteMs: number;
}

/** One LMDB file with the stores of one task. Written in LMDB's own thread, read from here. */
export class LmdbEnvironment {
  readonly scans = new Set<OpenScan>();
  readonly #parts: EnvironmentParts;
  readonly #root: RootDatabase<Uint8Array, Uint8Array>;
  readonly #meta: MetaTable;
  readonly #tables = new Map<string, Table>();
  readonly #entries: Record<string, number> = {};
  readonly #checkpoints = new Map<string, Checkpoint>();
  #state: 'open' | 'damaged' | 'stuck' | 'closed' = 'open';
  #isSynced: boolean;
  /** The end of the last write; they come one after the other. */
  #written: Promise<void> = Promise.resolve();

  /** @throws Whatever LMDB throws, and `StoreDamagedError` when it is not what the record says. */
  constructor(parts: EnvironmentParts, stores: readonly string[], record?: FlushRecord) {
    this.#parts = parts;
    this.#isSynced = record?.isSynced ?? false;
    this.#root = open({ ...tableOptions, path: parts.files.path, maxDbs: stores.length + 1 });
    try {
      this.#meta = new MetaTable(this.#root.openDB('meta', tableOptions));
      for (const store of stores) this.#openTable(store);
      if (record !== undefined) this.#check(record);
    } catch (error) {
      // What has failed already is not asked whether it closes well.
      this.#root.close().catch(() => undefined);
      throw error;
    }
  }

  nowMs(): number {
    return this.#parts.surroundings.nowMs();
  }

  table(store: string): Table {
    return must(this.#tables.get(store), `${store} is a store of this task`);
  }

  entries(store: string): number {
    return this.#entries[store] ?? 0;
  }

  checkpoint(store: string): Checkpoint | undefined {
    return this.#checkpoints.get(store);
  }

  /** @throws {StoreDamagedError} When damage has been found before. */
  ensureReadable(store: string): void {
    assert(this.#state !== 'closed', `store ${store} is read while it is open`);
    if (this.#state === 'damaged') throw this.#damagedError(store, 'damage was found before');
  }

  /** Notes damage: nothing is trusted any more, now and after the next opening. */
  damaged(store: string, damage: string, cause?: unknown): StoreDamagedError {
    if (this.#state === 'open') this.#state = 'damaged';
    // What cannot be deleted now is found damaged again.
    this.#written = this.#written.then(() => this.#parts.files.distrust()).catch(() => undefined);
    return this.#damagedError(store, damage, cause);
  }

  /**
   * Writes a change, or nothing of it.
   *
   * @throws {StoreUnavailableError} When it cannot be written.
   */
  async commit(change: Change): Promise<void> {
    const written = this.#written.then(() => this.#commit(change));
    // The caller hears of a failure; the next write does not depend on it.
    this.#written = written.catch(() => undefined);
    await written;
  }

  async close(how: 'clean' | 'abandoned'): Promise<void> {
    await this.#written;
    for (const scan of [...this.scans]) scan.end('its store was closed');
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    // What is stuck would wait for ever.
    if (this.#state !== 'stuck') await this.#root.close();
    this.#state = 'closed';
    if (how === 'clean' && wasOpen) await this.#seal();
  }

  async #seal(): Promise<void> {
    const { files } = this.#parts;
    if (!this.#isSynced) {
      await files.sync();
      await files.record(this.#counts(), 'synced');
    }
    await files.clearOpenings();
  }

  async #commit(change: Change): Promise<void> {
    const { store } = change;
    this.ensureReadable(store);
    if (this.#state === 'stuck') throw WriteFailure.stuck(store);
    this.#endOldScans();
    try {
      await this.#markUnsynced();
      await this.#inTime(this.#batch(change));
      this.#entries[store] = entriesOf(this.table(store));
      if (change.checkpoint === undefined) this.#checkpoints.delete(store);
      else this.#checkpoints.set(store, change.checkpoint);
      await this.#parts.files.record(this.#counts(), 'unsynced');
    } catch (error) {
      throw await WriteFailure.of(store, error);
    }
  }

  async #batch({ store, checkpoint, write }: Change): Promise<void> {
    const flushes = this.#meta.flushes + 1;
    await this.#root.batch(() => {
      write(this.table(store));
      this.#meta.put(store, checkpoint, flushes);
    });
    this.#meta.flushes = flushes;
  }

  async #inTime(writing: Promise<void>): Promise<void> {
    const { writeTimers, limits } = this.#parts;
    const late = Promise.withResolvers<never>();
    const cancel = writeTimers.after(limits.maxWriteMs, () => {
      this.#state = 'stuck';
      late.reject(new Error(`the write did not end within ${limits.maxWriteMs} ms`));
    });
    try {
      await Promise.race([writing, late.promise]);
    } finally {
      cancel();
    }
  }

  async #markUnsynced(): Promise<void> {
    if (!this.#isSynced && this.#meta.flushes > 0) return;
    await this.#parts.files.record({ ...this.#counts(), isFirst: true }, 'unsynced');
    this.#isSynced = false;
  }

  #counts(): {
    readonly flushes: number;
    readonly entries: Record<string, number>;
    isFirst: false;
  } {
    return { flushes: this.#meta.flushes, entries: this.#entries, isFirst: false };
  }

  #endOldScans(): void {
    const { surroundings, limits } = this.#parts;
    const oldestMs = surroundings.nowMs() - limits.maxScanMs;
    for (const scan of [...this.scans]) {
      if (scan.sinceMs < oldestMs) scan.end(`it took more than ${limits.maxScanMs} ms`);
    }
  }

  #openTable(store: string): void {
    const table = this.#root.openDB(`store:${store}`, tableOptions);
    this.#tables.set(store, table);
    this.#entries[store] = entriesOf(table);
    const checkpoint = this.#meta.checkpoint(store);
    if (checkpoint !== undefined) this.#checkpoints.set(store, checkpoint);
  }

  #check({ flushes, entries }: FlushRecord): void {
    const found = this.#meta.flushes;
    // One more than recorded: the process ended between a flush and its record.
    if (found !== flushes && found !== flushes + 1) {
      const stores = [...this.#tables.keys()].join(', ');
      throw this.#damagedError(stores, `it has seen ${found} flushes, not ${flushes}`);
    }
    if (found !== flushes) return;
    for (const [store, expected] of Object.entries(entries)) {
      const count = this.#entries[store];
      if (count === undefined || count === expected) continue;
      throw this.#damagedError(store, `it has ${count} entries, not ${expected}`);
    }
  }

  #damagedError(store: string, damage: string, cause?: unknown): StoreDamagedError {
    return new StoreDamagedError(store, this.#parts.files.path, { damage, cause });
  }
}

const tableOptions: RootDatabaseOptions & { readonly name?: string } = {
  encoding: 'binary',
  keyEncoder: storedKey,
  compression: false,
  cache: false,
  noSync: true,
  // A batch is a transaction of its own; gathered ones have promises that nobody hears of.
  eventTurnBatching: false,
  maxReaders: 1024,
};

function entriesOf(table: Table): number {
  const stats = table.getStats();
  const count = 'entryCount' in stats ? stats.entryCount : undefined;
  return must(typeof count === 'number' ? count : undefined, 'LMDB counts its entries');
}
