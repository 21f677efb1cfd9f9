import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Cancel, ConfigError, ProcessError, type PunctuationSchedule, utf8 } from 'logpose';
import type { TestDriver } from 'logpose/testing';
import { driving, out, words, written } from './driving.ts';

/** Forwards the time of each call under the key `tick`. */
function ticking(schedule: PunctuationSchedule, startMs = 0): TestDriver {
  return driving(
    (builder) =>
      builder
        .stream(words)
        .process({
          node: 'ticker',
          output: { key: utf8, value: utf8 },
          init: ({ forward, punctuate }) => {
            punctuate(schedule, (nowMs) => forward({ key: 'tick', value: String(nowMs) }));
            return () => undefined;
          },
        })
        .to(out),
    { startMs },
  );
}

suite('punctuate', () => {
  test('by stream time: at once, then whenever it has crossed a multiple', () => {
    using driver = ticking({ everyMs: 10, time: 'stream' });
    for (const timestampMs of [3, 9, 10, 35, 36]) {
      driver.send(words, 'ada', 'tea', { timestampMs });
    }
    assert.deepEqual(written(driver, out), ['tick: 3 @3', 'tick: 10 @10', 'tick: 35 @35']);
  });

  test('by the wall clock: missed calls are made up by one', () => {
    using driver = ticking({ everyMs: 10, time: 'wall-clock' });
    for (const ms of [9, 1, 35, 4, 1]) driver.advanceWallClockMs(ms);
    assert.deepEqual(written(driver, out), ['tick: 10 @10', 'tick: 45 @45', 'tick: 50 @50']);
  });

  test('by stream time from an anchor on: nothing before it, then its multiples', () => {
    using driver = ticking({ everyMs: 10, time: 'stream', anchorMs: 7 });
    for (const timestampMs of [5, 8, 16, 17, 45]) {
      driver.send(words, 'ada', 'tea', { timestampMs });
    }
    assert.deepEqual(written(driver, out), ['tick: 8 @8', 'tick: 17 @17', 'tick: 45 @45']);
  });

  test('by the wall clock from an anchor that is to come', () => {
    using driver = ticking({ everyMs: 10, time: 'wall-clock', anchorMs: 25 });
    for (const ms of [24, 1, 9, 1]) driver.advanceWallClockMs(ms);
    assert.deepEqual(written(driver, out), ['tick: 25 @25', 'tick: 35 @35']);
  });

  test('by the wall clock from an anchor that has passed: at its multiples', () => {
    using driver = ticking({ everyMs: 10, time: 'wall-clock', anchorMs: 5 }, 32);
    for (const ms of [2, 1, 10]) driver.advanceWallClockMs(ms);
    assert.deepEqual(written(driver, out), ['tick: 35 @35', 'tick: 45 @45']);
  });

  test('by a cron expression: when the clocks of its zone show the time', () => {
    const startMs = Date.parse('2026-01-05T00:00:00Z');
    using driver = ticking({ cron: '0 9 * * *', zone: 'Asia/Seoul' }, startMs);
    driver.advanceWallClockMs(23 * hourMs);
    driver.advanceWallClockMs(hourMs);
    driver.advanceWallClockMs(72 * hourMs);
    assert.deepEqual(
      driver.readRecords(out).map(({ timestamp }) => new Date(timestamp).toISOString()),
      ['2026-01-06T00:00:00.000Z', '2026-01-09T00:00:00.000Z'],
    );
  });

  test('by a cron expression, where clocks are put forward over its time: behind that', () => {
    const startMs = Date.parse('2026-03-29T00:59:00Z');
    using driver = ticking({ cron: '30 2 * * *', zone: 'Europe/Berlin' }, startMs);
    for (let minute = 0; minute < 120; minute++) driver.advanceWallClockMs(hourMs / 60);
    assert.deepEqual(
      driver.readRecords(out).map(({ timestamp }) => new Date(timestamp).toISOString()),
      ['2026-03-29T01:00:00.000Z'],
    );
  });

  test('by a cron expression, where clocks are put back over its time: once', () => {
    const startMs = Date.parse('2026-10-25T00:00:00Z');
    using driver = ticking({ cron: '30 2 * * *', zone: 'Europe/Berlin' }, startMs);
    for (let minute = 0; minute < 120; minute++) driver.advanceWallClockMs(hourMs / 60);
    assert.deepEqual(
      driver.readRecords(out).map(({ timestamp }) => new Date(timestamp).toISOString()),
      ['2026-10-25T00:30:00.000Z'],
    );
  });

  for (const [what, schedule, problem] of [
    ['an expression', { cron: '0 25 * * *', zone: 'UTC' }, /cron expression "0 25 \* \* \*"/],
    ['a zone', { cron: '0 9 * * *', zone: 'Mars' }, /there is no time zone "Mars"/],
    ['an interval', { everyMs: 0, time: 'stream' }, /processor ticker: everyMs is 0/],
    ['an anchor', { everyMs: 1, time: 'stream', anchorMs: 0.5 }, /anchorMs is 0\.5/],
    ['a name', { everyMs: 1, time: 'wall-clock', name: 'a:b' }, /unlike "a:b"/],
  ] as const) {
    test(`${what} that cannot be is refused when the task opens`, () => {
      assert.throws(
        () => ticking(schedule),
        (error) => error instanceof ConfigError && problem.test(error.message),
      );
    });
  }

  test('a schedule can be cancelled, by its own call too', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .process({
          output: { key: utf8, value: utf8 },
          init: ({ forward, punctuate }) => {
            const cancel: Cancel = punctuate({ everyMs: 10, time: 'wall-clock' }, () => {
              forward({ key: 'tick', value: 'once' });
              cancel();
            });
            return () => undefined;
          },
        })
        .to(out),
    );
    driver.advanceWallClockMs(10);
    driver.advanceWallClockMs(10);
    assert.deepEqual(written(driver, out), ['tick: once @10']);
  });

  test('processValues cannot forward there: there is no key', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .processValues({
          output: { value: utf8 },
          init: ({ forward, punctuate }) => {
            punctuate({ everyMs: 10, time: 'wall-clock' }, () => forward({ value: 'tick' }));
            return () => undefined;
          },
        })
        .to(out),
    );
    assert.throws(() => driver.advanceWallClockMs(10), ProcessError);
  });

  test('position and time of the record in hand, none of them in a punctuator', () => {
    const seen: unknown[] = [];
    using driver = driving((builder) =>
      builder.stream(words).process({
        init: ({ punctuate, position, streamTimeMs, wallClockMs }) => {
          seen.push(streamTimeMs());
          punctuate({ everyMs: 10, time: 'wall-clock' }, (nowMs) => {
            seen.push([position(), nowMs, wallClockMs()]);
          });
          return () => {
            seen.push([position(), streamTimeMs()]);
          };
        },
      }),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    driver.advanceWallClockMs(10);
    assert.deepEqual(seen, [
      undefined,
      [{ topic: 'words', partition: 0, offset: 0 }, 5],
      [undefined, 10, 10],
    ]);
  });
});

const hourMs = 3_600_000;
