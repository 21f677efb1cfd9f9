import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../errors/config-errors.ts';
import { shapeOf } from './definition-of.ts';
import { hopping, tumbling, unlimited } from './fixed-windows.ts';
import { session, sliding } from './moving-windows.ts';
import type { AnyWindows } from './window.ts';

const timeMs = fc.integer({ min: 0, max: 2 ** 45 });
const sizeMs = fc.integer({ min: 1, max: 100_000 });

test('a time is in one tumbling window, which starts at a multiple of the size', () => {
  assert.deepEqual(windowsAt(tumbling({ sizeMs: 10, graceMs: 0 }), 0), [[0, 10]]);
  assert.deepEqual(windowsAt(tumbling({ sizeMs: 10, graceMs: 0 }), 19), [[10, 20]]);
  assert.deepEqual(windowsAt(tumbling({ sizeMs: 10, graceMs: 0 }), 20), [[20, 30]]);
});

test('a time is in all hopping windows that have begun and not ended, the earliest first', () => {
  const windows = hopping({ sizeMs: 10, advanceMs: 4, graceMs: 0 });
  assert.deepEqual(windowsAt(windows, 13), [
    [4, 14],
    [8, 18],
    [12, 22],
  ]);
});

test('no window starts before 1970, as on the JVM', () => {
  assert.deepEqual(windowsAt(hopping({ sizeMs: 10, advanceMs: 5, graceMs: 0 }), 3), [[0, 10]]);
});

test('any time is in exactly the windows of a fixed length that hold it', () => {
  fc.assert(
    fc.property(timeMs, sizeMs, fc.nat(), (time, size, hop) => {
      const advanceMs = 1 + (hop % size);
      // Few enough to count.
      fc.pre(size / advanceMs < 1000);
      const found = windowsAt(hopping({ sizeMs: size, advanceMs, graceMs: 0 }), time);
      const first = Math.max(0, Math.ceil((time - size + 1) / advanceMs));
      const last = Math.floor(time / advanceMs);
      const expected: [number, number][] = [];
      for (let at = first; at <= last; at++) {
        expected.push([at * advanceMs, at * advanceMs + size]);
      }
      assert.deepEqual(found, expected);
    }),
  );
});

test('the unlimited window holds everything since its start and nothing before', () => {
  const windows = unlimited({ startMs: 100 });
  assert.deepEqual(windowsAt(windows, 100), [[100, Number.POSITIVE_INFINITY]]);
  assert.deepEqual(windowsAt(windows, 99), []);
  assert.deepEqual(windowsAt(unlimited(), 0), [[0, Number.POSITIVE_INFINITY]]);
});

test('durations that cannot be are refused, all of them at once', () => {
  const refused = (make: () => unknown) => {
    try {
      make();
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.length;
      throw error;
    }
    return 0;
  };
  assert.equal(
    refused(() => tumbling({ sizeMs: 0, graceMs: -1 })),
    2,
  );
  assert.equal(
    refused(() => tumbling({ sizeMs: 0.5, graceMs: Number.NaN })),
    2,
  );
  assert.equal(
    refused(() => hopping({ sizeMs: 10, advanceMs: 11, graceMs: 0 })),
    1,
  );
  assert.equal(
    refused(() => hopping({ sizeMs: 10, advanceMs: 0, graceMs: 0 })),
    1,
  );
  assert.equal(
    refused(() => sliding({ differenceMs: -1, graceMs: -1 })),
    2,
  );
  assert.equal(
    refused(() => session({ gapMs: 0, graceMs: 2 ** 53 })),
    2,
  );
  assert.equal(
    refused(() => unlimited({ startMs: -1 })),
    1,
  );
  assert.equal(
    refused(() => sliding({ differenceMs: 0, graceMs: 0 })),
    0,
  );
});

test('windows made by hand are refused with the names of those that can be used', () => {
  const made: AnyWindows = { kind: 'tumbling', graceMs: 0 };
  assert.throws(() => shapeOf(made), /make them with tumbling, hopping/);
});

/** Starts and ends of all windows that hold a time, as operators step through them. */
function windowsAt(windows: AnyWindows, time: number): [number, number][] {
  const shaped = shapeOf(windows);
  assert.ok(shaped.shape === 'fixed');
  const found: [number, number][] = [];
  const { windows: fixed } = shaped;
  for (let start = fixed.firstStartMs(time); start <= time; start = fixed.nextStartMs(start)) {
    found.push([start, fixed.endMs(start)]);
  }
  return found;
}
