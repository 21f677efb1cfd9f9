import type { Bus } from '../bus/bus.ts';
import type { Reply } from '../bus/messages.ts';
import { ShopRequests } from '../bus/shop-requests.ts';
import { subjects } from '../bus/subjects.ts';
import type { CommandAnswer } from '../domain/command.ts';
import type { Surroundings } from '../domain/surroundings.ts';
import { addDays, dayOf } from '../domain/zoned-day.ts';
import type { ActionFrom, ActionResult, ShelfItem, ShopActions } from '../simulate/shop-actions.ts';
import type { Witness } from '../stats/counts.ts';

/** What customers in this process act on. */
export interface BusActionsParts {
  readonly bus: Bus;
  readonly witness: Witness;
  readonly zone: string;
  readonly surroundings: Pick<Surroundings, 'nowMs'>;
}

/** Treasures customers know of. */
const maxShelf = 100;
const source = 'simulate';

/** Customers in this process: they go through the bus, as requests over HTTP do. */
export class BusActions implements ShopActions {
  readonly #parts: BusActionsParts;
  readonly #requests: ShopRequests;

  constructor(parts: BusActionsParts) {
    this.#parts = parts;
    this.#requests = new ShopRequests(parts.bus);
  }

  async catalogue(): Promise<readonly ShelfItem[]> {
    const { reply } = await this.#requests.ask(subjects.listProducts, { size: maxShelf });
    return 'ok' in reply ? reply.ok.products : [];
  }

  async view({ id, code }: ShelfItem, visitorId?: string): Promise<void> {
    await this.#requests.ask(subjects.fetchProduct, { productId: id });
    await this.#parts.witness.viewed(code, { visitorId, source });
  }

  async here({ code }: ShelfItem, visitorId: string): Promise<void> {
    this.#parts.witness.presence(code, 'here', { visitorId, source });
  }

  async away({ code }: ShelfItem, visitorId: string): Promise<void> {
    this.#parts.witness.presence(code, 'away', { visitorId, source });
  }

  async order({ id }: ShelfItem, quantity: number, from: ActionFrom): Promise<ActionResult> {
    const body = { productId: id, quantity };
    const { reply } = await this.#requests.ask(subjects.createOrder, body, optionsOf(from));
    return resultOf(reply, 'orderId');
  }

  async cancelOrder(orderId: number, from: ActionFrom): Promise<ActionResult> {
    const options = optionsOf(from);
    const { reply } = await this.#requests.ask(subjects.cancelOrder, { orderId }, options);
    return resultOf(reply, 'orderId');
  }

  async reserve(
    { id }: ShelfItem,
    wish: { readonly quantity: number; readonly daysAhead: number },
    from: ActionFrom,
  ): Promise<ActionResult> {
    const { surroundings, zone } = this.#parts;
    const reserveDate = addDays(dayOf(surroundings.nowMs(), zone), wish.daysAhead);
    const body = { productId: id, quantity: wish.quantity, reserveDate };
    const { reply } = await this.#requests.ask(subjects.createReservation, body, optionsOf(from));
    return resultOf(reply, 'reservationId');
  }

  async confirm(reservationId: number, from: ActionFrom): Promise<ActionResult> {
    const body = { reservationId };
    const { reply } = await this.#requests.ask(subjects.confirmReservation, body, optionsOf(from));
    return resultOf(reply, 'reservationId');
  }

  async cancel(reservationId: number, from: ActionFrom): Promise<ActionResult> {
    const body = { reservationId };
    const { reply } = await this.#requests.ask(subjects.cancelReservation, body, optionsOf(from));
    return resultOf(reply, 'reservationId');
  }

  async restock({ id }: ShelfItem, pieces: number): Promise<void> {
    const body = { productId: id, delta: pieces, reason: 'restock' } as const;
    await this.#requests.ask(subjects.adjustStock, body, { headers: { Source: source } });
  }
}

function optionsOf({ visitorId, idempotencyKey }: ActionFrom) {
  return {
    headers: { 'Visitor-Id': visitorId, 'Idempotency-Key': idempotencyKey, Source: source },
  };
}

function resultOf(reply: Reply<CommandAnswer>, id: 'orderId' | 'reservationId'): ActionResult {
  if ('error' in reply) return { kind: 'refused', code: reply.error.code };
  return { kind: 'done', id: reply.ok[id] ?? 0 };
}
