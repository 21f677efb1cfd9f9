import type { DayMetric, DayRow } from '../api/day-row.ts';
import { shopDay } from '../shell/clock.ts';
import { isReplay } from '../shell/world.ts';
import { formatCount, formatDay, formatShort, formatWeekday } from '../text/format.ts';
import { formatMoney, formatShortMoney } from '../text/money.ts';
import { text } from '../text/text.ts';

/** How many labels fit side by side. */
const maxLabels = 16;

/** One bar for each day, today's marked; the same in words for those who do not see it. */
export function DayBars(props: {
  readonly totals: readonly DayRow[];
  readonly metric: DayMetric;
  readonly label: string;
}) {
  const { totals, metric } = props;
  const most = Math.max(1, ...totals.map((total) => total[metric]));
  const labelled = totals.length <= maxLabels;
  return (
    <figure class="day-bars">
      <figcaption class="only-read">{summaryOf(totals, metric, props.label)}</figcaption>
      <div class="bars" aria-hidden="true">
        {totals.map((total) => (
          <div
            key={total.day}
            class={total.day === shopDay.value ? 'day today' : 'day'}
            title={`${formatDay(total.day)}: ${valueText(metric, total[metric])}`}
          >
            {labelled && <span class="day-value">{shortText(metric, total[metric])}</span>}
            <span class="day-track">
              <span
                class="day-bar"
                style={{ transform: `scaleY(${(total[metric] / most).toFixed(4)})` }}
              />
            </span>
            {labelled && <span class="day-name">{dayName(total.day)}</span>}
          </div>
        ))}
      </div>
    </figure>
  );
}

/** A count, or money. */
export function valueText(metric: DayMetric, value: number): string {
  return metric === 'revenue' ? formatMoney(value) : formatCount(value);
}

function dayName(day: string): string {
  return day === shopDay.value && !isReplay() ? text.value.today : formatWeekday(day);
}

function shortText(metric: DayMetric, value: number): string {
  return metric === 'revenue' ? formatShortMoney(value) : formatShort(value);
}

function summaryOf(totals: readonly DayRow[], metric: DayMetric, label: string): string {
  const top = totals.toSorted((one, other) => other[metric] - one[metric])[0];
  if (top === undefined) return label;
  const sum = totals.reduce((before, total) => before + total[metric], 0);
  return text.value.daysSummary({
    metric: label,
    day: formatDay(top.day),
    most: valueText(metric, top[metric]),
    total: valueText(metric, sum),
  });
}
