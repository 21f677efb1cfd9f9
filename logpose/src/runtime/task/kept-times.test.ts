import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptTimes } from './kept-times.ts';

test('schedules that are no more make room for others, those settled longest ago first', () => {
  let committed: ReadonlyMap<string, number> = new Map([['of a store', 0]]);

  for (let version = 1; version <= 40; version++) {
    const kept = new KeptTimes();
    kept.restore(committed);
    kept.begin(`report-${version}`, '0_0').settle(version);
    const daily = kept.begin('daily', '0_0');
    if (daily.settledMs === undefined) daily.settle(0);
    committed = new Map(kept.take().times);
  }

  const reports = Array.from({ length: 15 }, (_, at) => `schedule:report-${26 + at}`);
  const expected = ['of a store', 'schedule:daily', ...reports];
  assert.deepEqual([...committed.keys()].toSorted(), expected.toSorted());
});
