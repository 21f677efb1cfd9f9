import { type DayRow, readDayRow } from './day-row.ts';
import type { Outcome } from './problem.ts';
import { request } from './request.ts';
import { listOf } from './shape.ts';

/** One row for each of the days `from` to `to`, both included; of one treasure, or of all. */
export function fetchDays(span: {
  readonly from: string;
  readonly to: string;
  readonly code?: string;
}): Promise<Outcome<readonly DayRow[]>> {
  const query = new URLSearchParams({ ...span, group: 'day' });
  return request({
    path: `/api/stats/daily?${query}`,
    read: (result) => listOf(Array.isArray(result) ? result : undefined, readDayRow),
  });
}
