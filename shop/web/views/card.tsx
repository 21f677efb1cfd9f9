import { useRef } from 'preact/hooks';
import type { Product } from '../api/products.ts';
import { Treasure } from '../art/treasure.tsx';
import { productChannel } from '../live/channels.ts';
import { useFeedWhile } from '../live/live.ts';
import { Rolling } from '../parts/rolling.tsx';
import { useIsNear } from '../parts/use-is-near.ts';
import { nameOf } from '../shell/catalogue-state.ts';
import { addressOfProduct } from '../shell/router.ts';
import { formatMoney } from '../text/money.ts';
import { text } from '../text/text.ts';

/** From how many pieces on a card says how few are left. */
const fewPieces = 5;

/** A treasure in the catalogue; live while it can be seen. */
export function Card({ product }: { readonly product: Product }) {
  const card = useRef<HTMLAnchorElement>(null);
  const counts = useFeedWhile(productChannel, product.code, useIsNear(card)).value.value;
  const quantity = counts?.quantity ?? product.quantity;
  return (
    <a
      ref={card}
      class={quantity === 0 ? 'card sold-out' : 'card'}
      href={addressOfProduct(product.code)}
      data-code={product.code}
    >
      <span class="picture">
        <Treasure code={product.code} />
        {quantity === 0 && <span class="ribbon">{text.value.soldOut}</span>}
        <Viewers viewers={counts?.viewers ?? 0} />
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
function Viewers({ viewers }: { readonly viewers: number }) {
  if (viewers < 2) return null;
  return (
    <span class="viewers" title={text.value.watching(viewers)}>
      <svg viewBox="0 0 24 16" aria-hidden="true">
        <path d="M1 8q11-15 22 0-11 15-22 0z" />
        <circle cx="12" cy="8" r="3.2" />
      </svg>
      <span aria-hidden="true">
        <Rolling value={viewers} />
      </span>
      <span class="only-read">{text.value.watchingShort(viewers)}</span>
    </span>
  );
}
