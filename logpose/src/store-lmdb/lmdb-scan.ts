import { compareBytes, copyBytes } from '../base/bytes.ts';
import { StoreUnavailableError } from '../errors/store-errors.ts';
import type { ByteBounds, EngineEntry } from '../store/store-engine.ts';
import type { LmdbEnvironment, OpenScan } from './lmdb-environment.ts';
import { isLong, lowerBound, maxPlainBytes, upperBound } from './stored-key.ts';
import { readLongKey, readStored } from './stored-value.ts';

/**
 * A store's entries as they are when this is made. What it sees is kept by LMDB's read transaction,
 * which ends with the scan.
 */
export class LmdbScan implements IterableIterator<EngineEntry>, OpenScan {
  readonly sinceMs: number;
  readonly #store: string;
  readonly #environment: LmdbEnvironment;
  readonly #bounds: ByteBounds;
  readonly #entries: Iterator<EngineEntry>;
  /** Read, and not yet handed out: LMDB's next entry, and a group of long keys in order. */
  #ahead: EngineEntry | undefined;
  #group: EngineEntry[] = [];
  #previous: Uint8Array | undefined = undefined;
  #state: 'open' | 'ended' = 'open';
  #endedBy: string | undefined = undefined;

  constructor(store: string, environment: LmdbEnvironment, bounds: ByteBounds) {
    this.#store = store;
    this.#environment = environment;
    this.#bounds = bounds;
    this.sinceMs = environment.nowMs();
    this.#entries = this.#reading(() => begin(environment, store, bounds));
    environment.scans.add(this);
    this.#ahead = this.#read();
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<EngineEntry, undefined> {
    if (this.#endedBy !== undefined) {
      const why = `a scan was ended: ${this.#endedBy}`;
      throw new StoreUnavailableError(this.#store, 'unavailable', { why });
    }
    for (;;) {
      const entry = this.#group.pop() ?? this.#nextPlain();
      if (entry === undefined) return this.return();
      if (this.#isWithin(entry.key)) return { done: false, value: entry };
    }
  }

  return(): IteratorResult<EngineEntry, undefined> {
    this.end(undefined);
    return { done: true, value: undefined };
  }

  end(why: string | undefined): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#endedBy = why;
    this.#ahead = undefined;
    this.#group = [];
    this.#environment.scans.delete(this);
    this.#entries.return?.();
  }

  /** The next entry; a group of long keys is read as a whole, and its first one returned. */
  #nextPlain(): EngineEntry | undefined {
    const entry = this.#ahead;
    if (entry === undefined) return undefined;
    if (isLong(entry.key)) {
      this.#readGroup(entry.key.subarray(0, maxPlainBytes));
      return this.#group.pop();
    }
    const value = this.#valueOf(entry.key, entry.value);
    this.#ahead = this.#read();
    return { key: entry.key, value };
  }

  /** Leaves the last one to hand out first. */
  #readGroup(prefix: Uint8Array): void {
    const group: EngineEntry[] = [];
    for (let entry = this.#ahead; entry !== undefined; entry = this.#read()) {
      this.#ahead = entry;
      if (!isLong(entry.key) || !startsWith(entry.key, prefix)) break;
      const key = readLongKey(entry.value);
      if (key === undefined) throw this.#damaged('a key is cut');
      group.push({ key: copyBytes(key), value: this.#valueOf(key, entry.value) });
      this.#ahead = undefined;
    }
    const direction = this.#bounds.reverse === true ? 1 : -1;
    this.#group = group.sort((left, right) => direction * compareBytes(left.key, right.key));
  }

  #valueOf(key: Uint8Array, stored: Uint8Array): Uint8Array {
    const value = readStored(key, stored);
    if (value === undefined) throw this.#damaged('a value does not match its checksum');
    return value;
  }

  #read(): EngineEntry | undefined {
    if (this.#state === 'ended') return undefined;
    const step = this.#reading(() => this.#entries.next());
    if (step.done === true) return undefined;
    this.#checkOrder(step.value.key);
    return step.value;
  }

  /** Damaged pages may lead in circles. */
  #checkOrder(key: Uint8Array): void {
    const previous = this.#previous;
    this.#previous = key;
    if (previous === undefined) return;
    const order = compareBytes(previous, key);
    if (this.#bounds.reverse === true ? order <= 0 : order >= 0) {
      throw this.#damaged('keys are not in order');
    }
  }

  /** LMDB keeps to the bounds, as far as it can tell long keys apart. */
  #isWithin(key: Uint8Array): boolean {
    const { from, to } = this.#bounds;
    if (from !== undefined && isLong(from) && compareBytes(key, from) < 0) return false;
    return to === undefined || !isLong(to) || compareBytes(key, to) < 0;
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!isFull(error)) throw this.#damaged('LMDB cannot read it', error);
      const why = 'too many scans are open at the same time';
      throw new StoreUnavailableError(this.#store, 'unavailable', { why, cause: error });
    }
  }

  #damaged(damage: string, cause?: unknown): Error {
    this.end(undefined);
    return this.#environment.damaged(this.#store, damage, cause);
  }
}

function begin(
  environment: LmdbEnvironment,
  store: string,
  { from, to, reverse = false }: ByteBounds,
): Iterator<EngineEntry> {
  const table = environment.table(store);
  const transaction = table.useReadTransaction();
  const lower = lowerBound(from);
  const upper = upperBound(to);
  try {
    const range = reverse
      ? table.getRange({
          ...(upper === undefined ? {} : { start: upper, exclusiveStart: true }),
          end: lower,
          inclusiveEnd: true,
          reverse: true,
          transaction,
        })
      : table.getRange({
          start: lower,
          ...(upper === undefined ? {} : { end: upper }),
          transaction,
        });
    return range[Symbol.iterator]();
  } finally {
    // The range has begun and holds the transaction itself.
    transaction.done();
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes('MDB_READERS_FULL');
}

function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return compareBytes(key.subarray(0, prefix.length), prefix) === 0;
}
