import type { Order } from '../domain/order.ts';
import type { Product } from '../domain/product.ts';
import type { Reservation } from '../domain/reservation.ts';
import { isoInZone } from '../domain/zoned-day.ts';
import type { ViewCounts } from '../stats/counts.ts';

/** A treasure as answers show it: no more of its row than anybody may know. */
export function presentProduct(product: Product, zone: string) {
  const { id, code, name, nameEn, category, price, quantity } = product;
  return {
    id,
    code,
    name,
    nameEn,
    category,
    price,
    quantity,
    createdAt: isoInZone(product.createdAtMs, zone),
    updatedAt: isoInZone(product.updatedAtMs, zone),
  };
}

/** A treasure with what is counted of it. */
export function presentViewed(
  product: Product,
  { counts, viewers }: { readonly counts: ViewCounts; readonly viewers: number | null },
  zone: string,
) {
  return {
    ...presentProduct(product, zone),
    viewCount: counts.today,
    viewCountTotal: counts.total,
    viewers,
    stats: { ...counts.state, asOf: isoInZone(counts.asOfMs, zone), day: counts.day, zone },
  };
}

/** An order with its treasure. */
export function presentOrder(order: Order, product: Product, zone: string) {
  const { id, quantity, unitPrice, status, reservationId } = order;
  return {
    id,
    quantity,
    unitPrice,
    status,
    reservationId,
    createdAt: isoInZone(order.createdAtMs, zone),
    updatedAt: isoInZone(order.updatedAtMs, zone),
    product: presentProduct(product, zone),
  };
}

/** A reservation with its treasure. */
export function presentReservation(reservation: Reservation, product: Product, zone: string) {
  const { id, quantity, unitPrice, status, cancelReason, decidedAtMs } = reservation;
  return {
    id,
    quantity,
    unitPrice,
    status,
    cancelReason,
    reservedAt: isoInZone(reservation.reservedAtMs, zone),
    expiresAt: isoInZone(reservation.expiresAtMs, zone),
    decidedAt: decidedAtMs === null ? null : isoInZone(decidedAtMs, zone),
    createdAt: isoInZone(reservation.createdAtMs, zone),
    updatedAt: isoInZone(reservation.updatedAtMs, zone),
    product: presentProduct(product, zone),
  };
}
