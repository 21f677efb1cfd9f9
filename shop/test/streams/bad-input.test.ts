import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, nullable, topic, utf8 } from 'logpose';
import type { EventType } from '../../src/events/event-schemas.ts';
import { seedView } from '../../src/events/seed-view.ts';
import { reasonHeader } from '../../src/streams/dead-letters.ts';
import { headersOf, noon, ShopDriver } from './shop-driver.ts';

const text = (value: string) => new TextEncoder().encode(value);

/** The same topic, seen by a program that writes what it likes. */
function raw(shop: ShopDriver, type: EventType = 'product.viewed') {
  const { name } = shop.topics.events[type];
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

const countedTypes = [
  'product.viewed',
  'order.created',
  'order.cancelled',
  'reservation.created',
  'reservation.confirmed',
  'reservation.cancelled',
  'stock.adjusted',
  'presence',
] as const satisfies readonly EventType[];

for (const type of countedTypes) {
  test(`no event in the topic of ${type}: to the dead letters, and the rest goes on`, () => {
    using shop = new ShopDriver();
    const poison = text('{"v":1,"type":"of no kind"}');
    const huge = new Uint8Array(1_000_000).fill(0x20);

    shop.driver.send(raw(shop, type), text('7'), poison);
    shop.driver.send(raw(shop, type), null, poison);
    shop.driver.send(raw(shop, type), text('7'), null);
    shop.driver.send(raw(shop, type), text('7'), huge);
    shop.viewed('7');

    assert.deepEqual(shop.driver.read(shop.topics.dead), [
      [text('7'), poison],
      [null, poison],
      [text('7'), null],
      [text('7'), huge],
    ]);
    assert.equal(shop.driver.store(shop.stores.views).get('7')?.value, 1);
    assert.deepEqual([...shop.driver.store(shop.stores.orders).range()], []);
  });
}

test('a key that is no UTF-8 names no treasure', () => {
  using shop = new ShopDriver();

  shop.driver.send(raw(shop), Uint8Array.of(0xff), text(seedView));

  const [dead] = shop.driver.readRecords(shop.topics.dead);
  assert.equal(headersOf(dead?.headers ?? [])[reasonHeader], 'key-differs');
  assert.deepEqual([...shop.driver.store(shop.stores.views).range()], []);
});

for (const word of [seedView, `"${seedView}"`]) {
  test(`the text ${word} is a view of its key’s treasure at its record’s time, by nobody`, () => {
    using shop = new ShopDriver();

    shop.driver.send(raw(shop), text('7'), text(word), { timestampMs: noon });
    shop.viewed('7', { visitorId: 'ada' });
    shop.advance(2_000);

    assert.equal(shop.driver.store(shop.stores.views).get('7')?.value, 2);
    const [, [key, row] = []] = shop.driver.read(shop.topics.daily);
    assert.deepEqual([key, row?.counts.views], ['7|2026-06-01|Asia/Seoul', 2]);
    assert.deepEqual(shop.driver.read(shop.topics.viewers), [['7', 1]]);
    assert.deepEqual(shop.driver.read(shop.topics.dead), []);
  });
}

test('such a view in the far future, or under no key, is refused with the reason', () => {
  using shop = new ShopDriver();
  const farAhead = { timestampMs: Date.parse('2099-01-01T00:00:00Z') };

  shop.driver.send(raw(shop), text('7'), text(seedView), farAhead);
  shop.driver.send(raw(shop), text(''), text(seedView), { timestampMs: noon });
  shop.driver.send(raw(shop), text('7'), text(seedView), { timestampMs: -1 });

  const dead = shop.driver.readRecords(shop.topics.dead);
  const reasons = dead.map(({ headers }) => headersOf(headers)[reasonHeader]);
  // One from before 1970 has no time to be counted at: it is dropped, not kept.
  assert.deepEqual(reasons, ['time-ahead', 'key-differs']);
  assert.deepEqual([...shop.driver.store(shop.stores.views).range()], []);
});

test('such a view of a day long gone goes to the late events under a name of its own', () => {
  using shop = new ShopDriver();

  shop.viewed('7');
  shop.driver.send(raw(shop), text('7'), text(seedView), { timestampMs: noon - 30 * 86_400_000 });

  const [[, late] = []] = shop.driver.read(shop.topics.late);
  assert.equal(late?.id, '00000000-0000-8000-8000-000000000001');
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
