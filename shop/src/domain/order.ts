import { type Product, returnStock, takeStock } from './product.ts';
import { type Decision, done, refused } from './refusal.ts';

/** Pieces of one treasure, bought. */
export interface Order {
  readonly id: number;
  readonly productId: number;
  /** The reservation it came from; null for an order placed at once. */
  readonly reservationId: number | null;
  readonly quantity: number;
  /** The price of one piece when it was ordered. */
  readonly unitPrice: number;
  readonly status: OrderStatus;
  readonly visitorId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type OrderStatus = 'COMPLETED' | 'CANCELLED';

/** The most pieces of one order. */
export const maxOrderQuantity = 99;

/** What an order changes: the treasure's stock and the order's own row. */
export interface OrderChange {
  readonly product: Product;
  readonly order: Order;
}

/** Who orders what, with the id the order will have. */
export interface OrderRequest {
  readonly id: number;
  readonly quantity: number;
  readonly visitorId: string | null;
  readonly nowMs: number;
}

/** – → `COMPLETED`: takes the pieces, or refuses. */
export function placeOrder(product: Product, request: OrderRequest): Decision<OrderChange> {
  const taken = takeStock(product, request.quantity);
  if (taken.kind === 'refused') return taken;
  return done({ product: taken.value, order: newOrder(product, request, null) });
}

/** `COMPLETED` → `CANCELLED`: gives the pieces back, once. */
export function cancelOrder(order: Order, product: Product, nowMs: number): Decision<OrderChange> {
  if (order.status !== 'COMPLETED') return refused('already-cancelled', { orderId: order.id });
  return done({
    product: returnStock(product, order.quantity),
    order: { ...order, status: 'CANCELLED', updatedAtMs: nowMs },
  });
}

/** The row of an order whose pieces are already taken. */
export function newOrder(
  product: Product,
  request: OrderRequest,
  reservation: { readonly id: number; readonly unitPrice: number } | null,
): Order {
  return {
    id: request.id,
    productId: product.id,
    reservationId: reservation?.id ?? null,
    quantity: request.quantity,
    unitPrice: reservation?.unitPrice ?? product.price,
    status: 'COMPLETED',
    visitorId: request.visitorId,
    createdAtMs: request.nowMs,
    updatedAtMs: request.nowMs,
  };
}
