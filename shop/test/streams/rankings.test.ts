import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareCodes, compareScored } from '../../src/streams/ranking/compare-scored.ts';
import { LocalTop } from '../../src/streams/ranking/local-top.ts';
import { mergeCandidates } from '../../src/streams/ranking/merge-candidates.ts';
import { allRankings, rankingKey } from '../../src/streams/ranking/rankings.ts';
import type { Ranking, RankingState } from '../../src/streams/rows.ts';
import { noon, ShopDriver } from './shop-driver.ts';

const dayMs = 86_400_000;

/** Each list as it is after the clock has given it time, shortly written. */
function lists(shop: ShopDriver): ReadonlyMap<string, readonly string[]> {
  shop.advance(250);
  const last = new Map<string, Ranking | null>(shop.driver.read(shop.topics.ranking));
  return new Map([...last].map(([key, list]) => [key, shown(list?.rows ?? [])]));
}

function shown(rows: Ranking['rows']): readonly string[] {
  return rows.map(({ rank, previousRank, code, count }) => {
    const move = previousRank === undefined ? '' : ` was ${previousRank}`;
    return `${rank} ${code} ${count}${move}`;
  });
}

test('treasures are ranked by orders, pieces and revenue, ever and today', () => {
  using shop = new ShopDriver();

  shop.ordered('7', { quantity: 1, unitPrice: 900 });
  shop.ordered('8', { quantity: 5, unitPrice: 100 });
  shop.ordered('7', { quantity: 1, unitPrice: 900 });

  const all = lists(shop);
  for (const period of ['total', 'today']) {
    assert.deepEqual(all.get(`orders:${period}`), ['1 7 2', '2 8 1']);
    assert.deepEqual(all.get(`orders:${period}:units`), ['1 8 5', '2 7 2 was 1']);
    assert.deepEqual(all.get(`orders:${period}:revenue`), ['1 7 1800', '2 8 500']);
  }
});

test('views, reservations, what is held and what was cancelled have rankings of their own', () => {
  using shop = new ShopDriver();

  shop.viewed('7');
  shop.reserved('7', 'r1');
  shop.reserved('8', 'r2');
  shop.reserved('8', 'r3');
  shop.cancelled('8', 'r2');
  shop.cancelled('8', 'r2');

  const all = lists(shop);
  assert.deepEqual(all.get('views:total'), ['1 7 1']);
  assert.deepEqual(all.get('reservations:total'), ['1 8 2', '2 7 1 was 1']);
  assert.deepEqual(all.get('held:total'), ['1 7 1', '2 8 1']);
  assert.deepEqual(all.get('cancelled:total'), ['1 8 1']);
});

test('a row that falls is replaced by the true next one', () => {
  using shop = new ShopDriver();
  for (let code = 1; code <= 21; code++) {
    const unitPrice = 100 * (30 - code);
    shop.ordered(String(code), { quantity: 1, unitPrice });
  }
  assert.equal(lists(shop).get('orders:total:revenue')?.at(-1), '20 20 1000');

  shop.orderCancelled('1', { quantity: 1, unitPrice: 2_900 });

  const revenue = lists(shop).get('orders:total:revenue');
  assert.equal(revenue?.at(0), '1 2 2800 was 2');
  assert.equal(revenue?.at(-1), '20 21 900');
  assert.equal(revenue?.length, 20);
});

test('a row remembers its last move until it moves again', () => {
  using shop = new ShopDriver();
  shop.viewed('7');
  shop.viewed('7');
  shop.viewed('8');
  assert.deepEqual(lists(shop).get('views:total'), ['1 7 2', '2 8 1']);

  shop.viewed('8');
  shop.viewed('8');
  assert.deepEqual(lists(shop).get('views:total'), ['1 8 3 was 2', '2 7 2 was 1']);

  shop.viewed('8');
  assert.deepEqual(lists(shop).get('views:total'), ['1 8 4 was 2', '2 7 2 was 1']);
});

