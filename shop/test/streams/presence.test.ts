import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShopDriver } from './shop-driver.ts';

const told = (shop: ShopDriver) => shop.driver.read(shop.topics.viewers);

test('viewers are counted by visitor, and told once a second', () => {
  using shop = new ShopDriver();

  shop.present('7', 'here', 'ada');
  shop.present('7', 'here', 'bob');
  shop.present('7', 'here', 'ada');
  shop.present('8', 'here', 'bob');
  assert.deepEqual(told(shop), []);

  shop.advance(1_000);
  assert.deepEqual(told(shop), [
    ['7', 2],
    ['8', 1],
  ]);
  shop.advance(1_000);
  assert.deepEqual(told(shop), [], 'nothing has changed');
});

test('who leaves is gone at once, who gives no sign is gone after thirty seconds', () => {
  using shop = new ShopDriver();
  shop.present('7', 'here', 'ada');
  shop.present('7', 'here', 'bob');
  shop.present('7', 'here', 'eve');
  shop.advance(1_000);
  assert.deepEqual(told(shop), [['7', 3]]);

  shop.present('7', 'away', 'eve');
  shop.advance(19_000);
  assert.deepEqual(told(shop), [['7', 2]]);

  shop.present('7', 'here', 'ada');
  shop.advance(10_000);
  assert.deepEqual(told(shop), [['7', 1]]);

  shop.advance(20_000);
  assert.deepEqual(told(shop), [['7', 0]]);
});

test('a view is a sign of its visitor; one without visitor is none', () => {
  using shop = new ShopDriver();

  shop.viewed('7', { visitorId: 'ada' });
  shop.viewed('7');

  shop.advance(1_000);
  assert.deepEqual(told(shop), [['7', 1]]);
});

test('a leaving that is older than the last sign of life is no leaving', () => {
  using shop = new ShopDriver();
  const { nowMs } = shop;

  shop.present('7', 'here', 'ada', nowMs);
  shop.present('7', 'away', 'ada', nowMs - 1);
  shop.present('7', 'away', 'bob', nowMs);

  shop.advance(1_000);
  assert.deepEqual(told(shop), [['7', 1]]);
});

test('visitors and codes that read alike when joined are different', () => {
  using shop = new ShopDriver();

  shop.present('7:1', 'here', '2');
  shop.present('7', 'here', '1:2');
  shop.present('7:1', 'away', '2');

  shop.advance(1_000);
  assert.deepEqual(told(shop), [['7', 1]]);
});

test('in a world of old events visitors go by event time', () => {
  using shop = new ShopDriver({ time: 'stream' });
  const then = Date.parse('2022-10-01T00:00:00Z');

  shop.viewed('7', { visitorId: 'ada', occurredAt: then });
  shop.viewed('8', { visitorId: 'bob', occurredAt: then + 2_000 });
  assert.deepEqual(told(shop).at(0), ['7', 1]);

  shop.viewed('8', { visitorId: 'bob', occurredAt: then + 31_000 });
  shop.viewed('8', { visitorId: 'bob', occurredAt: then + 33_000 });
  assert.deepEqual(new Map(told(shop)).get('7'), 0);
});
