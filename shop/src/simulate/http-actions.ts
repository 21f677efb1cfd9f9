import type { Surroundings } from '../domain/surroundings.ts';
import { addDays, dayOf } from '../domain/zoned-day.ts';
import type { ActionFrom, ActionResult, ShelfItem, ShopActions } from './shop-actions.ts';

/** A shop that is reached over HTTP. */
export interface HttpActionsParts {
  /** Such as `http://127.0.0.1:8080`. */
  readonly address: string;
  /** The shop's zone: days of reservations are its days. */
  readonly zone: string;
  readonly surroundings: Pick<Surroundings, 'nowMs'>;
  /** Told how long each answer took, in milliseconds. */
  readonly onAnswer?: (tookMs: number) => void;
}

/** The shop answered with a failure of its own. */
export class ShopFailureError extends Error {
  override readonly name = 'ShopFailureError';
}

/** Customers of a running shop. A page they open counts as a sign of life; none is given later. */
export class HttpActions implements ShopActions {
  readonly #parts: HttpActionsParts;

  constructor(parts: HttpActionsParts) {
    this.#parts = parts;
  }

  async catalogue(): Promise<readonly ShelfItem[]> {
    const { body } = await this.#ask('GET', '/api/products?size=100');
    const items = field(body, 'result');
    return Array.isArray(items) ? items.filter(isShelfItem) : [];
  }

  async view({ id }: ShelfItem, visitorId?: string): Promise<void> {
    const headers = visitorId === undefined ? {} : { 'x-visitor-id': visitorId };
    await this.#ask('GET', `/api/products/${id}?waitMs=0`, { headers });
  }

  async here(): Promise<void> {}

  async away(): Promise<void> {}

  order({ id }: ShelfItem, quantity: number, from: ActionFrom): Promise<ActionResult> {
    return this.#act('/api/orders', { productId: id, quantity }, from);
  }

  cancelOrder(orderId: number, from: ActionFrom): Promise<ActionResult> {
    return this.#act(`/api/orders/${orderId}/cancel`, undefined, from);
  }

  reserve(
    { id }: ShelfItem,
    wish: { readonly quantity: number; readonly daysAhead: number },
    from: ActionFrom,
  ): Promise<ActionResult> {
    const { zone, surroundings } = this.#parts;
    const reserveDate = addDays(dayOf(surroundings.nowMs(), zone), wish.daysAhead);
    const body = { productId: id, quantity: wish.quantity, reserveDate };
    return this.#act('/api/reservations', body, from);
  }

  confirm(reservationId: number, from: ActionFrom): Promise<ActionResult> {
    return this.#act(`/api/reservations/${reservationId}/confirm`, undefined, from);
  }

  cancel(reservationId: number, from: ActionFrom): Promise<ActionResult> {
    return this.#act(`/api/reservations/${reservationId}/cancel`, undefined, from);
  }

  async restock({ id }: ShelfItem, pieces: number): Promise<void> {
    const body = { delta: pieces, reason: 'restock' };
    await this.#ask('POST', `/api/products/${id}/stock`, { body });
  }

  async #act(path: string, body: object | undefined, from: ActionFrom): Promise<ActionResult> {
    const headers = { 'x-visitor-id': from.visitorId, 'idempotency-key': from.idempotencyKey };
    const answer = await this.#ask(
      'POST',
      path,
      body === undefined ? { headers } : { headers, body },
    );
    if (answer.status >= 400) {
      return { kind: 'refused', code: String(field(answer.body, 'code')) };
    }
    const result = field(answer.body, 'result');
    const id = field(result, 'orderId') ?? field(result, 'reservationId');
    return { kind: 'done', id: typeof id === 'number' ? id : 0 };
  }

  /** A refusal is an answer; what the shop could not do is a failure. */
  async #ask(method: string, path: string, request: Request = {}): Promise<Answer> {
    const { address, onAnswer } = this.#parts;
    const { headers, body } = request;
    const startMs = performance.now();
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    onAnswer?.(performance.now() - startMs);
    if (response.status < 500) return { status: response.status, body: answer };
    throw new ShopFailureError(`${method} ${path}: ${response.status} ${field(answer, 'code')}`);
  }
}

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function isShelfItem(value: unknown): value is ShelfItem {
  return typeof field(value, 'id') === 'number' && typeof field(value, 'quantity') === 'number';
}
