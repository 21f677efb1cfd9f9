import type { Emitted } from './emitted.ts';
import { ModelStore, textOf } from './rows.ts';

/** A record that a task has taken, decoded. */
export interface Taken<V> {
  readonly key: string | null;
  readonly value: V;
  readonly timestamp: number;
}

/** A row before and after. */
export interface RowChange<V> {
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** What all parts of the model write to. */
export class TaskModel {
  readonly #emitted: Emitted;
  readonly #stores = new Map<string, ModelStore<unknown>>();
  readonly partition: number;

  constructor(emitted: Emitted, partition: number) {
    this.#emitted = emitted;
    this.partition = partition;
  }

  /** The stores of this partition by name. */
  get stores(): ReadonlyMap<string, ModelStore<unknown>> {
    return this.#stores;
  }

  emit(topic: string, key: string | null, [value, timestamp]: readonly [unknown, number]): void {
    const text = value === null || value === undefined ? null : textOf(value);
    this.#emitted.topic(topic).add({ key, value: text, timestamp });
  }

  /** The same for a row of a window, whose partition is its key's. */
  emitWindow(topic: string, row: WindowRow): void {
    const { key, startMs, value, timestamp } = row;
    const line = { key: windowKey(key, startMs), value: textOf(value), timestamp };
    this.#emitted.topic(topic).add(line, key);
  }

  /** A table's row changes: the store keeps it, and the change is written to a topic. */
  change<V>(table: { store: ModelStore<V>; out: string }, row: ChangedRow<V>): void {
    const { key, value, timestamp, causedMs } = row;
    if (value === undefined) table.store.delete(key, causedMs);
    else table.store.put(key, value, timestamp);
    this.emit(table.out, key, [value, timestamp]);
  }

  commit(): void {
    for (const store of this.#stores.values()) store.commit();
  }

  /** Adds a store of this task. */
  keep<V>(name: string): ModelStore<V> {
    const store = new ModelStore<V>();
    this.#stores.set(name, store);
    return store;
  }
}

export interface ChangedRow<V> {
  readonly key: string;
  /** Undefined: it is gone. */
  readonly value: V | undefined;
  readonly timestamp: number;
  /** The time of the record that changed it. */
  readonly causedMs: number;
}

export interface WindowRow {
  readonly key: string;
  readonly startMs: number;
  readonly value: unknown;
  readonly timestamp: number;
}

/** A windowed key as text. */
export function windowKey(key: string, startMs: number): string {
  return `${key}@${startMs}`;
}
