import { useEffect, useMemo, useState } from 'preact/hooks';
import type { DayRow } from '../api/day-row.ts';
import { fetchDays } from '../api/days.ts';
import type { Problem } from '../api/problem.ts';
import { dayTotalChannel, dayTotalKey } from '../live/channels.ts';
import { useFeedWhile } from '../live/live.ts';
import { shopDay } from '../shell/clock.ts';
import { addDays } from '../text/format.ts';

/** The last days; of one treasure, or of all together, today's growing. */
export interface Days {
  /** Oldest first, today last; undefined while loading. */
  readonly totals: readonly DayRow[] | undefined;
  readonly problem: Problem | undefined;
  readonly retry: () => void;
}

export function useDays(count: number, code?: string): Days {
  const today = shopDay.value;
  const { rows, problem, retry } = useStoredDays({ today, count, code });
  const isOfAll = code === undefined;
  const live = useFeedWhile(dayTotalChannel, dayTotalKey(today), isOfAll).value.value;
  const totals = useMemo(() => {
    return rows?.map((row) => (isOfAll && live?.day === row.day ? live : row));
  }, [rows, live, isOfAll]);
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
