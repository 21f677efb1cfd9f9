import type { WorkerSettings } from './settings.ts';
import type { TaskFailure, TaskSet } from './task-set.ts';
import type { TaskSlot } from './task-slot.ts';

// An engine that cannot write is tried again this much later.
const retryDelayMs = 1000;

/** Writes committed rows into the engines, in the background, one task at a time. */
export class Flusher {
  readonly #settings: WorkerSettings;
  readonly #tasks: Pick<TaskSet, 'slots'>;
  readonly #ended: (failure: TaskFailure | undefined) => void;
  readonly #queue: TaskSlot[] = [];
  #flushing: Promise<void> | undefined = undefined;
  #dueMs: number;
  #notBeforeMs = 0;
  #hasFailed = false;

  /** @param ended - Called when a task's flush has ended, and when it failed with what. */
  constructor(
    settings: WorkerSettings,
    tasks: Pick<TaskSet, 'slots'>,
    around: { readonly nowMs: number; ended(failure: TaskFailure | undefined): void },
  ) {
    this.#settings = settings;
    this.#tasks = tasks;
    this.#ended = around.ended;
    this.#dueMs = around.nowMs + settings.flushIntervalMs;
  }

  /** Committed bytes that are in memory only. */
  get unflushedBytes(): number {
    return this.#tasks.slots.reduce((sum, { stores }) => sum + stores.unflushedBytes, 0);
  }

  /** Whether nothing more should be processed until a flush has ended: engines can't keep up. */
  get isOverfull(): boolean {
    return this.unflushedBytes > 2 * this.#settings.maxUnflushedBytes;
  }

  /** Begins to flush when it is time to, or when there is much to flush. */
  run(nowMs: number): void {
    if (this.#hasFailed) this.#notBeforeMs = nowMs + retryDelayMs;
    this.#hasFailed = false;
    // A clock that was set back does not keep rows waiting.
    this.#notBeforeMs = Math.min(this.#notBeforeMs, nowMs + retryDelayMs);
    this.#dueMs = Math.min(this.#dueMs, nowMs + this.#settings.flushIntervalMs);
    if (this.#flushing !== undefined || nowMs < this.#notBeforeMs) return;
    const isFull = this.unflushedBytes > this.#settings.maxUnflushedBytes;
    if (!isFull && nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + this.#settings.flushIntervalMs;
    this.#queue.push(...this.#tasks.slots.filter(({ stores }) => stores.unflushedBytes > 0));
    if (this.#queue.length > 0) {
      this.#flushing = this.#flushAll().finally(() => {
        this.#flushing = undefined;
      });
    }
  }

  /** When to call `run` again; infinite: not before something is committed. */
  nextMs(): number {
    return this.unflushedBytes > 0 ? this.#dueMs : Number.POSITIVE_INFINITY;
  }

  /** Resolves when no flush is on its way. */
  async idle(): Promise<void> {
    this.#queue.length = 0;
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    for (let slot = this.#queue.shift(); slot !== undefined; slot = this.#queue.shift()) {
      const failure = await flush(slot);
      if (failure !== undefined) this.#hasFailed = true;
      this.#ended(failure);
    }
  }
}

async function flush(slot: TaskSlot): Promise<TaskFailure | undefined> {
  try {
    await slot.stores.flush();
    return undefined;
  } catch (error) {
    return { slot, error };
  }
}
