import { useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { text } from '../text/text.ts';
import { Board } from '../views/board.tsx';
import { CataloguePage } from '../views/catalogue.tsx';
import { Days } from '../views/days.tsx';
import { NotFound } from '../views/not-found.tsx';
import { ProductPage } from '../views/product.tsx';
import { Banner } from './banner.tsx';
import { nameOfCode } from './catalogue-state.ts';
import { isStale } from './clock.ts';
import { Header } from './header.tsx';
import { followLinks, type Route, route } from './router.ts';
import { SimulationBar } from './simulation-bar.tsx';

/** The whole page. */
export function App() {
  useEffect(() => {
    document.addEventListener('click', followLinks);
    return () => document.removeEventListener('click', followLinks);
  }, []);
  useSignalEffect(() => {
    document.title = titleOf(route.value);
  });
  return (
    <div class={isStale.value ? 'page stale' : 'page'}>
      <a class="skip" href="#content">
        {text.value.skip}
      </a>
      <Header />
      <Banner />
      <main id="content" tabIndex={-1}>
        <CurrentView />
      </main>
      <SimulationBar />
    </div>
  );
}

function titleOf(current: Route): string {
  const { shop, board, days, notFound } = text.value;
  switch (current.view) {
    case 'catalogue':
      return shop;
    case 'board':
      return `${board} · ${shop}`;
    case 'days':
      return `${days} · ${shop}`;
    case 'product':
      return `${nameOfCode(current.code)} · ${shop}`;
    case 'unknown':
      return `${notFound} · ${shop}`;
  }
}

function CurrentView() {
  const current = route.value;
  switch (current.view) {
    case 'catalogue':
      return <CataloguePage />;
    case 'board':
      return <Board />;
    case 'days':
      return <Days />;
    case 'product':
      return <ProductPage key={current.code} code={current.code} />;
    case 'unknown':
      return <NotFound message={text.value.notFound} />;
  }
}
