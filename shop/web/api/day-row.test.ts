import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDayRow } from './day-row.ts';

test('a day is read with zeros for what it does not say, and closed only when it says so', () => {
  const open = readDayRow({ day: '2026-02-14', views: 3 });
  assert.deepEqual([open?.views, open?.revenue, open?.closed], [3, 0, false]);
  const closed = readDayRow({ day: '2026-02-13', closed: true, correctedAt: '2026-02-14' });
  assert.deepEqual([closed?.closed, closed?.corrections], [true, 1]);
});

test('a row without a day is left out', () => {
  assert.equal(readDayRow({ code: '1', views: 3 }), undefined);
  assert.equal(readDayRow('2026-02-14'), undefined);
});
