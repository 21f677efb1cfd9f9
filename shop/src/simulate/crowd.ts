import type { Popularity } from './popularity.ts';
import type { Random } from './random.ts';
import type { ShelfItem } from './shop-actions.ts';

/** What a customer does with a page. */
export interface PageTurn {
  readonly kind: 'open' | 'stay' | 'leave';
  readonly item: ShelfItem;
  readonly visitorId: string;
}

/** How often an open page gives a sign of life. */
export const heartbeatMs = 10_000;

/** Customers who each have one page open, for five to sixty seconds, then another one. */
export class Crowd {
  readonly #random: Random;
  readonly #popularity: Popularity;
  readonly #customers: Customer[] = [];
  #names = 0;

  constructor(random: Random, popularity: Popularity) {
    this.#random = random;
    this.#popularity = popularity;
  }

  /** The visitor ids of those who are here. */
  get visitors(): readonly string[] {
    return this.#customers.map(({ visitorId }) => visitorId);
  }

  /** What happens until `nowMs` when `size` customers are in the shop. */
  *turns(nowMs: number, size: number, items: readonly ShelfItem[]): Generator<PageTurn> {
    while (this.#customers.length > size) yield* leave(this.#customers.pop());
    while (this.#customers.length < size) this.#customers.push(this.#enter(nowMs));
    for (const customer of this.#customers) {
      if (nowMs >= customer.leavesMs) yield* this.#turnPage(customer, nowMs, items);
      else if (customer.page && nowMs >= customer.nextSignMs) {
        customer.nextSignMs += heartbeatMs;
        yield { kind: 'stay', item: customer.page, visitorId: customer.visitorId };
      }
    }
  }

  #enter(nowMs: number): Customer {
    this.#names++;
    return {
      visitorId: `customer-${this.#names}`,
      page: undefined,
      // They do not all come through the door at once.
      leavesMs: nowMs + this.#random.integer(0, 3_000),
      nextSignMs: 0,
    };
  }

  *#turnPage(customer: Customer, nowMs: number, items: readonly ShelfItem[]): Generator<PageTurn> {
    yield* leave(customer);
    const page = this.#popularity.choose(items);
    customer.page = page;
    customer.leavesMs = nowMs + this.#random.integer(5_000, 60_000);
    customer.nextSignMs = nowMs + heartbeatMs;
    if (page !== undefined) yield { kind: 'open', item: page, visitorId: customer.visitorId };
  }
}

interface Customer {
  readonly visitorId: string;
  page: ShelfItem | undefined;
  leavesMs: number;
  nextSignMs: number;
}

function* leave(customer: Customer | undefined): Generator<PageTurn> {
  if (customer?.page === undefined) return;
  yield { kind: 'leave', item: customer.page, visitorId: customer.visitorId };
}
