import { useState } from 'preact/hooks';
import { type Period, Ranking, rankingNames } from '../parts/ranking.tsx';
import { text } from '../text/text.ts';
import { PeriodChoice } from './catalogue.tsx';

/** The four rankings side by side. */
export function Board() {
  const t = text.value;
  const [period, setPeriod] = useState<Period>('today');
  return (
    <section aria-labelledby="board-title">
      <div class="title-row">
        <h1 id="board-title" class="title">
          {t.board} <small>{t.motto}</small>
        </h1>
        <PeriodChoice period={period} choose={setPeriod} />
      </div>
      <div class="board">
        {rankingNames.map((name) => (
          <section key={name} class="panel" aria-labelledby={`board-${name}`}>
            <h2 id={`board-${name}`}>{t.rankingOf[name]}</h2>
            <Ranking key={period} name={name} period={period} rows={10} />
          </section>
        ))}
      </div>
    </section>
  );
}
