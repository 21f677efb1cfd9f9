import type { ModelStore } from './rows.ts';
import { type TaskModel, windowKey } from './task-model.ts';

/** `[startMs, endMs)`. */
export interface ModelWindow {
  readonly startMs: number;
  readonly endMs: number;
}

export interface WindowedTable<V, A> {
  readonly name: string;
  readonly out: string;
  readonly graceMs: number;
  /** From a window's start on. */
  readonly retentionMs: number;
  /** Every window that holds a time, the earliest first. */
  readonly windowsOf: (timestamp: number) => readonly ModelWindow[];
  readonly add: (aggregate: A | undefined, value: V) => A;
}

/** A table of windows, whatever it aggregates. */
export interface OpenWindows<V> {
  take(key: string, value: V, causedMs: number): void;
  /** @param isKnown - Whether the application knows that this was committed. */
  committed(isKnown: boolean): void;
  /** The task has come to another instance, or to one that has started anew. */
  started(): void;
  /** Windows that start up to then have expired. */
  expiredUpToMs(): number;
}

/** An aggregate per key and window, late records left out. */
export class WindowsModel<V, A> implements OpenWindows<V> {
  readonly #task: TaskModel;
  readonly #table: WindowedTable<V, A>;
  readonly #store: ModelStore<A>;
  /** The latest time that was seen: forgotten when the task comes to another instance. */
  #seenMs = -1;
  #seenAtCommitMs = -1;
  /** The latest window that was written, which rows outlive. */
  #latestStartMs = Number.NEGATIVE_INFINITY;

  constructor(task: TaskModel, table: WindowedTable<V, A>) {
    this.#task = task;
    this.#table = table;
    this.#store = task.keep(table.name);
  }

  take(key: string, value: V, causedMs: number): void {
    const { graceMs, windowsOf, add, retentionMs, out } = this.#table;
    this.#seenMs = Math.max(this.#seenMs, causedMs);
    for (const { startMs, endMs } of windowsOf(causedMs)) {
      if (endMs + graceMs <= this.#seenMs) continue;
      const text = windowKey(key, startMs);
      const isThere = startMs > this.#latestStartMs - retentionMs;
      const row = isThere ? this.#store.get(text) : undefined;
      const aggregate = add(row?.value, value);
      const timestamp = Math.max(row?.timestamp ?? causedMs, causedMs);
      this.#latestStartMs = Math.max(this.#latestStartMs, startMs);
      const isKept = startMs > this.#latestStartMs - retentionMs;
      if (isKept) this.#store.put(text, aggregate, timestamp);
      this.#task.emitWindow(out, { key, startMs, value: aggregate, timestamp });
    }
  }

  committed(isKnown: boolean): void {
    if (isKnown) this.#seenAtCommitMs = this.#seenMs;
    else this.#seenMs = this.#seenAtCommitMs;
  }

  started(): void {
    this.#seenMs = -1;
    this.#seenAtCommitMs = -1;
  }

  expiredUpToMs(): number {
    return this.#latestStartMs - this.#table.retentionMs;
  }
}
