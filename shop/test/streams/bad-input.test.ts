import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, nullable, topic, utf8 } from 'logpose';
import { reasonHeader } from '../../src/streams/dead-letters.ts';
import { headersOf, noon, ShopDriver } from './shop-driver.ts';

const text = (value: string) => new TextEncoder().encode(value);

/** The same topic, seen by a program that writes what it likes. */
function raw(shop: ShopDriver) {
  const { name } = shop.topics.events['product.viewed'];
  return topic(name, { key: nullable(bytes), value: nullable(bytes) });
}

for (const { what, value } of [
  { what: 'no JSON', value: text('{"v":1') },
  { what: 'JSON of another shape', value: text('{"v":1,"type":"product.viewed"}') },
  { what: 'not UTF-8', value: Uint8Array.of(0xff, 0xfe) },
  { what: 'null', value: null },
]) {
  test(`a value that is ${what} goes to the dead letters, and the next view counts`, () => {
    using shop = new ShopDriver();

    shop.driver.send(raw(shop), text('7'), value);
    shop.viewed('7');

    assert.deepEqual(shop.driver.read(shop.topics.dead), [[text('7'), value]]);
    assert.equal(shop.driver.store(shop.stores.views).get('7')?.value, 1);
  });
}

test('a record without key goes to the dead letters', () => {
  using shop = new ShopDriver();
  const value = text('{}');

  shop.driver.send(raw(shop), null, value);

  assert.deepEqual(shop.driver.read(shop.topics.dead), [[null, value]]);
});

test('an event with a negative time is no event', () => {
  using shop = new ShopDriver();
  const event = { v: 1, id: '', type: 'product.viewed', source: 'api', productCode: '7' };

  const value = JSON.stringify({ ...event, occurredAt: -1 });
  shop.driver.send(raw(shop), text('7'), text(value));

  assert.equal(shop.driver.read(shop.topics.dead).length, 1);
  assert.equal(shop.driver.store(shop.stores.views).get('7'), undefined);
});

test('an event from the far future is refused, and makes nothing late that follows', () => {
  using shop = new ShopDriver();

  shop.viewed('7', { occurredAt: Date.parse('2099-01-01T00:00:00Z') });
  shop.viewed('7', { occurredAt: noon });

  const dead = shop.driver.readRecords(shop.topics.dead);
  assert.equal(dead.length, 1);
  assert.equal(headersOf(dead[0]?.headers ?? [])[reasonHeader], 'time-ahead');
  assert.deepEqual(shop.driver.read(shop.topics.late), []);
  const [[key, row] = []] = shop.driver.read(shop.topics.daily);
  assert.deepEqual([key, row?.counts.views], ['7|2026-06-01|Asia/Seoul', 1]);
});

test('an event a little ahead of the clock is taken', () => {
  using shop = new ShopDriver();

  shop.viewed('7', { occurredAt: noon + 599_000 });

  assert.equal(shop.driver.store(shop.stores.views).get('7')?.value, 1);
});

test('an event under another treasure’s key is counted for neither', () => {
  using shop = new ShopDriver();
  const { name, value } = shop.topics.events['product.viewed'];

  const event = { v: 1, type: 'product.viewed', source: 'api', productCode: '8' } as const;
  shop.driver.send(topic(name, { key: utf8, value }), '7', {
    ...event,
    id: '00000000-0000-4000-8000-000000000001',
    occurredAt: noon,
  });

  const [dead] = shop.driver.readRecords(shop.topics.dead);
  assert.equal(headersOf(dead?.headers ?? [])[reasonHeader], 'key-differs');
  assert.deepEqual([...shop.driver.store(shop.stores.views).range()], []);
});
