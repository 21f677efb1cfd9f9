import type { Surroundings } from '../../base/clock.ts';

// A timer that comes so much later than it was asked for tells that the process was held up.
const maxLateMs = 1_000;

/**
 * Calls back once when it was not renewed for some time.
 *
 * A process that was held up, or a machine that slept, could not renew anything: when the timer
 * itself comes late, it counts as renewed.
 */
export class Deadline {
  readonly #surroundings: Surroundings;
  readonly #onEnd: () => void;
  #timeoutMs = 0;
  #endMs = 0;
  #cancel: (() => void) | undefined;

  constructor(surroundings: Surroundings, onEnd: () => void) {
    this.#surroundings = surroundings;
    this.#onEnd = onEnd;
  }

  /** Begins, or begins again: the end is `timeoutMs` from now. */
  renew(timeoutMs: number): void {
    // One timer is enough while the end only moves away: it looks at the time when it comes.
    if (timeoutMs < this.#timeoutMs) this.stop();
    this.#timeoutMs = timeoutMs;
    this.#endMs = this.#surroundings.nowMs() + timeoutMs;
    if (this.#cancel === undefined) this.#arm(timeoutMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(delayMs: number): void {
    const dueMs = this.#surroundings.nowMs() + delayMs;
    this.#cancel = this.#surroundings.after(delayMs, () => this.#look(dueMs, delayMs === 0));
  }

  #look(dueMs: number, isLastTurn: boolean): void {
    this.#cancel = undefined;
    const nowMs = this.#surroundings.nowMs();
    const wasHeldUp = nowMs - dueMs > maxLateMs;
    // A clock that was set back makes no wait much longer.
    const wasSetBack = this.#endMs - nowMs > this.#timeoutMs;
    if (wasHeldUp || wasSetBack) this.#endMs = nowMs + this.#timeoutMs;
    const leftMs = this.#endMs - nowMs;
    if (leftMs > 0) this.#arm(leftMs);
    // What came while the process was held up for less than that is heard in one more turn.
    else if (!isLastTurn) this.#arm(0);
    else this.#onEnd();
  }
}
