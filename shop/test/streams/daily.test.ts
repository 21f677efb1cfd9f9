import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must } from '../../src/domain/assert.ts';
import { latenessKey } from '../../src/streams/late.ts';
import type { DailyRow } from '../../src/streams/rows.ts';
import { headersOf, noon, ShopDriver } from './shop-driver.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The last row of each day that was written, by its key. */
function rows(shop: ShopDriver): ReadonlyMap<string, DailyRow | null> {
  return new Map(shop.driver.read(shop.topics.daily));
}

test('a day counts everything that happened to a treasure on it', () => {
  using shop = new ShopDriver();

  shop.viewed('7');
  shop.ordered('7', { quantity: 2, unitPrice: 500 });
  shop.orderCancelled('7', { quantity: 1, unitPrice: 500 });
  shop.reserved('7', 'r1');
  shop.reserved('7', 'r2');
  shop.confirmed('7', 'r1');
  shop.cancelled('7', 'r2');

  assert.deepEqual(rows(shop).get('7|2026-06-01|Asia/Seoul'), {
    code: '7',
    day: '2026-06-01',
    zone: 'Asia/Seoul',
    startMs: Date.parse('2026-06-01T00:00:00+09:00'),
    endMs: Date.parse('2026-06-02T00:00:00+09:00'),
    partition: 0,
    counts: {
      views: 1,
      reservations: 2,
      confirmed: 1,
      cancelled: 1,
      orders: 1,
      units: 2,
      orderCancels: 1,
      cancelUnits: 1,
      revenue: 500,
    },
  });
});

test('at half past midnight in Seoul it is the new day, which in London it is not', () => {
  using shop = new ShopDriver({ zones: ['Asia/Seoul', 'Europe/London'] });

  shop.advance(13 * hourMs);
  shop.viewed('7', { occurredAt: Date.parse('2026-06-01T23:59:59.999+09:00') });
  shop.viewed('7', { occurredAt: Date.parse('2026-06-02T00:00:00+09:00') });
  shop.viewed('7', { occurredAt: Date.parse('2026-06-02T00:30:00+09:00') });

  const views = new Map([...rows(shop)].map(([key, row]) => [key, row?.counts.views]));
  assert.deepEqual(
    views,
    new Map([
      ['7|2026-06-01|Asia/Seoul', 1],
      ['7|2026-06-01|Europe/London', 3],
      ['7|2026-06-02|Asia/Seoul', 2],
    ]),
  );
});

const unusualDays = [
  { zone: 'Asia/Seoul', day: '1988-05-08', hours: 23 },
  { zone: 'Asia/Seoul', day: '1988-10-09', hours: 25 },
  { zone: 'Europe/London', day: '2011-03-27', hours: 23 },
  { zone: 'Europe/London', day: '2011-10-30', hours: 25 },
  { zone: 'America/Sao_Paulo', day: '2018-11-04', hours: 23 },
  { zone: 'Australia/Lord_Howe', day: '2026-04-05', hours: 24.5 },
];

for (const { zone, day, hours } of unusualDays) {
  test(`${day} has ${hours} hours in ${zone}, and counts what happens in each of them`, () => {
    using shop = new ShopDriver({ zones: [zone], time: 'stream' });
    shop.viewed('7', { occurredAt: Date.parse(`${day}T12:00:00Z`) });
    const { startMs, endMs } = must(rows(shop).get(`7|${day}|${zone}`), 'noon in UTC is that day');
    assert.equal(endMs - startMs, hours * hourMs);

    shop.viewed('7', { occurredAt: startMs - 1 });
    shop.viewed('7', { occurredAt: startMs });
    shop.viewed('7', { occurredAt: endMs - 1 });
    shop.viewed('7', { occurredAt: endMs });

    const counts = [...rows(shop).values()].map((row) => [row?.day === day, row?.counts.views]);
    assert.deepEqual(counts, [
      [false, 1],
      [true, 3],
      [false, 1],
    ]);
  });
}

test('the day that Apia left out has no row', () => {
  using shop = new ShopDriver({ zones: ['Pacific/Apia'], time: 'stream' });

  const lastMoment = Date.parse('2011-12-30T09:59:59.999Z');
  shop.viewed('7', { occurredAt: lastMoment });
  shop.viewed('7', { occurredAt: lastMoment + 1 });

  assert.deepEqual(
    [...rows(shop).keys()],
    ['7|2011-12-29|Pacific/Apia', '7|2011-12-31|Pacific/Apia'],
  );
});

test('a late event still changes its day within a week of its end', () => {
  using shop = new ShopDriver();
  const end = Date.parse('2026-06-02T00:00:00+09:00');
  shop.viewed('7', { occurredAt: noon });

  shop.advance(9 * dayMs);
  shop.viewed('8', { occurredAt: end + 7 * dayMs - 1 });
  shop.viewed('7', { occurredAt: noon });

  assert.equal(rows(shop).get('7|2026-06-01|Asia/Seoul')?.counts.views, 2);
  assert.deepEqual(shop.driver.read(shop.topics.late), []);
});

test('an event that is later than that goes to the topic of late ones, and is counted', () => {
  using shop = new ShopDriver();
  const end = Date.parse('2026-06-02T00:00:00+09:00');
  shop.viewed('7', { occurredAt: noon });

  shop.advance(9 * dayMs);
  shop.viewed('8', { occurredAt: end + 7 * dayMs });
  shop.viewed('7', { occurredAt: noon });
  shop.ordered('7', { occurredAt: noon });

  const late = shop.driver.readRecords(shop.topics.late);
  assert.deepEqual(
    late.map(({ key, value, timestamp }) => [key, value?.type, timestamp]),
    [
      ['7', 'product.viewed', noon],
      ['7', 'order.created', noon],
    ],
  );
  assert.equal(headersOf(must(late[0], 'two came').headers)['shop.late.zone'], 'Asia/Seoul');
  const lateness = must(shop.stores.lateness.get('Asia/Seoul'), 'each zone has one');
  assert.equal(shop.driver.store(lateness).get(latenessKey)?.late, 2);
  // Totals know no days: they count it.
  assert.equal(shop.driver.store(shop.stores.views).get('7')?.value, 2);
});
