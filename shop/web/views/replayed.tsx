import { useEffect, useState } from 'preact/hooks';
import { type Counted, countedMetrics, fetchCounted } from '../api/counted.ts';
import type { Problem } from '../api/problem.ts';
import { Treasure } from '../art/treasure.tsx';
import { DayChart } from '../parts/day-chart.tsx';
import { ProblemNote, Skeleton } from '../parts/notes.tsx';
import { Ranking } from '../parts/ranking.tsx';
import { formatCount } from '../text/format.ts';
import { formatMoney } from '../text/money.ts';
import { text } from '../text/text.ts';
import { NotFound } from './not-found.tsx';
import { useDays } from './use-days.ts';

/** In place of a catalogue: old records have treasures, but no shelves. */
export function ReplayedTreasures() {
  const t = text.value;
  return (
    <section class="panel" aria-labelledby="replayed-title">
      <div class="panel-head">
        <h2 id="replayed-title">
          {t.rankingOf.orders} · {t.periods.total}
        </h2>
      </div>
      <p class="hint">{t.replayAbout}</p>
      <Ranking name="orders" period="total" rows={20} />
    </section>
  );
}

/** A treasure that only records know: nobody looks at it or orders it any more. */
export function ReplayedTreasure({ code }: { readonly code: string }) {
  const { counted, problem, retry } = useCounted(code);
  const t = text.value;
  if (problem?.status === 404) return <NotFound message={t.productNotFound(code)} />;
  if (problem !== undefined) return <ProblemNote problem={problem} retry={retry} />;
  return (
    <article class="product">
      <div class="picture">
        <Treasure code={code} />
      </div>
      <div class="product-main">
        <a class="way-back" href="/">
          ← {t.toCatalogue}
        </a>
        <h1>{code}</h1>
        <p class="hint">{t.replayAbout}</p>
        {counted === undefined ? (
          <Skeleton rows={4} awaited={t.waitingProduct} />
        ) : (
          <CountedFacts counted={counted} />
        )}
        <LastDays code={code} />
      </div>
    </article>
  );
}

function CountedFacts({ counted }: { readonly counted: Counted }) {
  const t = text.value;
  return (
    <dl class="facts">
      {countedMetrics.map((metric) => (
        <div key={metric} data-fact={metric}>
          <dt>{t[metric]}</dt>
          <dd>{(metric === 'revenue' ? formatMoney : formatCount)(counted[metric])}</dd>
        </div>
      ))}
    </dl>
  );
}

function LastDays({ code }: { readonly code: string }) {
  const { totals, problem, retry } = useDays(7, code);
  if (problem !== undefined) return <ProblemNote problem={problem} retry={retry} />;
  if (totals === undefined) return <Skeleton rows={3} awaited={text.value.waitingDays} />;
  return <DayChart totals={totals} />;
}

function useCounted(code: string) {
  const [counted, setCounted] = useState<Counted>();
  const [problem, setProblem] = useState<Problem>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    void fetchCounted(code, leaving.signal).then((answer) => {
      if (leaving.signal.aborted) return;
      setProblem(answer.kind === 'problem' ? answer.problem : undefined);
      if (answer.kind === 'done') setCounted(answer.value);
    });
    return () => leaving.abort();
  }, [code, attempt]);
  return { counted, problem, retry: () => setAttempt(attempt + 1) };
}
