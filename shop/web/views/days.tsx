import { useState } from 'preact/hooks';
import type { DayMetric, DayRow } from '../api/day-row.ts';
import { Choice } from '../parts/choice.tsx';
import { valueText } from '../parts/day-bars.tsx';
import { DayChart } from '../parts/day-chart.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/notes.tsx';
import { Rolling } from '../parts/rolling.tsx';
import { shopDay, shopZone } from '../shell/clock.ts';
import { isReplay } from '../shell/world.ts';
import { formatDay } from '../text/format.ts';
import type { Text } from '../text/ko.ts';
import { text } from '../text/text.ts';
import { useDays } from './use-days.ts';

const ranges = ['7', '14', '31'] as const;
type Range = (typeof ranges)[number];

const columns = [
  ['views', 'views'],
  ['orders', 'orders'],
  ['units', 'units'],
  ['revenue', 'revenue'],
  ['reservations', 'reservations'],
  ['confirmed', 'confirmedCount'],
  ['cancelled', 'cancelledCount'],
  ['orderCancels', 'orderCancels'],
] as const satisfies readonly (readonly [DayMetric, keyof Text])[];

/** What each day came to, with today still growing. */
export function Days() {
  const t = text.value;
  const [range, setRange] = useState<Range>('7');
  const { totals, problem, retry } = useDays(Number(range));
  return (
    <section aria-labelledby="days-title">
      <div class="title-row">
        <h1 id="days-title" class="title">
          {t.daysTitle} <small>{t.daysAbout(shopZone.value)}</small>
        </h1>
        <Choice
          label={t.range}
          options={ranges.map((value) => ({ value, label: t.lastDays(Number(value)) }))}
          chosen={range}
          choose={setRange}
        />
      </div>
      {problem !== undefined && <ProblemNote problem={problem} retry={retry} />}
      {totals === undefined && problem === undefined && (
        <Skeleton rows={7} awaited={t.waitingDays} />
      )}
      {totals !== undefined && <DaysContent totals={totals} />}
    </section>
  );
}

function DaysContent({ totals }: { readonly totals: readonly DayRow[] }) {
  const counted = totals.some((total) => columns.some(([metric]) => total[metric] > 0));
  if (!counted) return <Empty />;
  return (
    <>
      <DayChart totals={totals} />
      <DaysTable totals={totals} />
    </>
  );
}

function DaysTable({ totals }: { readonly totals: readonly DayRow[] }) {
  const t = text.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it no key scrolls the box.
    <section class="panel table-box" tabIndex={0} aria-label={t.daysTitle}>
      <table class="days-table">
        <thead>
          <tr>
            <th scope="col">{t.day}</th>
            {columns.map(([metric, label]) => (
              <th key={metric} scope="col" class="number">
                {t[label]}
              </th>
            ))}
            <th scope="col">{t.state}</th>
          </tr>
        </thead>
        <tbody>
          {sinceFirstRecord(totals).map((total) => (
            <DayLine key={total.day} total={total} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Newest first, down to the first day on which anything was counted. */
function sinceFirstRecord(totals: readonly DayRow[]): readonly DayRow[] {
  const first = totals.findIndex((total) => columns.some(([metric]) => total[metric] !== 0));
  return totals.slice(first).toReversed();
}

function DayLine({ total }: { readonly total: DayRow }) {
  return (
    <tr data-day={total.day}>
      <th scope="row">{formatDay(total.day)}</th>
      {columns.map(([metric]) => (
        <td key={metric} class="number">
          {metric === 'revenue' ? (
            valueText(metric, total.revenue)
          ) : (
            <Rolling value={total[metric]} />
          )}
        </td>
      ))}
      <td>
        <DayState total={total} />
      </td>
    </tr>
  );
}

function DayState({ total }: { readonly total: DayRow }) {
  const t = text.value;
  const state = stateOf(total);
  const words = { closed: t.closedDay, open: t.open, past: t.past };
  return (
    <span class={`tag ${state}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {state === 'closed' ? (
          <path d="M4 7h8v6H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
        ) : (
          <circle cx="8" cy="8" r="4" />
        )}
      </svg>
      {words[state]}
      {total.corrections > 0 && <small>{t.corrected(total.corrections)}</small>}
    </span>
  );
}

/** A past day is closed only when the shop says so: until then late records may still change it. */
function stateOf({ closed, day }: DayRow): 'closed' | 'open' | 'past' {
  if (closed) return 'closed';
  return day < shopDay.value || isReplay() ? 'past' : 'open';
}
