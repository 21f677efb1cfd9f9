import { useState } from 'preact/hooks';
import type { DayRow } from '../api/day-row.ts';
import { text } from '../text/text.ts';
import { Choice } from './choice.tsx';
import { DayBars } from './day-bars.tsx';

const charted = ['views', 'orders', 'revenue', 'reservations'] as const;
type Charted = (typeof charted)[number];

/** The days as bars, of a value that the reader chooses; at first the first that has any. */
export function DayChart({ totals }: { readonly totals: readonly DayRow[] }) {
  const t = text.value;
  const [chosen, setChosen] = useState<Charted>();
  const first = charted.find((value) => totals.some((total) => total[value] > 0));
  const metric = chosen ?? first ?? 'views';
  return (
    <section class="panel chart" aria-labelledby="chart-title">
      <div class="panel-head">
        <h2 id="chart-title">{t[metric]}</h2>
        <Choice
          label={t.chartOf}
          options={charted.map((value) => ({ value, label: t[value] }))}
          chosen={metric}
          choose={setChosen}
        />
      </div>
      <DayBars totals={totals} metric={metric} label={t[metric]} />
    </section>
  );
}
