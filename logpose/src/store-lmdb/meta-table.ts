import type { Database } from 'lmdb';
import type { Checkpoint } from '../store/store-engine.ts';
import { readStored, storedSize, writeStored } from './stored-value.ts';

/** What is kept beside the rows: a checkpoint per store, and how often something was written. */
export class MetaTable {
  /** Number of writes so far. */
  flushes: number;
  readonly #table: Database<Uint8Array, Uint8Array>;

  /** @throws {Error} When it is damaged. */
  constructor(table: Database<Uint8Array, Uint8Array>) {
    this.#table = table;
    const flushes = this.#get(flushesKey) ?? 0;
    if (typeof flushes !== 'number') throw new Error('the number of flushes is not a number');
    this.flushes = flushes;
  }

  /** @throws {Error} When it is damaged. */
  checkpoint(store: string): Checkpoint | undefined {
    const found = this.#get(checkpointKey(store));
    if (found === undefined || isCheckpoint(found)) return found;
    throw new Error(`the checkpoint of ${store} is none`);
  }

  /** To be called within a batch. */
  put(store: string, checkpoint: Checkpoint | undefined, flushes: number): void {
    if (checkpoint === undefined) this.#table.remove(checkpointKey(store));
    else this.#put(checkpointKey(store), checkpoint);
    this.#put(flushesKey, flushes);
  }

  #get(key: Uint8Array): unknown {
    const stored = this.#table.getBinary(key);
    if (stored === undefined) return undefined;
    const value = readStored(key, stored);
    if (value === undefined) throw new Error('the checkpoints do not match their checksums');
    return JSON.parse(Buffer.from(value).toString());
  }

  #put(key: Uint8Array, content: unknown): void {
    const value = Buffer.from(JSON.stringify(content));
    const stored = Buffer.allocUnsafeSlow(storedSize(key, value));
    writeStored({ key, value }, stored, 0);
    this.#table.put(key, stored);
  }
}

const flushesKey = Buffer.from('flushes');

function checkpointKey(store: string): Uint8Array {
  return Buffer.from(`checkpoint:${store}`);
}

/** The CRC has said that it is what was written: this is for the compiler. */
function isCheckpoint(value: unknown): value is Checkpoint {
  return typeof value === 'object' && value !== null && 'topicId' in value && 'offset' in value;
}
