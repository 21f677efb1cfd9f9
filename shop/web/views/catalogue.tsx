import { useState } from 'preact/hooks';
import type { Product } from '../api/products.ts';
import { Treasure } from '../art/treasure.tsx';
import { productChannel, viewersChannel } from '../live/channels.ts';
import { useFeed } from '../live/live.ts';
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
import { Rolling } from '../parts/rolling.tsx';
import { TickerList } from '../parts/ticker.tsx';
import { catalogue, loadCatalogue, nameOf } from '../shell/catalogue-state.ts';
import { addressOfProduct } from '../shell/router.ts';
import { formatMoney } from '../text/format.ts';
import { text } from '../text/text.ts';

/** From how many pieces on a card stops to count down. */
const fewPieces = 5;

/** All treasures, with the rankings and the ticker beside them. */
export function CataloguePage() {
  const t = text.value;
  return (
    <div class="with-aside">
      <section aria-labelledby="treasures-title">
        <h1 id="treasures-title" class="title">
          {t.treasures} <small>{t.motto}</small>
        </h1>
        <Cards />
      </section>
      <aside>
        <RankingPanel />
        <section class="panel" aria-labelledby="ticker-title">
          <h2 id="ticker-title">{t.ticker}</h2>
          <TickerList />
        </section>
      </aside>
    </div>
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

function Card({ product }: { readonly product: Product }) {
  const counts = useFeed(productChannel, product.code).value.value;
  const quantity = counts?.quantity ?? product.quantity;
  return (
    <a
      class={quantity === 0 ? 'card sold-out' : 'card'}
      href={addressOfProduct(product.code)}
      data-code={product.code}
    >
      <span class="picture">
        <Treasure code={product.code} />
        {quantity === 0 && <span class="ribbon">{text.value.soldOut}</span>}
        <Viewers code={product.code} />
      </span>
      <span class="card-name">{nameOf(product)}</span>
      <span class="card-facts">
        <span class="price">{formatMoney(product.price)}</span>
        <StockMark quantity={quantity} />
      </span>
    </a>
  );
}

function StockMark({ quantity }: { readonly quantity: number }) {
  const t = text.value;
  if (quantity === 0) return <span class="stock none">{t.soldOut}</span>;
  if (quantity <= fewPieces) return <span class="stock few">{t.lastPieces(quantity)}</span>;
  return <span class="stock">{t.stock(quantity)}</span>;
}

/** How many people look at it, from two on. */
function Viewers({ code }: { readonly code: string }) {
  const viewers = useFeed(viewersChannel, code).value.value ?? 0;
  if (viewers < 2) return null;
  return (
    <span class="viewers" title={text.value.watching(viewers)}>
      <svg viewBox="0 0 24 16" aria-hidden="true">
        <path d="M1 8q11-15 22 0-11 15-22 0z" />
        <circle cx="12" cy="8" r="3.2" />
      </svg>
      <Rolling value={viewers} />
      <span class="only-read">{text.value.watchingShort(viewers)}</span>
    </span>
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
      options={periods.map((value) => ({ value, label: t.periods[value] }))}
      chosen={props.period}
      choose={props.choose}
    />
  );
}
