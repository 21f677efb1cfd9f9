import { useState } from 'preact/hooks';
import { Choice } from '../parts/choice.tsx';
import { ProblemNote, Skeleton } from '../parts/notes.tsx';
import {
  LeaderNews,
  type Period,
  periods,
  Ranking,
  type RankingName,
  rankingNames,
} from '../parts/ranking.tsx';
import { TickerList, TickerRate } from '../parts/ticker.tsx';
import { catalogue, loadCatalogue } from '../shell/catalogue-state.ts';
import { isReplay, todayWord } from '../shell/world.ts';
import { text } from '../text/text.ts';
import { Card } from './card.tsx';
import { ReplayedTreasures } from './replayed.tsx';

/** All treasures, with the rankings and the ticker beside them. */
export function CataloguePage() {
  const t = text.value;
  return (
    <div class="with-aside">
      <section aria-labelledby="treasures-title">
        <h1 id="treasures-title" class="title">
          {t.treasures} <small>{t.motto}</small>
        </h1>
        {isReplay() ? <ReplayedTreasures /> : <Cards />}
      </section>
      <aside>
        <RankingPanel />
        {/* Nothing has just happened where all records are old. */}
        {!isReplay() && <TickerPanel />}
      </aside>
    </div>
  );
}

function TickerPanel() {
  return (
    <section class="panel" aria-labelledby="ticker-title">
      <div class="panel-head">
        <h2 id="ticker-title">{text.value.ticker}</h2>
        <TickerRate />
      </div>
      <TickerList />
    </section>
  );
}

function Cards() {
  const { state, products, problem, nextId } = catalogue.value;
  return (
    <>
      {state === 'loading' && products.length === 0 && <CardSkeletons />}
      {state === 'ready' && products.length === 0 && <p>{text.value.emptyCatalogue}</p>}
      <ul class="cards">
        {products.map((product) => (
          <li key={product.id}>
            <Card product={product} />
          </li>
        ))}
      </ul>
      {problem !== undefined && <ProblemNote problem={problem} retry={loadCatalogue} />}
      {state === 'ready' && nextId !== null && (
        <button type="button" class="button more" onClick={loadCatalogue}>
          {text.value.more}
        </button>
      )}
    </>
  );
}

function CardSkeletons() {
  return (
    <div class="card-skeletons">
      <Skeleton rows={12} awaited={text.value.waitingCatalogue} />
    </div>
  );
}

function RankingPanel() {
  const t = text.value;
  const [name, setName] = useState<RankingName>('orders');
  const [period, setPeriod] = useState<Period>('today');
  return (
    <section class="panel" aria-labelledby="ranking-title">
      <div class="panel-head">
        <h2 id="ranking-title">{t.rankingOf[name]}</h2>
        <a href="/board">{t.showAll}</a>
      </div>
      <div class="panel-tools">
        <Choice
          label={t.ranking}
          options={rankingNames.map((value) => ({ value, label: t.rankings[value] }))}
          chosen={name}
          choose={setName}
        />
        <PeriodChoice period={period} choose={setPeriod} />
      </div>
      <LeaderNews name={name} period={period} />
      <Ranking key={`${name}:${period}`} name={name} period={period} rows={8} />
    </section>
  );
}

/** Today or all time. */
export function PeriodChoice(props: {
  readonly period: Period;
  readonly choose: (period: Period) => void;
}) {
  const t = text.value;
  return (
    <Choice
      label={t.period}
      options={periods.map((value) => ({
        value,
        label: value === 'today' ? todayWord() : t.periods[value],
      }))}
      chosen={props.period}
      choose={props.choose}
    />
  );
}
