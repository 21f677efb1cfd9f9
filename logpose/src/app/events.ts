import type { RecordPosition } from '../errors/record-position.ts';
import type { StreamsError } from '../errors/streams-error.ts';
import type { StateChange } from '../runtime/lifecycle.ts';
import type { RestoreProgress } from '../runtime/worker/worker-listeners.ts';

/** What an application tells while it runs. */
export interface AppEvents {
  state: StateChange;
  /** Behind each run of changelog records; `lag` 0: this partition of the store is restored. */
  restore: RestoreProgress;
  /**
   * The tasks have been shared out among the instances anew; these are this one's from now on. None
   * when the others have given it up: it was silent for too long.
   */
  rebalance: { readonly tasks: readonly string[] };
  /** Something went wrong. Whether the application goes on, `state` says. */
  error: StreamsError;
  /** Once per reason and second; exact counts are in `metrics()`. */
  dropped: DroppedRecords;
}

/** Records that were left out, and one of them. */
export interface DroppedRecords {
  readonly node: string;
  readonly reason: string;
  /** How many since the last event of that reason. */
  readonly count: number;
  /** Where one of them stands; absent in a punctuator. */
  readonly position?: RecordPosition;
}

type Listeners = { readonly [E in keyof AppEvents]: Set<(event: AppEvents[E]) => void> };

/** Who listens to what. */
export class EventListeners {
  readonly #listeners: Listeners = {
    state: new Set(),
    restore: new Set(),
    rebalance: new Set(),
    error: new Set(),
    dropped: new Set(),
  };

  /** Returns how to stop listening. */
  add<E extends keyof AppEvents>(event: E, listener: (event: AppEvents[E]) => void): () => void {
    const listeners = this.#listeners[event];
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  has(event: keyof AppEvents): boolean {
    return this.#listeners[event].size > 0;
  }

  /** A listener that throws does so on its own, as an uncaught exception. */
  tell<E extends keyof AppEvents>(event: E, what: AppEvents[E]): void {
    for (const listener of [...this.#listeners[event]]) {
      try {
        listener(what);
      } catch (error) {
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }
}
