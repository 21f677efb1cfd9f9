import type { KeyValueStore } from 'logpose';
import type { ViewersRow } from './rows.ts';

/** One visitor at one treasure. */
export interface Visit {
  readonly code: string;
  readonly visitor: string;
}

/** Where `Visitors` keeps what it knows. */
export interface VisitorStores {
  /** When each visit was last confirmed. */
  readonly lastSeen: KeyValueStore<string, number>;
  /** The same visits in the order of that time. */
  readonly expiry: KeyValueStore<string, string>;
  readonly counts: KeyValueStore<string, ViewersRow>;
}

/** Who looks at what, in the stores of one task. */
export class Visitors {
  readonly #stores: VisitorStores;
  /** Treasures whose number has changed since it was told. */
  readonly #changed = new Set<string>();

  constructor(stores: VisitorStores) {
    this.#stores = stores;
    for (const [code, { now, published }] of stores.counts.range()) {
      if (now !== published) this.#changed.add(code);
    }
  }

  /** A sign of life. One that is older than the last one known changes nothing. */
  here(visit: Visit, seenMs: number): void {
    const key = keyOf(visit);
    const before = this.#stores.lastSeen.get(key);
    if (before !== undefined && before >= seenMs) return;
    if (before === undefined) this.#count(visit.code, 1);
    else this.#stores.expiry.delete(expiryKey(before, key));
    this.#stores.lastSeen.put(key, seenMs);
    this.#stores.expiry.put(expiryKey(seenMs, key), key);
  }

  /** The visitor has left, unless a later sign of life is known. */
  away(visit: Visit, seenMs: number): void {
    const key = keyOf(visit);
    const before = this.#stores.lastSeen.get(key);
    if (before === undefined || before > seenMs) return;
    this.#stores.lastSeen.delete(key);
    this.#stores.expiry.delete(expiryKey(before, key));
    this.#count(visit.code, -1);
  }

  /** Lets those go whose last sign of life is not later than `untilMs`. */
  expire(untilMs: number): void {
    if (untilMs < 0) return;
    for (const [at, key] of this.#stores.expiry.range({ lt: expiryKey(untilMs + 1, '') })) {
      this.#stores.expiry.delete(at);
      this.#stores.lastSeen.delete(key);
      this.#count(codeIn(key), -1);
    }
  }

  /** Hands over each number that differs from the one told last. */
  tell(to: (code: string, now: number) => void): void {
    for (const code of this.#changed) {
      const row = this.#stores.counts.get(code);
      if (row === undefined || row.now === row.published) continue;
      this.#stores.counts.put(code, { now: row.now, published: row.now });
      to(code, row.now);
    }
    this.#changed.clear();
  }

  #count(code: string, by: 1 | -1): void {
    const { now, published } = this.#stores.counts.get(code) ?? { now: 0, published: 0 };
    this.#stores.counts.put(code, { now: now + by, published });
    this.#changed.add(code);
  }
}

/** The code's length goes first, so that no code and visitor read like another pair. */
function keyOf({ code, visitor }: Visit): string {
  return `${code.length}:${code}:${visitor}`;
}

function codeIn(key: string): string {
  const colon = key.indexOf(':');
  return key.slice(colon + 1, colon + 1 + Number(key.slice(0, colon)));
}

/** Sorts by time: sixteen digits hold every safe integer. */
function expiryKey(seenMs: number, key: string): string {
  return `${String(seenMs).padStart(16, '0')}|${key}`;
}
