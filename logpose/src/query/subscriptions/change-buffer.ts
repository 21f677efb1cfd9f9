import type { RowChange } from './row-change.ts';

interface Held {
  readonly change: RowChange;
  isSkipped: boolean;
}

/**
 * Changes that wait for their reader, at most so many. Where one more would be too many, an older
 * one of the same key is skipped; where there is none, it is not taken.
 */
export class ChangeBuffer {
  readonly #maxChanges: number;
  #held: Held[] = [];
  #first = 0;
  #size = 0;
  /** The last change of each key, once it was full and until it is empty. */
  #lastOfKey: Map<string, Held> | undefined = undefined;

  constructor(maxChanges: number) {
    this.#maxChanges = maxChanges;
  }

  /** Changes that the reader will be given. */
  get size(): number {
    return this.#size;
  }

  /** Returns false when there is no room for it. */
  push(change: RowChange): boolean {
    if (this.#size >= this.#maxChanges && !this.#skipOlder(change)) return false;
    // What was taken or skipped makes room at the latest when it is as much as may wait.
    if (this.#held.length >= 2 * this.#maxChanges) this.#squeeze();
    const held = { change, isSkipped: false };
    this.#held.push(held);
    this.#size++;
    this.#lastOfKey?.set(change.order, held);
    return true;
  }

  take(): RowChange | undefined {
    for (;;) {
      const held = this.#held[this.#first];
      if (held === undefined) {
        this.clear();
        return undefined;
      }
      this.#first++;
      if (held.isSkipped) continue;
      this.#size--;
      const { change } = held;
      if (this.#lastOfKey?.get(change.order) === held) this.#lastOfKey.delete(change.order);
      if (this.#size === 0) this.clear();
      return change;
    }
  }

  clear(): void {
    this.#held = [];
    this.#first = 0;
    this.#size = 0;
    this.#lastOfKey = undefined;
  }

  #skipOlder({ order }: RowChange): boolean {
    this.#lastOfKey ??= this.#index();
    const older = this.#lastOfKey.get(order);
    if (older === undefined) return false;
    older.isSkipped = true;
    this.#size--;
    return true;
  }

  #index(): Map<string, Held> {
    this.#squeeze();
    return new Map(this.#held.map((held) => [held.change.order, held]));
  }

  #squeeze(): void {
    this.#held = this.#held.slice(this.#first).filter(({ isSkipped }) => !isSkipped);
    this.#first = 0;
  }
}
