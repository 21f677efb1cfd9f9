import type { Timers } from '../../base/clock.ts';

/** Wakes one waiter. A call of `notify` before the wait ends it at once. */
export class Signal {
  readonly #timers: Timers;
  #notified = false;
  #resume: (() => void) | undefined = undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  readonly notify = (): void => {
    this.#notified = true;
    this.#resume?.();
  };

  /** Resolves at the next `notify`, at most `timeoutMs` from now. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#notified && timeoutMs > 0) {
      await new Promise<void>((resolve) => {
        const cancel = Number.isFinite(timeoutMs)
          ? this.#timers.after(timeoutMs, resolve)
          : () => undefined;
        this.#resume = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#resume = undefined;
    this.#notified = false;
  }
}
