import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffMs } from './back-off.ts';

test('the wait before another try doubles from half a second to ten seconds', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((failures) => backOffMs(failures, 0));
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('chance shortens a wait by at most a third', () => {
  assert.equal(backOffMs(4, 0.999_999), 2_667);
});
