import type { Clock } from '../../base/clock.ts';
import { KeptTimes } from './kept-times.ts';
import { Punctuations } from './punctuations.ts';
import type { RecordInHand } from './record-in-hand.ts';

const noTime = -1;

/** What a task knows of time, of its processors' wishes and of its next commit. */
export class TaskState {
  readonly hand: RecordInHand;
  readonly clock: Clock;
  readonly streamTime = new Punctuations();
  readonly wallClock = new Punctuations();
  readonly kept = new KeptTimes();
  /** A processor asked for a commit. */
  commitRequested = false;
  /** Something ran that moved no offset: a punctuator. */
  touched = false;
  #streamTimeMs = noTime;
  /** What the clock showed when it was last looked at. */
  #wallClockMs = Number.NEGATIVE_INFINITY;
  readonly #closing: (() => void)[] = [];

  constructor(hand: RecordInHand, clock: Clock) {
    this.hand = hand;
    this.clock = clock;
  }

  /** Greatest timestamp processed; undefined before the first record. */
  streamTimeMs(): number | undefined {
    return this.#streamTimeMs === noTime ? undefined : this.#streamTimeMs;
  }

  advanceStreamTime(toMs: number): void {
    if (toMs > this.#streamTimeMs) this.#streamTimeMs = toMs;
  }

  punctuateStreamTime(): void {
    const nowMs = this.#streamTimeMs;
    if (nowMs === noTime || nowMs < this.streamTime.nextAtMs) return;
    if (this.streamTime.runDue(nowMs)) this.touched = true;
  }

  punctuateWallClock(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs < this.#wallClockMs) this.wallClock.setBack(nowMs);
    this.#wallClockMs = nowMs;
    if (nowMs < this.wallClock.nextAtMs) return;
    if (this.wallClock.runDue(nowMs)) this.touched = true;
  }

  onClose(run: () => void): void {
    this.#closing.push(run);
  }

  /** Takes what is to run when the task closes: once. */
  takeClosing(): readonly (() => void)[] {
    return this.#closing.splice(0);
  }
}
