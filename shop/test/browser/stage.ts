import type { BrowserContextOptions } from 'playwright-core';
import type { RunningShop } from './running-shop.ts';
import type { Visitor } from './visitor.ts';

/** What the scenarios play on: one open shop and one browser, which they share. */
export interface Stage {
  readonly shop: () => RunningShop;
  /** Somebody new, who speaks Korean unless told otherwise. */
  readonly come: (options?: BrowserContextOptions) => Promise<Visitor>;
}
