import { must } from '../base/assert.ts';
import { currentBootId } from '../base/boot-id.ts';
import { type Surroundings, system, type Timers } from '../base/clock.ts';
import { StoreUnavailableError } from '../errors/store-errors.ts';
import type { OpenEngines, StoreEngineFactory, TaskEngines } from '../store/store-engine.ts';
import { LmdbEngine } from './lmdb-engine.ts';
import { LmdbEnvironment } from './lmdb-environment.ts';
import { StoreFiles } from './store-files.ts';

/** Limits of stores on LMDB, in milliseconds, and what they know of the outside world. */
export interface LmdbOptions {
  /** An opening that ends earlier than this without a clean close counts as failed. 30 s. */
  readonly openingGraceMs?: number;
  /** How long a scan may keep what it sees, when there is something to write. 60 s. */
  readonly maxScanMs?: number;
  /** A write that takes longer is given up. 60 s. */
  readonly maxWriteMs?: number;
  readonly surroundings?: Surroundings;
  /** Of real time by default: LMDB's thread does not follow a clock that is moved by hand. */
  readonly writeTimers?: Timers;
  /** Names the running of the machine. */
  readonly bootId?: string;
}

/**
 * Stores in LMDB files, one file for the stores of a task.
 *
 * Nothing is synced before a clean close: a process may end at any time, and what it has flushed is
 * found again; after the end of the machine the files are deleted and the stores rebuilt.
 */
export function lmdbStores(options: LmdbOptions = {}): StoreEngineFactory {
  return {
    name: 'lmdb',
    kept: 'disk',
    open: (engines) => open(engines, options),
  };
}

async function open(engines: OpenEngines, options: LmdbOptions): Promise<TaskEngines> {
  const directory = must(engines.directory, 'stores on disk have a directory');
  try {
    const files = new StoreFiles(directory, options.bootId ?? currentBootId());
    return await openFiles(files, engines.stores, options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const why = `${directory} cannot be opened: ${reason}`;
    throw new StoreUnavailableError(engines.stores.join(', '), 'unavailable', { why, cause });
  }
}

async function openFiles(
  files: StoreFiles,
  stores: readonly string[],
  options: LmdbOptions,
): Promise<TaskEngines> {
  const { openingGraceMs = 30_000, maxScanMs = 60_000, maxWriteMs = 60_000 } = options;
  const { surroundings = system, writeTimers = system } = options;
  const parts = { files, surroundings, writeTimers, limits: { maxScanMs, maxWriteMs } };
  const prepared = await files.prepare();
  let { discarded } = prepared;
  let environment: LmdbEnvironment;
  try {
    environment = new LmdbEnvironment(parts, stores, prepared.record);
  } catch (error) {
    if (prepared.record === undefined) throw error;
    discarded = error instanceof Error ? error.message : String(error);
    await files.startAfresh();
    environment = new LmdbEnvironment(parts, stores);
  }
  const stopWaiting = surroundings.after(openingGraceMs, () => {
    // A count that cannot be deleted costs a rebuild, one day.
    files.clearOpenings().catch(() => undefined);
  });
  return new LmdbTask(environment, { stores, discarded, stopWaiting });
}

interface TaskParts {
  readonly stores: readonly string[];
  readonly discarded: string | undefined;
  readonly stopWaiting: () => void;
}

/** The stores of one task in their common file. */
class LmdbTask implements TaskEngines {
  readonly discarded: string | undefined;
  readonly #environment: LmdbEnvironment;
  readonly #engines: ReadonlyMap<string, LmdbEngine>;
  readonly #stopWaiting: () => void;

  constructor(environment: LmdbEnvironment, { stores, discarded, stopWaiting }: TaskParts) {
    this.discarded = discarded;
    this.#environment = environment;
    this.#engines = new Map(stores.map((store) => [store, new LmdbEngine(store, environment)]));
    this.#stopWaiting = stopWaiting;
  }

  engine(store: string): LmdbEngine {
    return must(this.#engines.get(store), `${store} is a store of this task`);
  }

  async discard(store: string): Promise<void> {
    await this.engine(store).clear();
  }

  async close(how: 'clean' | 'abandoned'): Promise<void> {
    this.#stopWaiting();
    await this.#environment.close(how);
  }
}
