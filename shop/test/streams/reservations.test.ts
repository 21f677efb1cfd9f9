import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  learn,
  type ReservationEvent,
  statusOf,
} from '../../src/streams/reservations/reservation-state.ts';
import { noon, ShopDriver } from './shop-driver.ts';

const minuteMs = 60_000;

test('a reservation waits until it is confirmed or cancelled', () => {
  using shop = new ShopDriver();
  const now = (code: string) => shop.driver.store(shop.stores.reservationsNow).get(code)?.value;

  shop.reserved('7', 'r1');
  shop.reserved('7', 'r2');
  shop.reserved('7', 'r3');
  assert.equal(now('7')?.pending, 3);

  shop.confirmed('7', 'r1', { occurredAt: noon + minuteMs });
  shop.cancelled('7', 'r2', { occurredAt: noon + 3 * minuteMs, reason: 'EXPIRED' });

  assert.deepEqual(now('7'), {
    pending: 1,
    confirmed: 1,
    cancelled: 1,
    expired: 1,
    conflicts: 0,
    decideMs: 4 * minuteMs,
  });
  assert.deepEqual(shop.driver.read(shop.topics.reservationsNow).at(-1), ['7', now('7')]);
});

test('a reservation that is cancelled twice counts once', () => {
  using shop = new ShopDriver();

  shop.reserved('7', 'r1');
  shop.cancelled('7', 'r1');
  shop.cancelled('7', 'r1');

  const now = shop.driver.store(shop.stores.reservationsNow).get('7')?.value;
  assert.equal(now?.cancelled, 1);
  assert.equal(now?.conflicts, 0);
  // The counter of events tells what was heard, the table what is so.
  assert.equal(shop.driver.store(shop.stores.reservationsCancelled).get('7')?.value.count, 2);
});

test('of two decisions the earlier one stands, and the other is counted as a conflict', () => {
  using shop = new ShopDriver();

  shop.reserved('7', 'r1');
  shop.cancelled('7', 'r1', { occurredAt: noon + 2 * minuteMs });
  shop.confirmed('7', 'r1', { occurredAt: noon + minuteMs });

  const now = shop.driver.store(shop.stores.reservationsNow).get('7')?.value;
  assert.deepEqual([now?.pending, now?.confirmed, now?.cancelled, now?.conflicts], [0, 1, 0, 1]);
});

test('a decision that is seen before its reservation waits for it', () => {
  using shop = new ShopDriver();

  shop.cancelled('7', 'r1');
  assert.equal(shop.driver.store(shop.stores.reservationsNow).get('7'), undefined);
  shop.reserved('7', 'r1');

  assert.equal(shop.driver.store(shop.stores.reservationsNow).get('7')?.value.cancelled, 1);
});

test('a reservation without an id is counted as made, and has no state', () => {
  using shop = new ShopDriver();

  shop.reserved('5809910', undefined, { quantity: 2 });
  shop.cancelled('5809910', undefined);

  const made = shop.driver.store(shop.stores.reservationsMade).get('5809910')?.value;
  assert.deepEqual(made, { count: 1, units: 2 });
  assert.equal(shop.driver.store(shop.stores.reservationsNow).get('5809910'), undefined);
  assert.deepEqual([...shop.driver.store(shop.stores.reservations).range()], []);
});

test('the state of a reservation knows neither the order nor repetitions of events', () => {
  const common = { v: 1, source: 'api', productCode: '7', quantity: 1, id: '' } as const;
  const time = fc.integer({ min: 0, max: 3 });
  const event: fc.Arbitrary<ReservationEvent> = fc.oneof(
    time.map((occurredAt) => {
      return { ...common, type: 'reservation.created', occurredAt, unitPrice: 1 } as const;
    }),
    time.map((occurredAt) => {
      return { ...common, type: 'reservation.confirmed', occurredAt } as const;
    }),
    fc.record({ occurredAt: time, reason: fc.constantFrom('CUSTOMER', 'EXPIRED') }).map((told) => {
      return { ...common, type: 'reservation.cancelled', ...told } as const;
    }),
  );
  const state = (events: readonly ReservationEvent[]) => events.reduce(learn, {});

  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 6 }).chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray([...events, ...events], {
            minLength: 2 * events.length,
            maxLength: 2 * events.length,
          }),
        ),
      ),
      ([events, shuffledTwice]) => {
        assert.deepEqual(state(shuffledTwice), state(events));
        assert.equal(statusOf(state(shuffledTwice)), statusOf(state(events)));
      },
    ),
  );
});
