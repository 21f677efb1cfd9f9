import { DayBars } from '../parts/day-bars.tsx';
import { ProblemNote, Skeleton } from '../parts/notes.tsx';
import { text } from '../text/text.ts';
import { useDays } from './use-days.ts';

/** The views of a treasure in the last seven days; today's as live as the count above it. */
export function SevenDays(props: {
  readonly code: string;
  readonly viewsToday: number | undefined;
}) {
  const t = text.value;
  const { totals, problem, retry } = useDays(7, props.code);
  const live = totals?.map((total, place) =>
    place === totals.length - 1 ? { ...total, views: props.viewsToday ?? total.views } : total,
  );
  return (
    <section class="panel seven-days" aria-labelledby="seven-days-title">
      <h2 id="seven-days-title">{t.sevenDays}</h2>
      {problem !== undefined && <ProblemNote problem={problem} retry={retry} />}
      {live === undefined && problem === undefined && <Skeleton rows={3} awaited={t.waitingDays} />}
      {live !== undefined && <DayBars totals={live} metric="views" label={t.sevenDays} />}
    </section>
  );
}
