import type { Popularity } from './popularity.ts';
import type { Random } from './random.ts';
import type { ActionFrom, ActionResult, ShelfItem, ShopActions } from './shop-actions.ts';

/** One decision of a customer; running it does it. */
export interface Errand {
  readonly kind: 'view' | 'order' | 'cancel-order' | 'reserve' | 'confirm' | 'cancel';
  readonly run: () => Promise<ActionResult | undefined>;
}

/** Whose shop, and what chance decides there. */
export interface ShoppingParts {
  readonly actions: ShopActions;
  readonly random: Random;
  readonly popularity: Popularity;
  /** Goes in front of each idempotency key, so that two runs never share one. */
  readonly keyPrefix: string;
}

/**
 * What a shop's customers decide: of a hundred, 88 look, five reserve, three confirm, two cancel
 * and two order. Some click twice.
 */
export class Shopping {
  readonly #parts: ShoppingParts;
  readonly #pending: number[] = [];
  readonly #orders: number[] = [];
  #keys = 0;

  constructor(parts: ShoppingParts) {
    this.#parts = parts;
  }

  /** The next errand, and its repetition where somebody clicks twice. */
  decide(items: readonly ShelfItem[], visitors: readonly string[]): readonly Errand[] {
    const { random, popularity } = this.#parts;
    const item = popularity.choose(items);
    if (item === undefined) return [];
    const from: ActionFrom = {
      visitorId: random.pick(visitors) ?? 'passer-by',
      idempotencyKey: `${this.#parts.keyPrefix}-${++this.#keys}`,
    };
    const errand = this.#choose(item, from);
    const isDouble = errand.kind !== 'view' && random.chance(doubleClicks);
    return isDouble ? [errand, errand] : [errand];
  }

  #choose(item: ShelfItem, from: ActionFrom): Errand {
    const { random } = this.#parts;
    const dice = random.next() * 100;
    if (dice < 88) return this.#view(item);
    if (dice < 93) return this.#reserve(item, from);
    if (dice < 96) return this.#settle('confirm', item, from);
    if (dice < 97.7) return this.#settle('cancel', item, from);
    if (dice < 98) return this.#cancelOrder(item, from);
    return this.#order(item, from);
  }

  #view(item: ShelfItem): Errand {
    const run = async (): Promise<undefined> => {
      await this.#parts.actions.view(item);
    };
    return { kind: 'view', run };
  }

  #order(item: ShelfItem, from: ActionFrom): Errand {
    const quantity = this.#parts.random.chance(0.8) ? 1 : this.#parts.random.integer(2, 4);
    const run = async (): Promise<ActionResult> =>
      remember(this.#orders, await this.#parts.actions.order(item, quantity, from));
    return { kind: 'order', run };
  }

  #reserve(item: ShelfItem, from: ActionFrom): Errand {
    const { random, actions } = this.#parts;
    const wish = { quantity: random.chance(0.85) ? 1 : 2, daysAhead: random.integer(0, 6) };
    const run = async (): Promise<ActionResult> =>
      remember(this.#pending, await actions.reserve(item, wish, from));
    return { kind: 'reserve', run };
  }

  #settle(kind: 'confirm' | 'cancel', item: ShelfItem, from: ActionFrom): Errand {
    const id = take(this.#pending, this.#parts.random);
    if (id === undefined) return this.#view(item);
    return { kind, run: () => this.#parts.actions[kind](id, from) };
  }

  #cancelOrder(item: ShelfItem, from: ActionFrom): Errand {
    const id = take(this.#orders, this.#parts.random);
    if (id === undefined) return this.#view(item);
    return { kind: 'cancel-order', run: () => this.#parts.actions.cancelOrder(id, from) };
  }
}

const doubleClicks = 0.03;
/** Ids that customers still know; older ones are forgotten. */
const maxRemembered = 500;

function remember(ids: number[], result: ActionResult): ActionResult {
  if (result.kind === 'done' && !ids.includes(result.id)) {
    ids.push(result.id);
    if (ids.length > maxRemembered) ids.shift();
  }
  return result;
}

function take(ids: number[], random: Random): number | undefined {
  const [id] = ids.splice(random.integer(0, ids.length - 1), 1);
  return id;
}
