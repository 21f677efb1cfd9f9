import { assert } from '../base/assert.ts';

/** What an application is doing. */
export type AppState =
  | 'created'
  | 'starting'
  | 'running'
  | 'rebalancing'
  | 'closing'
  | 'closed'
  | 'failed';

/** Where an application may go from each state. docs/internals/lifecycle.md draws this table. */
export const successors: Readonly<Record<AppState, readonly AppState[]>> = {
  created: ['starting', 'closed'],
  starting: ['running', 'closing', 'failed'],
  running: ['rebalancing', 'closing', 'failed'],
  rebalancing: ['running', 'closing', 'failed'],
  closing: ['closed', 'failed'],
  failed: ['closed'],
  closed: [],
};

/** A move from one state to the next. */
export interface StateChange {
  readonly from: AppState;
  readonly to: AppState;
}

/** Keeps an application to the table and tells of every move. */
export class Lifecycle {
  readonly #changed: (change: StateChange) => void;
  readonly #waiting = new Set<() => void>();
  #state: AppState = 'created';

  constructor(changed: (change: StateChange) => void) {
    this.#changed = changed;
  }

  get state(): AppState {
    return this.#state;
  }

  /** Whether nothing more will happen. */
  get hasEnded(): boolean {
    return this.#state === 'closed' || this.#state === 'failed';
  }

  /** @throws {InvariantError} When the table has no such move. */
  move(to: AppState): void {
    const from = this.#state;
    assert(successors[from].includes(to), `an application does not go from ${from} to ${to}`);
    this.#state = to;
    this.#changed({ from, to });
    for (const check of [...this.#waiting]) check();
  }

  /** Resolves as soon as `holds` is true; looked at behind each move. */
  async until(holds: (state: AppState) => boolean): Promise<void> {
    if (holds(this.#state)) return;
    await new Promise<void>((resolve) => {
      const check = () => {
        if (!holds(this.#state)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }
}
