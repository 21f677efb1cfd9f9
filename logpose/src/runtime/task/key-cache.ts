import type { Decoder } from '../../serde/serde.ts';

const slotsPerGroup = 4;
const minSlots = 1024;
// A byte for the length, and the key.
const stride = 24;
const maxKeyBytes = stride - 1;
// Where more than this part of the keys is not found, the cache grows.
const growsAbove = 1 / 8;
// Where that does not help, it is left alone for a while.
const restsAbove = 3 / 4;
const restingReads = 1 << 20;

/** So many texts are kept at most: about 16 MB with their bytes. */
const maxCachedKeys = 1 << 18;

/**
 * Texts by their bytes: a key that came before is not decoded again, is the same string each time,
 * and has a number, its slot, until another takes it.
 *
 * A key stands in one of the four slots of its group. It begins small and grows while keys are not
 * found; where most come only once it stops looking.
 */
export class KeyCache {
  /** Of the text that was read last; −1: it has none. */
  slot = -1;
  readonly #decoder: Decoder<string>;
  readonly #maxSlots: number;
  #slots = 0;
  /** 0: the slot is free. */
  #hashes = new Int32Array(0);
  #keys = new Uint8Array(0);
  #texts: string[] = [];
  #reads = 0;
  #misses = 0;
  #restingReads = 0;

  constructor(decoder: Decoder<string>, maxSlots = maxCachedKeys) {
    this.#decoder = decoder;
    this.#maxSlots = maxSlots;
    this.#resize(Math.min(minSlots, maxSlots));
  }

  /** The text of the bytes `[start, end)`. */
  read(bytes: Uint8Array, start: number, end: number): string {
    this.slot = -1;
    if (end - start > maxKeyBytes) return this.#decoder.decode(bytes, start, end);
    if (this.#restingReads > 0) {
      this.#restingReads--;
      return this.#decoder.decode(bytes, start, end);
    }
    if (++this.#reads > this.#slots * 2) this.#judge();
    const hash = hashOf(bytes, start, end);
    const group = ((hash >>> 4) & (this.#slots / slotsPerGroup - 1)) * slotsPerGroup;
    for (let slot = group; slot < group + slotsPerGroup; slot++) {
      if (this.#hashes[slot] !== hash) continue;
      if (!isAt(this.#keys, slot * stride, { bytes, start, end })) continue;
      this.slot = slot;
      return this.#texts[slot] ?? '';
    }
    const text = this.#decoder.decode(bytes, start, end);
    this.slot = this.#slotFor(group, hash);
    this.#texts[this.slot] = text;
    this.#hashes[this.slot] = hash;
    write(this.#keys, this.slot * stride, { bytes, start, end });
    return text;
  }

  /** A free slot of the group, or one that is taken from its key. */
  #slotFor(group: number, hash: number): number {
    this.#misses++;
    for (let slot = group; slot < group + slotsPerGroup; slot++) {
      if (this.#hashes[slot] === 0) return slot;
    }
    return group + (hash >>> 30);
  }

  /** Looks how many were found lately. */
  #judge(): void {
    const missing = this.#misses / this.#reads;
    this.#reads = 0;
    this.#misses = 0;
    if (missing > growsAbove && this.#slots < this.#maxSlots) {
      this.#resize(Math.min(this.#slots * 4, this.#maxSlots));
    } else if (missing > restsAbove) {
      this.#restingReads = restingReads;
      this.#resize(Math.min(minSlots, this.#maxSlots));
    }
  }

  #resize(slots: number): void {
    this.#slots = slots;
    this.#hashes = new Int32Array(slots);
    this.#keys = new Uint8Array(slots * stride);
    this.#texts = new Array<string>(slots).fill('');
  }
}

interface KeyBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Four bytes at once; never 0. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 3 < end; at += 4) {
    const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    const high = (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8);
    hash = Math.imul(hash ^ (low | (high << 16)), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return hash ^ (hash >>> 16) || 1;
}

function isAt(keys: Uint8Array, at: number, { bytes, start, end }: KeyBytes): boolean {
  if (keys[at] !== end - start) return false;
  for (let from = start; from < end; from++) {
    if (keys[++at] !== bytes[from]) return false;
  }
  return true;
}

function write(keys: Uint8Array, at: number, { bytes, start, end }: KeyBytes): void {
  keys[at] = end - start;
  for (let from = start; from < end; from++) keys[++at] = bytes[from] ?? 0;
}
