import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cancelOrder, type Order, placeOrder } from '../../src/domain/order.ts';
import { adjustStock, type Product } from '../../src/domain/product.ts';
import type { Decision } from '../../src/domain/refusal.ts';
import {
  cancelReservation,
  confirmReservation,
  periodOf,
  type Reservation,
  reserve,
} from '../../src/domain/reservation.ts';

const nowMs = Date.parse('2026-02-15T08:00:00Z');
const zone = 'Asia/Seoul';
const period = { reservedAtMs: nowMs, expiresAtMs: nowMs + 86_400_000 };

test('an order takes its pieces, keeps the price and raises the stock version', () => {
  const change = value(placeOrder(compass(3), orderRequest(2)));

  assert.equal(change.product.quantity, 1);
  assert.equal(change.product.stockVersion, 1);
  assert.equal(change.order.status, 'COMPLETED');
  assert.equal(change.order.unitPrice, 500);
});

test('an order for more than is left is refused with what is left', () => {
  assert.deepEqual(placeOrder(compass(1), orderRequest(2)), {
    kind: 'refused',
    refusal: { code: 'out-of-stock', facts: { available: 1 } },
  });
});

test('a cancelled order gives its pieces back once', () => {
  const placed = value(placeOrder(compass(3), orderRequest(2)));
  const cancelled = value(cancelOrder(placed.order, placed.product, nowMs));

  assert.equal(cancelled.product.quantity, 3);
  assert.equal(code(cancelOrder(cancelled.order, cancelled.product, nowMs)), 'already-cancelled');
});

test('a confirmation makes an order at the reserved price and leaves the stock alone', () => {
  const held = value(reserve(compass(3), reservationRequest(2)));
  const dearer = { ...held.product, price: 900 };
  const confirmed = value(confirmReservation(held.reservation, dearer, { id: 7, nowMs }));

  assert.equal(confirmed.product.quantity, 1);
  assert.equal(confirmed.order.unitPrice, 500);
  assert.equal(confirmed.order.reservationId, held.reservation.id);
  assert.equal(confirmed.reservation.status, 'CONFIRMED');
});

test('a reservation is decided once: what was confirmed or cancelled refuses both', () => {
  const held = value(reserve(compass(3), reservationRequest(1)));
  const confirmed = value(confirmReservation(held.reservation, held.product, { id: 7, nowMs }));
  const expiry = { reason: 'EXPIRED', nowMs } as const;
  const expired = value(cancelReservation(held.reservation, held.product, expiry));

  for (const decide of [confirm, cancel]) {
    assert.equal(code(decide(confirmed.reservation)), 'already-confirmed');
    assert.equal(code(decide(expired.reservation)), 'already-cancelled');
  }
});

test('stock can be written off down to zero and no further', () => {
  assert.equal(value(adjustStock(compass(3), -3)).quantity, 0);
  assert.equal(code(adjustStock(compass(3), -4)), 'stock-below-zero');
});

test('a day can be reserved from today until 30 days ahead, in the zone of the shop', () => {
  // 15:30 UTC is half past midnight of the next day in Seoul.
  const afterMidnight = Date.parse('2026-02-15T15:30:00Z');

  assert.deepEqual(value(periodOf('2026-02-16', zone, afterMidnight)), {
    reservedAtMs: Date.parse('2026-02-16T00:00:00+09:00'),
    expiresAtMs: Date.parse('2026-02-17T00:00:00+09:00'),
  });
  assert.equal(code(periodOf('2026-02-15', zone, afterMidnight)), 'date-in-past');
  assert.equal(periodOf('2026-03-18', zone, afterMidnight).kind, 'done');
  assert.equal(code(periodOf('2026-03-19', zone, afterMidnight)), 'date-too-far');
  assert.equal(code(periodOf('2026-02-30', zone, afterMidnight)), 'date-not-real');
});

