import { signal } from '@preact/signals';
import type { Problem } from '../api/problem.ts';
import { fetchProducts, type Product } from '../api/products.ts';
import { language } from '../text/language.ts';

/** What is known of the catalogue. */
export interface Catalogue {
  readonly state: 'loading' | 'ready' | 'failed';
  /** In the order of their ids, oldest first, within what is loaded. */
  readonly products: readonly Product[];
  readonly problem: Problem | undefined;
  readonly nextId: number | null;
}

const pageSize = 48;

export const catalogue = signal<Catalogue>({
  state: 'loading',
  products: [],
  problem: undefined,
  nextId: null,
});

/** Loads the next page of treasures; the first one at the start. */
export async function loadCatalogue(): Promise<void> {
  const before = catalogue.value;
  catalogue.value = { ...before, state: 'loading', problem: undefined };
  const answer = await fetchProducts(pageSize, before.nextId);
  if (answer.kind === 'problem') {
    catalogue.value = { ...before, state: 'failed', problem: answer.problem };
    return;
  }
  const { products, nextId } = answer.value;
  const all = new Map([...before.products, ...products].map((product) => [product.id, product]));
  catalogue.value = {
    state: 'ready',
    products: [...all.values()].toSorted((one, other) => one.id - other.id),
    problem: undefined,
    nextId,
  };
}

/** The treasure with a code, if its page of the catalogue is loaded. */
export function knownProduct(code: string): Product | undefined {
  return catalogue.value.products.find((product) => product.code === code);
}

/** A treasure's name in the reader's language. */
export function nameOf(product: Pick<Product, 'name' | 'nameEn'>): string {
  return language.value === 'en' ? (product.nameEn ?? product.name) : product.name;
}

/** The name for a code, also before its page of the catalogue is loaded. */
export function nameOfCode(code: string, told?: Pick<Product, 'name' | 'nameEn'>): string {
  const product = knownProduct(code) ?? told;
  return product === undefined ? code : nameOf(product);
}
