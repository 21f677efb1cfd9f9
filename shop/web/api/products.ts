import type { Outcome } from './problem.ts';
import { request } from './request.ts';
import { fieldsOf, listOf, numberOf, textOf } from './shape.ts';

/** A treasure as the catalogue lists it. */
export interface Product {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly price: number;
  readonly quantity: number;
}

/** A treasure with its counts; a count that is not ready is null. */
export interface ProductDetail extends Product {
  readonly viewsToday: number | null;
  readonly viewsTotal: number | null;
  readonly viewers: number | null;
}

export interface ProductPage {
  readonly products: readonly Product[];
  /** Where the next page begins; null on the last one. */
  readonly nextId: number | null;
}

/** A page of the catalogue, newest first, after the product `lastId`. */
export function fetchProducts(size: number, lastId: number | null): Promise<Outcome<ProductPage>> {
  const query = new URLSearchParams({ size: `${size}` });
  if (lastId !== null) query.set('lastId', `${lastId}`);
  return request({
    path: `/api/products?${query}`,
    read: (result, envelope) => {
      const pagination = fieldsOf(envelope['pagination']);
      const next = pagination['last'] === true ? undefined : numberOf(pagination['nextId']);
      return { products: listOf(result, readProduct), nextId: next ?? null };
    },
  });
}

/** One treasure. Asking counts as a view; the answer does not wait for its own count. */
export function fetchProduct(id: string, signal: AbortSignal): Promise<Outcome<ProductDetail>> {
  return request({
    path: `/api/products/${encodeURIComponent(id)}?waitMs=0`,
    read: readDetail,
    signal,
  });
}

function readProduct(row: unknown): Product | undefined {
  const fields = fieldsOf(row);
  const id = numberOf(fields['id']);
  if (id === undefined) return undefined;
  return {
    id,
    code: textOf(fields['code']) ?? `${id}`,
    name: textOf(fields['name']) ?? `${id}`,
    nameEn: textOf(fields['nameEn']) ?? null,
    price: numberOf(fields['price']) ?? 0,
    quantity: numberOf(fields['quantity']) ?? 0,
  };
}

function readDetail(row: unknown): ProductDetail | undefined {
  const product = readProduct(row);
  if (product === undefined) return undefined;
  const fields = fieldsOf(row);
  return {
    ...product,
    viewsToday: numberOf(fields['viewCount']) ?? null,
    viewsTotal: numberOf(fields['viewCountTotal']) ?? null,
    viewers: numberOf(fields['viewers']) ?? null,
  };
}
