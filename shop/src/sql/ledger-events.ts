import type { EventSource, StockReason } from '../domain/command.ts';
import type { OrderChange } from '../domain/order.ts';
import type { Product } from '../domain/product.ts';
import type { CancelReason, ReservationChange } from '../domain/reservation.ts';
import type { Surroundings } from '../domain/surroundings.ts';
import type { EventOf, EventType } from '../events/event-schemas.ts';
import { uuidV7 } from '../events/uuid-v7.ts';

/** Where and when a fact came to be. */
export interface EventOrigin {
  readonly source: EventSource;
  readonly visitorId: string | null;
  readonly nowMs: number;
  readonly surroundings: Surroundings;
}

/** An order was made: its pieces were taken now, or were held by its reservation. */
export function orderCreated(
  { product, order }: OrderChange,
  pieces: 'taken' | 'was-held',
  origin: EventOrigin,
): EventOf<'order.created'> {
  return {
    ...common('order.created', product, origin),
    orderId: String(order.id),
    quantity: order.quantity,
    unitPrice: order.unitPrice,
    ...(order.reservationId === null ? {} : { reservationId: String(order.reservationId) }),
    ...(pieces === 'taken' ? stockOf(product) : {}),
  };
}

/** An order was taken back. */
export function orderCancelled(
  { product, order }: OrderChange,
  origin: EventOrigin,
): EventOf<'order.cancelled'> {
  return {
    ...common('order.cancelled', product, { ...origin, visitorId: order.visitorId }),
    orderId: String(order.id),
    quantity: order.quantity,
    unitPrice: order.unitPrice,
    ...stockOf(product),
  };
}

/** Pieces were held for a day. */
export function reservationCreated(
  { product, reservation }: ReservationChange,
  reserveDate: string,
  origin: EventOrigin,
): EventOf<'reservation.created'> {
  return {
    ...common('reservation.created', product, origin),
    reservationId: String(reservation.id),
    quantity: reservation.quantity,
    unitPrice: reservation.unitPrice,
    reserveDate,
    ...stockOf(product),
  };
}

/** A reservation became an order. */
export function reservationConfirmed(
  { product, reservation, order }: ReservationChange & OrderChange,
  origin: EventOrigin,
): EventOf<'reservation.confirmed'> {
  return {
    ...common('reservation.confirmed', product, origin),
    reservationId: String(reservation.id),
    orderId: String(order.id),
    quantity: reservation.quantity,
  };
}

/** A reservation was given up, by the customer or by the end of its day. */
export function reservationCancelled(
  { product, reservation }: ReservationChange,
  reason: CancelReason,
  origin: EventOrigin,
): EventOf<'reservation.cancelled'> {
  return {
    ...common('reservation.cancelled', product, origin),
    reservationId: String(reservation.id),
    quantity: reservation.quantity,
    reason,
    ...stockOf(product),
  };
}

/** Pieces came in or were written off. */
export function stockAdjusted(
  product: Product,
  { delta, reason }: { readonly delta: number; readonly reason: StockReason },
  origin: EventOrigin,
): EventOf<'stock.adjusted'> {
  return { ...common('stock.adjusted', product, origin), delta, reason, ...stockOf(product) };
}

/** The whole text of a treasure, new or edited. */
export function productChanged(product: Product, origin: EventOrigin): EventOf<'product.changed'> {
  return {
    ...common('product.changed', product, origin),
    productId: product.id,
    name: product.name,
    ...(product.nameEn === null ? {} : { nameEn: product.nameEn }),
    price: product.price,
    category: product.category,
  };
}

function common<const T extends EventType>(type: T, product: Product, origin: EventOrigin) {
  return {
    v: 1 as const,
    id: uuidV7(origin.surroundings),
    type,
    occurredAt: origin.nowMs,
    source: origin.source,
    productCode: product.code,
    ...(origin.visitorId === null ? {} : { visitorId: origin.visitorId }),
  };
}

function stockOf(product: Product) {
  return { stockAfter: product.quantity, stockVersion: product.stockVersion };
}
