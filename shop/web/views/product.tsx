import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/problem.ts';
import { fetchProduct, type ProductDetail } from '../api/products.ts';
import { Treasure } from '../art/treasure.tsx';
import { type Counts, productChannel, viewersChannel } from '../live/channels.ts';
import { useFeed, useHere } from '../live/live.ts';
import { News } from '../parts/news.tsx';
import { ProblemNote, RestoringNote, Skeleton } from '../parts/notes.tsx';
import { Rolling } from '../parts/rolling.tsx';
import { nameOf } from '../shell/catalogue-state.ts';
import { isReplay, world } from '../shell/world.ts';
import { formatShare } from '../text/format.ts';
import { formatMoney } from '../text/money.ts';
import { text } from '../text/text.ts';
import { Desk } from './desk.tsx';
import { NotFound } from './not-found.tsx';
import { ReplayedTreasure } from './replayed.tsx';
import { SevenDays } from './seven-days.tsx';

/** One treasure: opening it counts as a view, keeping it open as a viewer. */
export function ProductPage({ code }: { readonly code: string }) {
  if (world.value === undefined) return <ProductSkeleton />;
  return isReplay() ? <ReplayedTreasure code={code} /> : <SoldTreasure code={code} />;
}

function SoldTreasure({ code }: { readonly code: string }) {
  const { product, problem, retry } = useProduct(code);
  if (problem !== undefined && namesNothing.includes(problem.status)) {
    return <NotFound message={text.value.productNotFound(code)} />;
  }
  if (problem !== undefined) return <ProblemNote problem={problem} retry={retry} />;
  if (product === undefined) return <ProductSkeleton />;
  return <Details product={product} />;
}

/** No such treasure, or no code that a treasure could have. */
const namesNothing = [400, 404];

function useProduct(code: string) {
  const [product, setProduct] = useState<ProductDetail>();
  const [problem, setProblem] = useState<Problem>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    void fetchProduct(code, leaving.signal).then((answer) => {
      if (leaving.signal.aborted) return;
      setProblem(answer.kind === 'problem' ? answer.problem : undefined);
      if (answer.kind === 'done') setProduct(answer.value);
    });
    return () => leaving.abort();
  }, [code, attempt]);
  return { product, problem, retry: () => setAttempt(attempt + 1) };
}

function ProductSkeleton() {
  return (
    <div class="product">
      <div class="bone picture" />
      <Skeleton rows={5} awaited={text.value.waitingProduct} />
    </div>
  );
}

function Details({ product }: { readonly product: ProductDetail }) {
  useHere(product.code);
  const feed = useFeed(productChannel, product.code);
  const counts = feed.value.value;
  const quantity = counts?.quantity ?? product.quantity;
  return (
    <article class="product">
      <div class={quantity === 0 ? 'picture sold-out' : 'picture'}>
        <Treasure code={product.code} />
        {quantity === 0 && <span class="ribbon">{text.value.soldOut}</span>}
      </div>
      <div class="product-main">
        <a class="way-back" href="/">
          ← {text.value.toCatalogue}
        </a>
        <h1>{nameOf(product)}</h1>
        <p class="price-line">
          <span class="price">{formatMoney(product.price)}</span>
          <Stock quantity={quantity} />
        </p>
        <Watching product={product} />
        <RestoringNote readiness={feed.readiness.value} />
        <Facts product={product} counts={counts} />
        <Desk product={product} quantity={quantity} />
      </div>
      <SevenDays code={product.code} viewsToday={counts?.viewsToday} />
    </article>
  );
}

function Stock({ quantity }: { readonly quantity: number }) {
  const t = text.value;
  if (quantity === 0) return <span class="stock none">{t.soldOut}</span>;
  return (
    <span class="stock" data-stock={quantity}>
      {t.stockLeft} <Rolling value={quantity} />
    </span>
  );
}

function Watching({ product }: { readonly product: ProductDetail }) {
  const viewers = useFeed(viewersChannel, product.code).value.value ?? product.viewers ?? 0;
  return (
    <>
      <p class={viewers < 2 ? 'watching alone' : 'watching'} data-viewers={viewers}>
        <span class="eyes" aria-hidden="true">
          {Array.from({ length: Math.min(viewers, shownWatchers) }, (_, number) => (
            <span key={number} class="watcher" />
          ))}
        </span>
        {watchingWords(viewers)}
      </p>
      <News newest={() => watchingWords(viewers)} />
    </>
  );
}

/** How many look, from two on. */
function watchingWords(viewers: number): string {
  return viewers < 2 ? text.value.watchingAlone : text.value.watching(viewers);
}

const shownWatchers = 12;

function Facts(props: { readonly product: ProductDetail; readonly counts: Counts | undefined }) {
  const t = text.value;
  const { product, counts } = props;
  const facts = [
    ['views-today', t.viewsToday, counts?.viewsToday ?? product.viewsToday],
    ['views-total', t.viewsTotal, counts?.viewsTotal ?? product.viewsTotal],
    ['orders', t.ordersTotal, counts?.orders],
    ['reservations', t.reservationsTotal, counts?.reservations],
    ['held', t.held, counts?.held],
  ] as const;
  return (
    <dl class="facts">
      {facts.map(([name, label, count]) => (
        <div key={name} data-fact={name}>
          <dt>{label}</dt>
          <dd>{count === null || count === undefined ? '…' : <Rolling value={count} />}</dd>
        </div>
      ))}
      <CancelRate counts={counts} />
    </dl>
  );
}

function CancelRate({ counts }: { readonly counts: Counts | undefined }) {
  const { reservations, cancelled } = counts ?? {};
  const known = reservations !== undefined && reservations > 0 && cancelled !== undefined;
  return (
    <div data-fact="cancel-rate">
      <dt>{text.value.cancelRate}</dt>
      <dd>{known ? formatShare(cancelled / reservations) : '–'}</dd>
    </div>
  );
}