test('whatever is done, free + held + sold is what was put in stock', () => {
  const action = fc.record({
    kind: fc.constantFrom('order', 'reserve', 'confirm', 'cancel', 'cancel-order', 'adjust'),
    pick: fc.nat(20),
    units: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      let books: Books = { product: compass(20), orders: [], reservations: [] };
      for (const { kind, pick, units } of actions) {
        books = next(books, { kind, pick, units });
        const held = sum(books.reservations.filter(({ status }) => status === 'PENDING'));
        const sold = sum(books.orders.filter(({ status }) => status === 'COMPLETED'));
        assert.equal(books.product.stocked, books.product.quantity + held + sold);
        assert.ok(books.product.quantity >= 0);
      }
    }),
  );
});

interface Books {
  readonly product: Product;
  readonly orders: readonly Order[];
  readonly reservations: readonly Reservation[];
}

interface Action {
  readonly kind: string;
  readonly pick: number;
  readonly units: number;
}

function next(books: Books, { kind, pick, units }: Action): Books {
  const { product, orders, reservations } = books;
  const decision = decide(books, { kind, pick, units });
  if (decision === undefined || decision.kind === 'refused') return books;
  const { order, reservation } = decision.value;
  return {
    product: decision.value.product ?? product,
    orders: order === undefined ? orders : withRow(orders, order),
    reservations: reservation === undefined ? reservations : withRow(reservations, reservation),
  };
}

function decide(
  { product, orders, reservations }: Books,
  { kind, pick, units }: Action,
): Decision<{ product?: Product; order?: Order; reservation?: Reservation }> | undefined {
  const order = orders[pick % Math.max(1, orders.length)];
  const reservation = reservations[pick % Math.max(1, reservations.length)];
  const id = orders.length + 1;
  if (kind === 'order') return placeOrder(product, { ...orderRequest(units), id });
  if (kind === 'reserve') {
    return reserve(product, { ...reservationRequest(units), id: reservations.length + 1 });
  }
  if (kind === 'cancel-order') return order && cancelOrder(order, product, nowMs);
  if (kind === 'adjust') {
    const adjusted = adjustStock(product, units - 3);
    return adjusted.kind === 'refused'
      ? adjusted
      : { kind: 'done', value: { product: adjusted.value } };
  }
  if (reservation === undefined) return undefined;
  if (kind === 'confirm') return confirmReservation(reservation, product, { id, nowMs });
  return cancelReservation(reservation, product, { reason: 'CUSTOMER', nowMs });
}

function withRow<T extends { readonly id: number }>(rows: readonly T[], row: T): readonly T[] {
  return [...rows.filter(({ id }) => id !== row.id), row];
}

function sum(rows: readonly { readonly quantity: number }[]): number {
  return rows.reduce((units, { quantity }) => units + quantity, 0);
}

function confirm(reservation: Reservation): Decision<unknown> {
  return confirmReservation(reservation, compass(3), { id: 8, nowMs });
}

function cancel(reservation: Reservation): Decision<unknown> {
  return cancelReservation(reservation, compass(3), { reason: 'CUSTOMER', nowMs });
}

function compass(quantity: number): Product {
  const text = { name: '별길 나침반', nameEn: 'Star-path Compass', category: 'navigation' };
  const stock = { quantity, stocked: quantity, stockVersion: 0 };
  return { id: 1, code: '1', ...text, price: 500, ...stock, createdAtMs: 0, updatedAtMs: 0 };
}

function orderRequest(quantity: number) {
  return { id: 1, quantity, visitorId: 'ada', nowMs };
}

function reservationRequest(quantity: number) {
  return { id: 1, quantity, period, visitorId: 'ada', nowMs };
}

function value<T>(decision: Decision<T>): T {
  assert.equal(decision.kind, 'done');
  if (decision.kind !== 'done') throw new Error('unreachable');
  return decision.value;
}

function code(decision: Decision<unknown>): string | undefined {
  return decision.kind === 'refused' ? decision.refusal.code : undefined;
}
