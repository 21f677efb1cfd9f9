import { unreachable } from '../domain/assert.ts';
import type * as commands from '../domain/command.ts';
import { cancelOrder, placeOrder } from '../domain/order.ts';
import { adjustStock, type Product } from '../domain/product.ts';
import { type Decision, done, refused } from '../domain/refusal.ts';
import {
  cancelReservation,
  confirmReservation,
  periodOf,
  type Reservation,
  reserve,
} from '../domain/reservation.ts';
import type { Surroundings } from '../domain/surroundings.ts';
import type { Books } from './books.ts';
import * as facts from './ledger-events.ts';

/** What a decision depends on besides the rows. */
export interface DecisionContext {
  /** The shop's IANA zone: reservations are for its days. */
  readonly zone: string;
  readonly surroundings: Surroundings;
}

type Answer = Decision<commands.CommandAnswer>;

/** Decides one command against the books; a refusal leaves them as they were. */
export function decideCommand(
  books: Books,
  request: commands.CommandRequest,
  context: DecisionContext,
): Answer {
  const { zone, surroundings } = context;
  const visitorId = request.visitorId ?? null;
  const who = { source: request.source, visitorId, surroundings, nowMs: surroundings.nowMs() };
  const { command } = request;
  switch (command.kind) {
    case 'place-order':
      return place(books, command, who);
    case 'cancel-order':
      return cancelPlaced(books, command, who);
    case 'reserve':
      return hold(books, command, { ...who, zone });
    case 'confirm-reservation':
      return confirm(books, command, who);
    case 'cancel-reservation':
      return cancelHeld(books, command, who);
    case 'adjust-stock':
      return adjust(books, command, who);
    case 'create-product':
      return create(books, command, who);
    case 'change-product':
      return change(books, command, who);
    default:
      return unreachable(command);
  }
}

type Who = facts.EventOrigin & { readonly visitorId: string | null };

function place(books: Books, { productId, quantity }: commands.PlaceOrder, who: Who): Answer {
  const product = books.products.get(productId);
  if (product === undefined) return refused('product-not-found', { productId });
  const { visitorId, nowMs } = who;
  const id = books.nextId('orders');
  const decision = placeOrder(product, { id, quantity, visitorId, nowMs });
  if (decision.kind === 'refused') return decision;
  books.products.change(decision.value.product);
  books.orders.add(decision.value.order);
  books.events.push(facts.orderCreated(decision.value, 'taken', who));
  return done({ orderId: id });
}

function cancelPlaced(books: Books, { orderId }: commands.CancelOrder, who: Who): Answer {
  const order = books.orders.get(orderId);
  const product = order && books.products.get(order.productId);
  if (!order || !product) return refused('order-not-found', { orderId });
  const decision = cancelOrder(order, product, who.nowMs);
  if (decision.kind === 'refused') return decision;
  books.products.change(decision.value.product);
  books.orders.change(decision.value.order);
  books.events.push(facts.orderCancelled(decision.value, who));
  return done({ orderId, status: decision.value.order.status });
}

function hold(
  books: Books,
  { productId, quantity, reserveDate }: commands.Reserve,
  who: Who & { readonly zone: string },
): Answer {
  const product = books.products.get(productId);
  if (product === undefined) return refused('product-not-found', { productId });
  const { visitorId, nowMs, zone } = who;
  const period = periodOf(reserveDate, zone, nowMs);
  if (period.kind === 'refused') return period;
  const id = books.nextId('reservation');
  const decision = reserve(product, { id, quantity, period: period.value, visitorId, nowMs });
  if (decision.kind === 'refused') return decision;
  books.products.change(decision.value.product);
  books.reservations.add(decision.value.reservation);
  books.events.push(facts.reservationCreated(decision.value, reserveDate, who));
  return done({ reservationId: id, expiresAtMs: period.value.expiresAtMs });
}

function confirm(books: Books, { reservationId }: commands.ConfirmReservation, who: Who): Answer {
  const found = heldBy(books, reservationId);
  if (found === undefined) return refused('reservation-not-found', { reservationId });
  const { reservation, product } = found;
  const id = books.nextId('orders');
  const decision = confirmReservation(reservation, product, { id, nowMs: who.nowMs });
  if (decision.kind === 'refused') return decision;
  books.reservations.change(decision.value.reservation);
  books.orders.add(decision.value.order);
  const origin = { ...who, visitorId: reservation.visitorId };
  books.events.push(facts.reservationConfirmed(decision.value, origin));
  books.events.push(facts.orderCreated(decision.value, 'was-held', origin));
  return done({ reservationId, orderId: id, status: 'CONFIRMED' });
}

function cancelHeld(
  books: Books,
  { reservationId, reason }: commands.CancelReservation,
  who: Who,
): Answer {
  const found = heldBy(books, reservationId);
  if (found === undefined) return refused('reservation-not-found', { reservationId });
  const { reservation, product } = found;
  const decision = cancelReservation(reservation, product, { reason, nowMs: who.nowMs });
  if (decision.kind === 'refused') return decision;
  books.products.change(decision.value.product);
  books.reservations.change(decision.value.reservation);
  const origin = { ...who, visitorId: reservation.visitorId };
  books.events.push(facts.reservationCancelled(decision.value, reason, origin));
  return done({ reservationId, status: 'CANCELLED' });
}

function heldBy(
  books: Books,
  reservationId: number,
): { readonly reservation: Reservation; readonly product: Product } | undefined {
  const reservation = books.reservations.get(reservationId);
  const product = reservation && books.products.get(reservation.productId);
  return reservation && product && { reservation, product };
}

function adjust(
  books: Books,
  { productId, delta, reason }: commands.AdjustStock,
  who: Who,
): Answer {
  const product = books.products.get(productId);
  if (product === undefined) return refused('product-not-found', { productId });
  const decision = adjustStock(product, delta);
  if (decision.kind === 'refused') return decision;
  books.products.change({ ...decision.value, updatedAtMs: who.nowMs });
  books.events.push(facts.stockAdjusted(decision.value, { delta, reason }, who));
  return done({ productId, quantity: decision.value.quantity });
}

function create(books: Books, { text, quantity }: commands.CreateProduct, who: Who): Answer {
  const id = books.nextId('product');
  const times = { createdAtMs: who.nowMs, updatedAtMs: who.nowMs };
  const stock = { quantity, stocked: quantity, stockVersion: 1 };
  const product: Product = { id, code: String(id), ...text, ...stock, ...times };
  books.products.add(product);
  books.events.push(facts.productChanged(product, who));
  if (quantity > 0) {
    const restock = { delta: quantity, reason: 'restock' } as const;
    books.events.push(facts.stockAdjusted(product, restock, who));
  }
  return done({ productId: id });
}

function change(books: Books, { productId, text }: commands.ChangeProduct, who: Who): Answer {
  const product = books.products.get(productId);
  if (product === undefined) return refused('product-not-found', { productId });
  const changed = { ...product, ...text, updatedAtMs: who.nowMs };
  books.products.change(changed);
  books.events.push(facts.productChanged(changed, who));
  return done({ productId });
}
