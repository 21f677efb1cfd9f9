import { noHeaders, type RecordHeaders } from '../record/headers.ts';
import { grown } from './rows.ts';

const minCapacity = 64;
// A row written over and over leaves dead places behind; this many are tolerated per live one.
const deadPerLive = 3;
const minCompaction = 4096;
const dead = -1;

/**
 * What one transaction writes to a store: an entry per row, in the order of first writes, with what
 * the row was before. Beside it, the order of last writes.
 *
 * Used again for a later transaction: `begin`.
 */
export class Generation<H> {
  /** Number of the first entry; numbers rise from transaction to transaction. */
  first = 0;
  /** Entries. */
  count = 0;
  rows = new Int32Array(minCapacity);
  /** What the row was: a value or undefined, and its time. */
  valuesBefore: (H | undefined)[] = [];
  timesBefore = new Float64Array(minCapacity);
  /** The row's entry in the generation that was committing when it was written first; −1: none. */
  previous = new Int32Array(minCapacity);
  /** What the table's reader last heard of the row. Only while that is behind. */
  valuesSent: (H | undefined)[] = [];
  /** Entries in the order of last writes; −1: written again since. */
  order: number[] = [];
  #lastAt = new Int32Array(minCapacity);
  /** Of the last update, by entry, where there are any. */
  readonly #headers = new Map<number, RecordHeaders>();
  /** The order must keep its places while updates are sent on. */
  isSending = false;

  /** Number behind the last entry. */
  get end(): number {
    return this.first + this.count;
  }

  /** Forgets everything and begins another transaction. */
  begin(first: number): void {
    // What is left of the arrays would keep values alive.
    this.valuesBefore.length = this.valuesSent.length = 0;
    this.order = [];
    this.#headers.clear();
    this.first = first;
    this.count = 0;
    this.isSending = false;
  }

  /** A row's first write. Returns its entry. */
  add(row: number, previous: number): number {
    const entry = this.count++;
    if (entry === this.rows.length) this.#grow();
    this.rows[entry] = row;
    this.previous[entry] = previous;
    this.#lastAt[entry] = this.order.length;
    this.order.push(entry);
    // No holes, whoever writes the row.
    this.valuesSent.push(undefined);
    return entry;
  }

  /** A row is written again. */
  again(entry: number): void {
    const { order } = this;
    const at = this.#lastAt[entry] ?? 0;
    if (at === order.length - 1) return;
    order[at] = dead;
    this.#lastAt[entry] = order.length;
    order.push(entry);
    if (order.length > this.count * deadPerLive + minCompaction && !this.isSending) this.#compact();
  }

  headersOf(entry: number): RecordHeaders {
    return this.#headers.size === 0 ? noHeaders : (this.#headers.get(entry) ?? noHeaders);
  }

  setHeaders(entry: number, headers: RecordHeaders): void {
    if (headers !== noHeaders) this.#headers.set(entry, headers);
    else if (this.#headers.size > 0) this.#headers.delete(entry);
  }

  #compact(): void {
    const live = this.order.filter((entry) => entry !== dead);
    live.forEach((entry, at) => {
      this.#lastAt[entry] = at;
    });
    this.order = live;
  }

  #grow(): void {
    const capacity = this.rows.length * 2;
    this.rows = grown(this.rows, new Int32Array(capacity));
    this.previous = grown(this.previous, new Int32Array(capacity));
    this.timesBefore = grown(this.timesBefore, new Float64Array(capacity));
    this.#lastAt = grown(this.#lastAt, new Int32Array(capacity));
  }
}
