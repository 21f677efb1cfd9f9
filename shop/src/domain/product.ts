import { type Decision, done, refused } from './refusal.ts';

/** A treasure, and how much of it is free to sell or reserve. */
export interface Product extends ProductText {
  readonly id: number;
  /** The key of its events: `"7"`. */
  readonly code: string;
  /** Pieces that are neither sold nor held. Never below zero. */
  readonly quantity: number;
  /** Pieces ever put in stock: `quantity` + held + sold. */
  readonly stocked: number;
  /** Rises by one with each change of `quantity`. */
  readonly stockVersion: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a person edits. */
export interface ProductText {
  readonly name: string;
  readonly nameEn: string | null;
  readonly category: string;
  /** In the smallest unit of the world's currency. */
  readonly price: number;
}

/** The most pieces one treasure can have: what an `integer` column holds. */
export const maxStock = 2_147_483_647;

/** Takes `units` out of what is free, or refuses with what is left. */
export function takeStock(product: Product, units: number): Decision<Product> {
  if (product.quantity < units) return refused('out-of-stock', { available: product.quantity });
  return done(withQuantity(product, product.quantity - units));
}

/** Gives back what was held or sold. */
export function returnStock(product: Product, units: number): Product {
  return withQuantity(product, product.quantity + units);
}

/** Restocks (`delta` above zero) or writes off (below); more than is free is refused. */
export function adjustStock(product: Product, delta: number): Decision<Product> {
  const quantity = product.quantity + delta;
  const facts = { available: product.quantity };
  if (quantity < 0 || quantity > maxStock) return refused('stock-below-zero', facts);
  return done({ ...withQuantity(product, quantity), stocked: product.stocked + delta });
}

function withQuantity(product: Product, quantity: number): Product {
  return { ...product, quantity, stockVersion: product.stockVersion + 1 };
}
