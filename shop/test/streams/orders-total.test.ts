import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShopDriver } from './shop-driver.ts';

test('orders and units count what was placed; revenue leaves out what was cancelled', () => {
  using shop = new ShopDriver();

  shop.ordered('7', { quantity: 2, unitPrice: 500 });
  shop.ordered('7', { quantity: 1, unitPrice: 400 });
  shop.orderCancelled('7', { quantity: 2, unitPrice: 500 });

  assert.deepEqual(shop.driver.store(shop.stores.orders).get('7')?.value, {
    orders: 2,
    units: 3,
    revenue: 400,
    cancels: 1,
    cancelUnits: 2,
  });
});

test('a cancellation that names no order, and comes before any, counts as well', () => {
  using shop = new ShopDriver();

  shop.orderCancelled('M', { quantity: 3, unitPrice: 10 });

  const totals = shop.driver.store(shop.stores.orders).get('M')?.value;
  assert.deepEqual(totals, { orders: 0, units: 0, revenue: -30, cancels: 1, cancelUnits: 3 });
});

test('stock corrections are counted by reason, in pieces of either direction', () => {
  using shop = new ShopDriver();

  shop.adjusted('7', { delta: 20, reason: 'restock' });
  shop.adjusted('7', { delta: -3, reason: 'damage' });
  shop.adjusted('7', { delta: -2, reason: 'damage' });

  assert.deepEqual(shop.driver.store(shop.stores.stockAdjustments).get('7')?.value, {
    restock: { count: 1, units: 20 },
    damage: { count: 2, units: 5 },
    'bad-debt': { count: 0, units: 0 },
  });
});

test('one row has all totals of a treasure, whichever of them changed last', () => {
  using shop = new ShopDriver();

  shop.ordered('7', { quantity: 2, unitPrice: 500 });
  shop.viewed('7');
  shop.viewed('7');
  shop.reserved('7', 'r1', { quantity: 3 });
  shop.reserved('7', 'r2');
  shop.confirmed('7', 'r1');
  shop.cancelled('7', 'r2', { reason: 'EXPIRED' });

  const expected = {
    views: 2,
    orders: { orders: 1, units: 2, revenue: 1_000, cancels: 0, cancelUnits: 0 },
    made: { count: 2, units: 4 },
    confirmed: 1,
    cancelled: { count: 1, expired: 1 },
  };
  assert.deepEqual(shop.driver.read(shop.topics.stats).at(-1), ['7', expected]);
  assert.deepEqual(shop.driver.store(shop.stores.stats).get('7')?.value, expected);
});
