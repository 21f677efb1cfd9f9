import { useEffect, useMemo, useState } from 'preact/hooks';
import { type DayRow, type DayTotal, totalsOf } from '../api/day-row.ts';
import { fetchDays } from '../api/days.ts';
import type { Problem } from '../api/problem.ts';
import { dailyChannel } from '../live/channels.ts';
import { useFeed } from '../live/live.ts';
import { shopDay } from '../shell/clock.ts';
import { addDays } from '../text/format.ts';

/** The last days, today's growing; of one treasure, or of all together. */
export interface Days {
  /** Oldest first, today last; undefined while loading. */
  readonly totals: readonly DayTotal[] | undefined;
  readonly problem: Problem | undefined;
  readonly retry: () => void;
}

export function useDays(count: number, code?: string): Days {
  const today = shopDay.value;
  const { rows, problem, retry } = useStoredDays({ today, count, code });
  const fresh = useFeed(dailyChannel, today).value.value;
  const totals = useMemo(() => {
    if (rows === undefined) return undefined;
    return totalsOf(newest(rows, ofCode(fresh, code)), daysUntil(today, count));
  }, [rows, fresh, today, count, code]);
  return { totals, problem, retry };
}

interface Wanted {
  readonly today: string;
  readonly count: number;
  readonly code: string | undefined;
}

function useStoredDays({ today, count, code }: Wanted) {
  const [rows, setRows] = useState<readonly DayRow[]>();
  const [problem, setProblem] = useState<Problem>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    const span = { from: addDays(today, 1 - count), to: today };
    void fetchDays(code === undefined ? span : { ...span, code }).then((answer) => {
      if (left) return;
      setProblem(answer.kind === 'problem' ? answer.problem : undefined);
      if (answer.kind === 'done') setRows(answer.value);
    });
    return () => {
      left = true;
    };
  }, [today, count, code, attempt]);
  return { rows, problem, retry: () => setAttempt(attempt + 1) };
}

function ofCode(fresh: ReadonlyMap<string, DayRow> | undefined, code: string | undefined) {
  const rows = [...(fresh?.values() ?? [])];
  return code === undefined ? rows : rows.filter((row) => row.code === code);
}

/** Rows of the live channel stand in for the stored ones of the same treasure and day. */
function newest(stored: readonly DayRow[], fresh: readonly DayRow[]): Iterable<DayRow> {
  const keyOf = (row: DayRow): string => `${row.day} ${row.code}`;
  return new Map([...stored, ...fresh].map((row) => [keyOf(row), row])).values();
}

function daysUntil(today: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, back) => addDays(today, back + 1 - count));
}
