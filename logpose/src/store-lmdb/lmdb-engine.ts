import type {
  ByteBounds,
  Checkpoint,
  EngineEntry,
  EngineWrite,
  StoreEngine,
} from '../store/store-engine.ts';
import type { LmdbEnvironment, Table } from './lmdb-environment.ts';
import { LmdbScan } from './lmdb-scan.ts';
import { readStored, storedSize, writeStored } from './stored-value.ts';

/** One store in an LMDB file. */
export class LmdbEngine implements StoreEngine {
  /** The more rows are written at once, the more of them share a page. */
  readonly bytesPerApply = 2 * 1024 * 1024;
  readonly #store: string;
  readonly #environment: LmdbEnvironment;
  readonly #table: Table;

  constructor(store: string, environment: LmdbEnvironment) {
    this.#store = store;
    this.#environment = environment;
    this.#table = environment.table(store);
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#environment.checkpoint(this.#store);
  }

  get entries(): number {
    return this.#environment.entries(this.#store);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#environment.ensureReadable(this.#store);
    const stored = this.#read(key);
    if (stored === undefined) return undefined;
    const value = readStored(key, stored);
    if (value === undefined) throw this.#damaged('a value does not match its checksum');
    return value;
  }

  /**
   * @throws {StoreUnavailableError} While iterating, when the scan has taken longer than
   *   `maxScanMs`: what it sees cannot be kept for ever.
   */
  scan(bounds: ByteBounds): IterableIterator<EngineEntry> {
    this.#environment.ensureReadable(this.#store);
    return new LmdbScan(this.#store, this.#environment, bounds);
  }

  async apply(writes: readonly EngineWrite[], checkpoint: Checkpoint): Promise<void> {
    const store = this.#store;
    const write = (table: Table) => writeAll(table, writes);
    await this.#environment.commit({ store, checkpoint, write });
  }

  /** Empties it, and forgets its checkpoint. */
  async clear(): Promise<void> {
    const write = (table: Table) => table.clearAsync();
    await this.#environment.commit({ store: this.#store, checkpoint: undefined, write });
  }

  /** What is stored, in memory that the next read uses again. */
  #read(key: Uint8Array): Uint8Array | undefined {
    try {
      return this.#table.getBinaryFast(key);
    } catch (error) {
      throw this.#damaged('LMDB cannot read it', error);
    }
  }

  #damaged(damage: string, cause?: unknown): Error {
    return this.#environment.damaged(this.#store, damage, cause);
  }
}

/** All values stand in one block of memory, whose address LMDB asks for once. */
function writeAll(table: Table, writes: readonly EngineWrite[]): void {
  let size = 0;
  for (const { key, value } of writes) if (value !== null) size += storedSize(key, value);
  const block = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const { key, value } of writes) {
    if (value === null) {
      table.remove(key);
      continue;
    }
    const end = at + storedSize(key, value);
    writeStored({ key, value }, block, at);
    table.put(key, block.subarray(at, end));
    at = end;
  }
}
