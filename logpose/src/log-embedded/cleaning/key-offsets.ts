import { murmur2 } from '../../base/murmur2.ts';

const initialSlots = 1024;
const initialKeyBytes = 16 * 1024;
// Of an entry besides its key: hash, place, length, offset, and at most four slots.
const entryBytes = 36;

/**
 * For each key the offset of its last record: a hash table over the keys' bytes in one piece of
 * memory, of bounded size. Exact: keys are compared, not their hashes.
 */
export class KeyOffsets {
  readonly #maxBytes: number;
  #keys: Buffer = Buffer.allocUnsafeSlow(initialKeyBytes);
  #keyBytes = 0;
  /** By hash, the number of an entry, from 1; 0: free. */
  #slots = new Int32Array(initialSlots);
  #hashes = new Int32Array(initialSlots / 2);
  #starts = new Int32Array(initialSlots / 2);
  #lengths = new Int32Array(initialSlots / 2);
  #offsets = new Float64Array(initialSlots / 2);
  #count = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#count;
  }

  /** Notes a key's offset. False, and nothing is noted, when there is no room for another key. */
  note(key: Uint8Array, offset: number): boolean {
    const hash = murmur2(key);
    const slot = this.#slotOf(key, hash);
    const entry = this.#slots[slot] ?? 0;
    if (entry > 0) {
      this.#offsets[entry - 1] = offset;
      return true;
    }
    if (!this.#hasRoom(key.length)) return false;
    this.#add(key, hash, offset);
    this.#slots[slot] = this.#count;
    if (this.#count * 2 >= this.#slots.length) this.#growSlots();
    return true;
  }

  /** The last offset that was noted for the key. */
  offsetOf(key: Uint8Array): number | undefined {
    const entry = this.#slots[this.#slotOf(key, murmur2(key))] ?? 0;
    return entry === 0 ? undefined : this.#offsets[entry - 1];
  }

  /** One key always has room: who waits for it would wait for ever. */
  #hasRoom(keyBytes: number): boolean {
    const bytes = this.#keyBytes + keyBytes + (this.#count + 1) * entryBytes;
    return bytes <= this.#maxBytes || this.#count === 0;
  }

  /** Where the key is, or would be. */
  #slotOf(key: Uint8Array, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0 || this.#has(entry - 1, key, hash)) return slot;
    }
  }

  #has(index: number, key: Uint8Array, hash: number): boolean {
    if (this.#hashes[index] !== hash || this.#lengths[index] !== key.length) return false;
    const start = this.#starts[index] ?? 0;
    return this.#keys.compare(key, 0, key.length, start, start + key.length) === 0;
  }

  #add(key: Uint8Array, hash: number, offset: number): void {
    if (this.#count === this.#offsets.length) this.#growEntries();
    if (this.#keyBytes + key.length > this.#keys.length) this.#growKeys(key.length);
    const index = this.#count++;
    this.#keys.set(key, this.#keyBytes);
    this.#hashes[index] = hash;
    this.#starts[index] = this.#keyBytes;
    this.#lengths[index] = key.length;
    this.#offsets[index] = offset;
    this.#keyBytes += key.length;
  }

  #growKeys(more: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#keys.length * 2, this.#keyBytes + more));
    this.#keys.copy(grown, 0, 0, this.#keyBytes);
    this.#keys = grown;
  }

  #growEntries(): void {
    const length = this.#offsets.length * 2;
    this.#hashes = copied(new Int32Array(length), this.#hashes);
    this.#starts = copied(new Int32Array(length), this.#starts);
    this.#lengths = copied(new Int32Array(length), this.#lengths);
    this.#offsets = copied(new Float64Array(length), this.#offsets);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#count; index++) {
      let slot = (this.#hashes[index] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}

function copied<A extends Int32Array | Float64Array>(to: A, from: A): A {
  to.set(from);
  return to;
}
