import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Surroundings } from '../../base/clock.ts';
import { Deadline } from './deadline.ts';

suite('a deadline', () => {
  test('ends once when it was not renewed for its time', () => {
    const clock = new HeldClock();
    const deadline = new Deadline(clock, clock.ended);
    deadline.renew(1_000);

    clock.run(999);
    assert.equal(clock.ends, 0);
    clock.run(1);
    clock.run(10_000);
    assert.equal(clock.ends, 1);
  });

  test('is put off by each renewal, also to a shorter time', () => {
    const clock = new HeldClock();
    const deadline = new Deadline(clock, clock.ended);
    deadline.renew(1_000);
    clock.run(900);
    deadline.renew(1_000);
    clock.run(900);
    assert.equal(clock.ends, 0);

    deadline.renew(10);
    clock.run(10);
    assert.equal(clock.ends, 1);
  });

  test('does not end when it was stopped', () => {
    const clock = new HeldClock();
    const deadline = new Deadline(clock, clock.ended);
    deadline.renew(1_000);
    deadline.stop();

    clock.run(10_000);
    assert.equal(clock.ends, 0);
  });

  test('counts as renewed when the process was held up beyond it', () => {
    const clock = new HeldClock();
    const deadline = new Deadline(clock, clock.ended);
    deadline.renew(1_000);

    clock.holdUp(60_000);
    clock.run(999);
    assert.equal(clock.ends, 0);
    clock.run(1);
    assert.equal(clock.ends, 1);
  });

  test('hears in one more turn what came while the process was held up for less', () => {
    const clock = new HeldClock();
    const deadline = new Deadline(clock, clock.ended);
    deadline.renew(1_000);

    clock.holdUp(1_500);
    deadline.renew(1_000);
    clock.run(999);
    assert.equal(clock.ends, 0);
  });

  test('is not made longer by a clock that is set back', () => {
    const clock = new HeldClock();
    const deadline = new Deadline(clock, clock.ended);
    deadline.renew(1_000);

    clock.setBack(3_600_000);
    clock.run(2_000);
    assert.equal(clock.ends, 1);
  });
});

/** A clock whose timers go by a time of their own, that nobody can set. */
class HeldClock implements Surroundings {
  ends = 0;
  readonly ended = (): void => {
    this.ends++;
  };
  #nowMs = 1_000_000;
  #passedMs = 0;
  #timers: { readonly dueMs: number; readonly run: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  random(): number {
    return 0;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#passedMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Time passes, and timers come when they are due. */
  run(ms: number): void {
    for (let left = ms; left > 0; left--) {
      this.#pass(1);
      while (this.#turn()) {}
    }
  }

  /** Time passes, and no timer comes before all of it has; then those that are due, once. */
  holdUp(ms: number): void {
    this.#pass(ms);
    this.#turn();
  }

  setBack(ms: number): void {
    this.#nowMs -= ms;
  }

  #pass(ms: number): void {
    this.#passedMs += ms;
    this.#nowMs += ms;
  }

  /** One turn of the event loop; false: nothing was due. */
  #turn(): boolean {
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#passedMs);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { run } of due) run();
    return due.length > 0;
  }
}
