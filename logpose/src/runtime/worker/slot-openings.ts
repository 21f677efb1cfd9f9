import type { TaskSlot } from './task-slot.ts';

/** What opening a slot means, and who hears of its end. */
export interface OpeningOf {
  /** How many are opened at the same time. */
  readonly maxOpening: number;
  open(slot: TaskSlot, signal: AbortSignal): Promise<void>;
  opened(slot: TaskSlot): void;
  failed(slot: TaskSlot, error: unknown): void;
}

interface Opening {
  readonly cancelled: AbortController;
  readonly ended: Promise<void>;
}

/** Opens slots in the background, a few at a time, in the order they come. */
export class SlotOpenings {
  readonly #of: OpeningOf;
  readonly #waiting = new Set<TaskSlot>();
  readonly #active = new Map<TaskSlot, Opening>();
  #isStopped = false;

  constructor(of: OpeningOf) {
    this.#of = of;
  }

  /** Begins to open a slot, unless that is under way. */
  add(slot: TaskSlot): void {
    if (this.#active.has(slot)) return;
    this.#waiting.add(slot);
    this.#next();
  }

  /** Resolves when the slot is not being opened any more; whatever it has by then stays. */
  async cancel(slot: TaskSlot): Promise<void> {
    this.#waiting.delete(slot);
    const opening = this.#active.get(slot);
    opening?.cancelled.abort();
    await opening?.ended;
  }

  /** Nothing is opened from now on. Resolves when nothing is being opened. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#waiting, ...this.#active.keys()].map((slot) => this.cancel(slot)));
  }

  #next(): void {
    for (const slot of this.#waiting) {
      if (this.#isStopped || this.#active.size >= this.#of.maxOpening) return;
      this.#waiting.delete(slot);
      const cancelled = new AbortController();
      const ended = this.#open(slot, cancelled.signal);
      this.#active.set(slot, { cancelled, ended });
    }
  }

  async #open(slot: TaskSlot, signal: AbortSignal): Promise<void> {
    let tell = () => this.#of.opened(slot);
    try {
      await this.#of.open(slot, signal);
    } catch (error) {
      tell = () => this.#of.failed(slot, error);
    }
    this.#active.delete(slot);
    if (!signal.aborted) tell();
    this.#next();
  }
}
