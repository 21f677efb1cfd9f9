import type { Product } from '../domain/product.ts';

/** Where a row comes from when it is not known. */
export type LoadProduct = (id: number) => Promise<Product | undefined>;

/** Treasures that are kept; the ones not asked for longest go first. */
export const maxCachedProducts = 10_000;

/**
 * The treasures' rows in memory, for answers: decisions never rest on them. Counts are not in here.
 *
 * An older row never replaces a newer one, so that a slow read cannot bring back a
 * stock that is gone. Readers who miss at the same time share one query.
 */
export class ProductCache {
  readonly #load: LoadProduct;
  readonly #rows = new Map<number, Product>();
  readonly #ids = new Map<string, number>();
  readonly #loading = new Map<number, Promise<Product | undefined>>();
  readonly #listeners = new Set<(product: Product) => void>();

  constructor(load: LoadProduct) {
    this.#load = load;
  }

  async get(id: number): Promise<Product | undefined> {
    return this.#rows.get(id) ?? this.#loading.get(id) ?? this.#fetch(id);
  }

  /** What is known of the treasure with this code, without asking. */
  byCode(code: string): Product | undefined {
    const id = this.#ids.get(code);
    return id === undefined ? undefined : this.#rows.get(id);
  }

  put(products: Iterable<Product>): void {
    for (const product of products) {
      const known = this.#rows.get(product.id);
      if (known !== undefined && isOlder(product, known)) continue;
      this.#rows.delete(product.id);
      this.#rows.set(product.id, product);
      this.#ids.set(product.code, product.id);
      if (this.#rows.size > maxCachedProducts) this.#forgetOldest();
      for (const listener of this.#listeners) listener(product);
    }
  }

  /** Calls back with each row that is put. */
  onPut(listener: (product: Product) => void): void {
    this.#listeners.add(listener);
  }

  #fetch(id: number): Promise<Product | undefined> {
    const loading = this.#load(id)
      .then((product) => {
        if (product !== undefined) this.put([product]);
        return product;
      })
      .finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  #forgetOldest(): void {
    const [oldest] = this.#rows.values();
    if (oldest === undefined) return;
    this.#rows.delete(oldest.id);
    this.#ids.delete(oldest.code);
  }
}

function isOlder(one: Product, other: Product): boolean {
  const versions = one.stockVersion - other.stockVersion;
  return versions < 0 || (versions === 0 && one.updatedAtMs < other.updatedAtMs);
}
