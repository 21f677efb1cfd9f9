import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDayRow, totalsOf } from './day-row.ts';

test('the rows of a day are added up, and a day without rows is all zeros', () => {
  const rows = [
    { code: '1', day: '2026-02-14', views: 3, orders: 1, closed: true },
    { code: '2', day: '2026-02-14', views: 4, revenue: 500, closed: true },
    { code: '1', day: '2026-02-13', views: 99 },
  ].flatMap((row) => readDayRow(row) ?? []);
  const [empty, full] = totalsOf(rows, ['2026-02-15', '2026-02-14']);
  assert.deepEqual([empty?.day, empty?.views, empty?.closed], ['2026-02-15', 0, false]);
  assert.deepEqual([full?.views, full?.orders, full?.revenue, full?.closed], [7, 1, 500, true]);
});

test('a row without a day is left out', () => {
  assert.equal(readDayRow({ code: '1', views: 3 }), undefined);
  assert.equal(readDayRow('2026-02-14'), undefined);
});
