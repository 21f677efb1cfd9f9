import type { Clock } from '../../base/clock.ts';
import { Punctuations } from './punctuations.ts';
import type { RecordInHand } from './record-in-hand.ts';

const noTime = -1;

/** What a task knows of time, of its processors' wishes and of its next commit. */
export class TaskState {
  readonly hand: RecordInHand;
  readonly clock: Clock;
  readonly streamTime = new Punctuations();
  readonly wallClock = new Punctuations();
  readonly processorTimes = new Map<string, number>();
  /** A processor asked for a commit. */
  commitRequested = false;
  /** Something ran that moved no offset: a punctuator. */
  touched = false;
  #streamTimeMs = noTime;
  readonly #closing: (() => void)[] = [];

  constructor(hand: RecordInHand, clock: Clock) {
    this.hand = hand;
    this.clock = clock;
  }

  /** Greatest timestamp processed; undefined before the first record. */
  streamTimeMs(): number | undefined {
    return this.#streamTimeMs === noTime ? undefined : this.#streamTimeMs;
  }

  /**
   * When a schedule of stream time goes on that began before the task was opened: what was due up
   * to the restored time has run. Without a restored time it runs as soon as there is one.
   */
  nextOnGridMs(everyMs: number): number {
    if (this.#streamTimeMs === noTime) return 0;
    return (Math.floor(this.#streamTimeMs / everyMs) + 1) * everyMs;
  }

  advanceStreamTime(toMs: number): void {
    if (toMs > this.#streamTimeMs) this.#streamTimeMs = toMs;
  }

  /** Takes over the times that a processor had committed; the latest of a name holds. */
  restoreTimes(times: ReadonlyMap<string, number>): void {
    for (const [name, time] of times) {
      this.processorTimes.set(name, Math.max(time, this.processorTimes.get(name) ?? time));
    }
  }

  punctuateStreamTime(): void {
    const nowMs = this.#streamTimeMs;
    if (nowMs === noTime || nowMs < this.streamTime.nextAtMs) return;
    if (this.streamTime.runDue(nowMs)) this.touched = true;
  }

  punctuateWallClock(): void {
    const nowMs = this.clock.nowMs();
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
