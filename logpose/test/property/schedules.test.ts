import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Punctuations } from '../../src/runtime/task/punctuations.ts';
import { interval, named, type Timetable } from '../../src/runtime/task/timetable.ts';
import { readCron } from '../../src/schedule/cron.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const aStart = fc.oneof(
  fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') }),
  // About where clocks change.
  fc.integer({ min: Date.parse('2026-03-28T22:00Z'), max: Date.parse('2026-03-29T04:00Z') }),
  fc.integer({ min: Date.parse('2026-10-24T22:00Z'), max: Date.parse('2026-10-25T04:00Z') }),
);
const steps = fc.array(fc.integer({ min: 0, max: 5 * hourMs }), { maxLength: 40 });

const cutSteps = fc.tuple(steps, fc.nat(40));

const cronExpressions = ['30 2 * * *', '*/20 * * * *', '0 0 * * 1', '15,45 1-3 * * *', '@hourly'];
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];
const aCron = fc
  .tuple(fc.constantFrom(...cronExpressions), fc.constantFrom(...zones))
  .map(([expression, zone]) => named(readCron(expression, zone)));
const anInterval = fc
  .tuple(
    fc.integer({ min: 1, max: 6 * hourMs }),
    fc.option(fc.integer({ min: 0, max: Date.parse('2026-07-01') }), { nil: undefined }),
  )
  .map(([everyMs, anchorMs]) => interval(everyMs, anchorMs));
const aTimetable = fc.oneof(aCron, anInterval);

test('the next call is always in the future, and no time of the timetable is left out', () => {
  fc.assert(
    fc.property(aTimetable, aStart, steps, (timetable, startMs, moves) => {
      const calls = run(timetable, startMs, moves);

      let settledMs = startMs;
      let dueMs = timetable.next(settledMs);
      const expected: number[] = [];
      for (const nowMs of timesOf(startMs, moves)) {
        assert.ok(dueMs > settledMs);
        if (dueMs > nowMs) continue;
        expected.push(nowMs);
        settledMs = timetable.settled(dueMs, nowMs);
        dueMs = timetable.next(settledMs);
        assert.ok(settledMs <= nowMs && nowMs < dueMs, 'one call makes up for all that is due');
      }
      assert.deepEqual(calls, expected);
    }),
  );
});

test('reopening at any moment changes no call of a schedule that is kept', () => {
  fc.assert(
    fc.property(aTimetable, aStart, cutSteps, (timetable, startMs, [moves, at]) => {
      const whole = run(timetable, startMs, moves);

      const before = new Kept(timetable, startMs);
      for (const nowMs of timesOf(startMs, moves.slice(0, at))) before.look(nowMs);
      const after = new Kept(timetable, before.settledMs, before.calls);
      const laterMs = startMs + sum(moves.slice(0, at));
      for (const nowMs of timesOf(laterMs, moves.slice(at))) after.look(nowMs);

      assert.deepEqual(after.calls, whole);
    }),
  );
});

test('wherever the clock jumps, a schedule of an interval waits for two of them at most', () => {
  const jumps = fc.array(fc.integer({ min: -1000 * hourMs, max: 1000 * hourMs }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: hourMs }), aStart, jumps, (everyMs, startMs, moves) => {
      const punctuations = new Punctuations();
      const timetable = interval(everyMs);
      punctuations.add({ timetable, settledMs: startMs, run: () => undefined });
      let nowMs = startMs;
      for (const move of moves) {
        nowMs += move;
        if (move < 0) punctuations.setBack(nowMs);
        punctuations.runDue(nowMs);
        assert.ok(punctuations.nextAtMs > nowMs);
        assert.ok(punctuations.nextAtMs - nowMs <= 2 * everyMs);
      }
    }),
  );
});

/** One schedule whose settled time is written down, as beside offsets. */
class Kept {
  settledMs: number;
  readonly calls: number[];
  readonly #punctuations = new Punctuations();

  constructor(timetable: Timetable, settledMs: number, calls: readonly number[] = []) {
    this.settledMs = settledMs;
    this.calls = [...calls];
    this.#punctuations.add({
      timetable,
      settledMs,
      run: (nowMs) => this.calls.push(nowMs),
      settled: (nextMs) => {
        this.settledMs = nextMs;
      },
    });
  }

  look(nowMs: number): void {
    this.#punctuations.runDue(nowMs);
  }
}

function run(timetable: Timetable, startMs: number, moves: readonly number[]): readonly number[] {
  const kept = new Kept(timetable, startMs);
  for (const nowMs of timesOf(startMs, moves)) kept.look(nowMs);
  return kept.calls;
}

function* timesOf(startMs: number, moves: readonly number[]): Generator<number> {
  let nowMs = startMs;
  for (const move of moves) {
    nowMs += move;
    yield nowMs;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