test('a list is sent when it has changed, and not more than four times a second', () => {
  using shop = new ShopDriver();

  for (let click = 0; click < 100; click++) shop.viewed('7');
  shop.advance(250);

  const sent = shop.driver.read(shop.topics.ranking).filter(([key]) => key === 'views:total');
  assert.deepEqual(
    sent.map(([, list]) => shown(list?.rows ?? [])),
    [['1 7 1'], ['1 7 100']],
  );
  shop.advance(10_000);
  assert.deepEqual(shop.driver.read(shop.topics.ranking), []);
});

test('today begins anew with the first event of a day, and an old day never returns', () => {
  using shop = new ShopDriver({ time: 'stream' });
  const at = (day: number) => ({ occurredAt: noon - 10 * dayMs + day * dayMs });
  const rankings = () => {
    shop.advance(250);
    const lists = shop.driver.read(shop.topics.ranking).filter(([key]) => key === 'views:today');
    return lists.map(([, list]) => [list?.day, ...shown(list?.rows ?? [])]);
  };

  shop.viewed('7', at(0));
  shop.viewed('8', at(0));
  assert.deepEqual(rankings().at(-1), ['2026-05-22', '1 7 1', '2 8 1']);

  shop.viewed('8', at(1));
  assert.deepEqual(rankings().at(-1), ['2026-05-23', '1 8 1']);

  shop.viewed('7', at(0));
  assert.deepEqual(rankings(), []);
});

test('in a live world midnight empties the list of today, without any event', () => {
  using shop = new ShopDriver();
  shop.viewed('7');
  shop.advance(250);
  shop.driver.read(shop.topics.ranking);

  shop.advance(12 * 3_600_000);

  const [[key, list] = []] = shop.driver.read(shop.topics.ranking);
  assert.deepEqual([key, list], ['views:today', { day: '2026-06-02', rows: [] }]);
});

test('equal counts are ordered by code: numbers first, as numbers, then text by code point', () => {
  const codes = ['b', '10', 'A', '9', '85123A', '007', '7', '𝒳', '\uffee', '00'];
  assert.deepEqual(codes.toSorted(compareCodes), [
    '00',
    '7',
    '007',
    '9',
    '10',
    '85123A',
    'A',
    'b',
    '\uffee',
    '𝒳',
  ]);
});

test('the twenty first of a partition are those of its sorted rows', () => {
  const change = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: -1, max: 6 }));
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 30 })), (rounds) => {
      const list = new LocalTop();
      const all = new Map<string, number>();
      let told: readonly unknown[] = [];
      for (const changes of rounds) {
        for (const [code, count] of changes) {
          list.set(String(code), count);
          all.set(String(code), count);
        }
        told = list.takeChange() ?? told;
        const sorted = [...all].map(([code, count]) => ({ code, count })).toSorted(compareScored);
        assert.deepEqual(told, sorted.filter(({ count }) => count > 0).slice(0, 20));
      }
    }),
  );
});

test('the lists of all partitions merge to that of all treasures', () => {
  const row = fc.record({
    code: fc.integer({ min: 1, max: 90 }).map(String),
    count: fc.integer({ min: 1, max: 9 }),
  });
  const rows = fc.uniqueArray(row, { selector: ({ code }) => code });
  fc.assert(
    fc.property(rows, (all) => {
      let state: RankingState = { parts: {}, rows: [] };
      for (const partition of [0, 1, 2]) {
        const mine = all.filter(({ code }) => Number(code) % 3 === partition);
        const top = mine.toSorted(compareScored).slice(0, 20);
        state = mergeCandidates(state, { partition, rows: top });
      }
      const merged = state.rows.map(({ code, count }) => ({ code, count }));
      const sorted = all.toSorted(compareScored).slice(0, 20);
      assert.deepEqual(
        merged,
        sorted.map((row) => ({ ...row })),
      );
      assert.deepEqual(
        state.rows.map(({ rank }) => rank),
        merged.map((_row, n) => n + 1),
      );
    }),
  );
});

test('each list has a key, and the first metric of a ranking needs no name', () => {
  const keys = allRankings().map(rankingKey);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(rankingKey({ name: 'orders', period: 'today' }), 'orders:today');
  assert.equal(
    rankingKey({ name: 'orders', period: 'total', metric: 'revenue' }),
    'orders:total:revenue',
  );
});
