import type { Selectable } from 'kysely';
import type { Order } from '../domain/order.ts';
import type { Product } from '../domain/product.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { Tables } from './tables.ts';

/** A row of `product` as the domain sees it. */
export function productOf(row: Selectable<Tables['product']>): Product {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    nameEn: row.name_en,
    category: row.category,
    price: row.price,
    quantity: row.quantity,
    stocked: row.stocked,
    stockVersion: row.stock_version,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

/** The columns of a treasure, as JSON for `jsonb_to_recordset`. */
export function productRow(product: Product) {
  return {
    id: product.id,
    code: product.code,
    name: product.name,
    name_en: product.nameEn,
    category: product.category,
    price: product.price,
    quantity: product.quantity,
    stocked: product.stocked,
    stock_version: product.stockVersion,
    created_at: iso(product.createdAtMs),
    updated_at: iso(product.updatedAtMs),
  };
}

/** A row of `orders` as the domain sees it. */
export function orderOf(row: Selectable<Tables['orders']>): Order {
  return {
    id: row.id,
    productId: row.product_id,
    reservationId: row.reservation_id,
    quantity: row.quantity,
    unitPrice: row.unit_price,
    status: row.status,
    visitorId: row.visitor_id,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

/** The columns of an order, as JSON for `jsonb_to_recordset`. */
export function orderRow(order: Order) {
  return {
    id: order.id,
    product_id: order.productId,
    reservation_id: order.reservationId,
    quantity: order.quantity,
    unit_price: order.unitPrice,
    status: order.status,
    visitor_id: order.visitorId,
    created_at: iso(order.createdAtMs),
    updated_at: iso(order.updatedAtMs),
  };
}

/** A row of `reservation` as the domain sees it. */
export function reservationOf(row: Selectable<Tables['reservation']>): Reservation {
  return {
    id: row.id,
    productId: row.product_id,
    quantity: row.quantity,
    unitPrice: row.unit_price,
    reservedAtMs: row.reserved_at,
    expiresAtMs: row.expires_at,
    status: row.status,
    cancelReason: row.cancel_reason,
    decidedAtMs: row.decided_at,
    visitorId: row.visitor_id,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

/** The columns of a reservation, as JSON for `jsonb_to_recordset`. */
export function reservationRow(reservation: Reservation) {
  return {
    id: reservation.id,
    product_id: reservation.productId,
    quantity: reservation.quantity,
    unit_price: reservation.unitPrice,
    reserved_at: iso(reservation.reservedAtMs),
    expires_at: iso(reservation.expiresAtMs),
    status: reservation.status,
    cancel_reason: reservation.cancelReason,
    decided_at: reservation.decidedAtMs === null ? null : iso(reservation.decidedAtMs),
    visitor_id: reservation.visitorId,
    created_at: iso(reservation.createdAtMs),
    updated_at: iso(reservation.updatedAtMs),
  };
}

/** A time as SQL reads it. */
export function iso(timestamp: number): string {
  return new Date(timestamp).toISOString();
}
