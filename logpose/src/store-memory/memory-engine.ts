import { fromLatin1, latin1 } from '../base/bytes.ts';
import { SortedMap } from '../base/sorted-map.ts';
import type {
  ByteBounds,
  Checkpoint,
  EngineEntry,
  EngineWrite,
  StoreEngine,
} from '../store/store-engine.ts';

/**
 * One store on the heap.
 *
 * Keys and values are kept as strings of one character per byte: they take a quarter of the memory
 * of small byte arrays and compare in the order of the bytes. Reading by key is a look-up in a hash
 * map (0.6 µs of a million rows; 2 µs in a tree). The order of keys is worked out by the first scan
 * and kept from then on: a store that is never scanned does not pay for it.
 */
export class MemoryEngine implements StoreEngine {
  readonly #rows = new Map<string, string>();
  #sorted: SortedMap<string> | undefined = undefined;
  #checkpoint: Checkpoint | undefined = undefined;

  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint;
  }

  get entries(): number {
    return this.#rows.size;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.#rows.get(latin1(key));
    return value === undefined ? undefined : fromLatin1(value);
  }

  scan({ from, to, reverse = false }: ByteBounds): IterableIterator<EngineEntry> {
    this.#sorted ??= SortedMap.of(this.#rows);
    const span = { from: from && latin1(from), to: to && latin1(to), reverse };
    return new MemoryScan(this.#sorted.scan(span));
  }

  /** In one go: about 0.5 µs a write, 3 µs once the store has been scanned. */
  async apply(writes: readonly EngineWrite[], checkpoint: Checkpoint): Promise<void> {
    for (const { key, value } of writes) {
      if (value === null) this.#delete(latin1(key));
      else this.#set(latin1(key), latin1(value));
    }
    this.#checkpoint = checkpoint;
  }

  /** Empties it, and forgets its checkpoint. */
  clear(): void {
    this.#rows.clear();
    this.#sorted = undefined;
    this.#checkpoint = undefined;
  }

  #set(key: string, value: string): void {
    this.#rows.set(key, value);
    this.#sorted?.set(key, value);
  }

  #delete(key: string): void {
    if (this.#rows.delete(key)) this.#sorted?.delete(key);
  }
}

class MemoryScan implements IterableIterator<EngineEntry> {
  readonly #rows: IterableIterator<[key: string, value: string]>;

  constructor(rows: IterableIterator<[key: string, value: string]>) {
    this.#rows = rows;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<EngineEntry, undefined> {
    const step = this.#rows.next();
    if (step.done === true) return { done: true, value: undefined };
    const [key, value] = step.value;
    return { done: false, value: { key: fromLatin1(key), value: fromLatin1(value) } };
  }

  return(): IteratorResult<EngineEntry, undefined> {
    this.#rows.return?.();
    return { done: true, value: undefined };
  }
}
