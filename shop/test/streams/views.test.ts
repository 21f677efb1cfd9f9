import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShopDriver } from './shop-driver.ts';

test('each view of a treasure raises its count by one', () => {
  using shop = new ShopDriver();

  for (let click = 0; click < 3; click++) shop.viewed('7');
  shop.viewed('8');

  assert.deepEqual(shop.driver.read(shop.topics.viewCount), [
    ['7', 1],
    ['7', 2],
    ['7', 3],
    ['8', 1],
  ]);
  assert.deepEqual(shop.driver.store(shop.stores.views).get('7'), {
    value: 3,
    timestamp: shop.nowMs,
  });
});
