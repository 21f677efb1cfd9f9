import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noon, ShopDriver } from './shop-driver.ts';

test('what is ordered, reserved, confirmed and cancelled is news; a look is not', () => {
  using shop = new ShopDriver();

  shop.viewed('7');
  shop.ordered('7', { quantity: 2 });
  shop.reserved('8', 'r1');
  shop.confirmed('8', 'r1');

  const ticks = shop.driver.read(shop.topics.ticker).map(([code, tick]) => [code, tick?.type]);
  assert.deepEqual(ticks, [
    ['7', 'order.created'],
    ['8', 'reservation.created'],
    ['8', 'reservation.confirmed'],
  ]);
});

test('fifty events of a second are told, and the next one says how many were not', () => {
  using shop = new ShopDriver();

  for (let n = 0; n < 60; n++) shop.ordered('7', { occurredAt: noon });
  shop.ordered('7', { occurredAt: noon + 1_000 });
  shop.ordered('7', { occurredAt: noon + 1_001 });

  const skipped = shop.driver.read(shop.topics.ticker).map(([, tick]) => tick?.skipped);
  assert.equal(skipped.length, 52);
  assert.deepEqual(skipped.slice(-3), [0, 10, 0]);
});
