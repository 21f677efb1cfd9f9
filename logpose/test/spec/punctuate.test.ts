import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Cancel, ProcessError, utf8 } from 'logpose';
import type { TestDriver } from 'logpose/testing';
import { driving, out, words, written } from './driving.ts';

/** Forwards the time of each call under the key `tick`. */
function ticking(time: 'stream' | 'wall-clock', everyMs: number): TestDriver {
  return driving((builder) =>
    builder
      .stream(words)
      .process({
        output: { key: utf8, value: utf8 },
        init: ({ forward, punctuate }) => {
          punctuate({ everyMs, time }, (nowMs) => forward({ key: 'tick', value: String(nowMs) }));
          return () => undefined;
        },
      })
      .to(out),
  );
}

suite('punctuate', () => {
  test('by stream time: at once, then whenever it has crossed a multiple', () => {
    using driver = ticking('stream', 10);
    for (const timestampMs of [3, 9, 10, 35, 36]) {
      driver.send(words, 'ada', 'tea', { timestampMs });
    }
    assert.deepEqual(written(driver, out), ['tick: 3 @3', 'tick: 10 @10', 'tick: 35 @35']);
  });

  test('by the wall clock: missed calls are made up by one', () => {
    using driver = ticking('wall-clock', 10);
    for (const ms of [9, 1, 35, 4, 1]) driver.advanceWallClockMs(ms);
    assert.deepEqual(written(driver, out), ['tick: 10 @10', 'tick: 45 @45', 'tick: 50 @50']);
  });

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
