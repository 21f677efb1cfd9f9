import { newOrder, type OrderChange } from './order.ts';
import { type Product, returnStock, takeStock } from './product.ts';
import { type Decision, done, refused } from './refusal.ts';
import { addDays, dayOf, isRealDay, startOfDayMs } from './zoned-day.ts';

/** Pieces of one treasure, held for a day until somebody decides. */
export interface Reservation {
  readonly id: number;
  readonly productId: number;
  readonly quantity: number;
  /** The price of one piece when it was reserved. */
  readonly unitPrice: number;
  /** Start of the chosen day in the shop's zone. */
  readonly reservedAtMs: number;
  /** End of that day, exclusive: then it is cancelled as `EXPIRED`. */
  readonly expiresAtMs: number;
  readonly status: ReservationStatus;
  readonly cancelReason: CancelReason | null;
  readonly decidedAtMs: number | null;
  readonly visitorId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type ReservationStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLED';
export type CancelReason = 'CUSTOMER' | 'EXPIRED';

/** The most pieces of one reservation. */
export const maxReservationQuantity = 10;
/** How many days ahead a reservation may be. Today is day 0. */
export const maxReserveDaysAhead = 30;

/** What a reservation changes. */
export interface ReservationChange {
  readonly product: Product;
  readonly reservation: Reservation;
}

/** Who reserves what for when, with the id the reservation will have. */
export interface ReservationRequest {
  readonly id: number;
  readonly quantity: number;
  readonly period: ReservationPeriod;
  readonly visitorId: string | null;
  readonly nowMs: number;
}

/** The chosen day as `[reservedAtMs, expiresAtMs)`. */
export interface ReservationPeriod {
  readonly reservedAtMs: number;
  readonly expiresAtMs: number;
}

/** The period of `day` ("2026-02-16"); refuses days that are past, too far or not real. */
export function periodOf(day: string, zone: string, nowMs: number): Decision<ReservationPeriod> {
  if (!isRealDay(day)) return refused('date-not-real', { reserveDate: day });
  const today = dayOf(nowMs, zone);
  if (day < today) return refused('date-in-past', { reserveDate: day, today });
  const last = addDays(today, maxReserveDaysAhead);
  if (day > last) return refused('date-too-far', { reserveDate: day, last });
  return done({
    reservedAtMs: startOfDayMs(day, zone),
    expiresAtMs: startOfDayMs(addDays(day, 1), zone),
  });
}

/** – → `PENDING`: holds the pieces, or refuses. */
export function reserve(
  product: Product,
  request: ReservationRequest,
): Decision<ReservationChange> {
  const taken = takeStock(product, request.quantity);
  if (taken.kind === 'refused') return taken;
  return done({ product: taken.value, reservation: newReservation(product, request) });
}

/** `PENDING` → `CONFIRMED`, with an order for the pieces that are already held. */
export function confirmReservation(
  reservation: Reservation,
  product: Product,
  order: { readonly id: number; readonly nowMs: number },
): Decision<ReservationChange & OrderChange> {
  const decided = refuseDecided(reservation);
  if (decided !== undefined) return decided;
  const { quantity, visitorId } = reservation;
  return done({
    product,
    reservation: decide(reservation, 'CONFIRMED', { reason: null, nowMs: order.nowMs }),
    order: newOrder(product, { ...order, quantity, visitorId }, reservation),
  });
}

/** `PENDING` → `CANCELLED`: gives the pieces back, once. */
export function cancelReservation(
  reservation: Reservation,
  product: Product,
  decision: { readonly reason: CancelReason; readonly nowMs: number },
): Decision<ReservationChange> {
  const decided = refuseDecided(reservation);
  if (decided !== undefined) return decided;
  return done({
    product: returnStock(product, reservation.quantity),
    reservation: decide(reservation, 'CANCELLED', decision),
  });
}

function newReservation(product: Product, request: ReservationRequest): Reservation {
  return {
    id: request.id,
    productId: product.id,
    quantity: request.quantity,
    unitPrice: product.price,
    ...request.period,
    status: 'PENDING',
    cancelReason: null,
    decidedAtMs: null,
    visitorId: request.visitorId,
    createdAtMs: request.nowMs,
    updatedAtMs: request.nowMs,
  };
}

function refuseDecided({ id, status }: Reservation): Decision<never> | undefined {
  if (status === 'PENDING') return undefined;
  const code = status === 'CONFIRMED' ? 'already-confirmed' : 'already-cancelled';
  return refused(code, { reservationId: id });
}

function decide(
  reservation: Reservation,
  status: ReservationStatus,
  { reason, nowMs }: { readonly reason: CancelReason | null; readonly nowMs: number },
): Reservation {
  return { ...reservation, status, cancelReason: reason, decidedAtMs: nowMs, updatedAtMs: nowMs };
}
