import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { emptyDay } from '../../src/streams/daily.ts';
import { openShop } from './open-shop.ts';

const shop = await openShop();
after(() => shop.close());
const { call } = shop;

suite('a success has the envelope', () => {
  test('the catalogue comes newest first, page by page, each treasure once', async () => {
    const seen: unknown[] = [];
    let lastId = '';
    for (let last: unknown = false; last !== true; ) {
      const { status, body } = await call(`GET /api/products?size=7${lastId}`);
      assert.equal(status, 200);
      assert.ok(Array.isArray(body.result));
      seen.push(...body.result.map(({ id }) => id));
      const { nextId, last: isLast } = Object(body['pagination']);
      lastId = `&lastId=${nextId}`;
      last = isLast;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 24 }, (_none, n) => 24 - n),
    );
  });

  test('a treasure shows its counts, and looking at it counts', async () => {
    const { status, body, headers } = await call('GET /api/products/7');
    assert.equal(status, 200);
    assert.equal(body['path'], '/api/products/7');
    assert.equal(body['status'], 200);
    assert.equal(body['timestamp'], '2026-02-16T12:00:00.000+09:00');
    assert.equal(headers['x-view-position'], 'basquiat.product.fetch-0@0');
    const { name, price, viewCount, viewCountTotal, viewers, stats } = Object(body.result);
    assert.deepEqual(
      [name, price, viewCount, viewCountTotal, viewers],
      ['산호 왕관', 870_000, 1, 1, 0],
    );
    assert.equal(stats.state, 'ready');
  });

  test('by default the answer waits up to 150 ms for its own view, waitMs=0 does not', async () => {
    shop.counts.asked.length = 0;
    await call('GET /api/products/7');
    await call('GET /api/products/7?waitMs=0');
    await call('GET /api/products/7?waitMs=2000');
    assert.deepEqual(
      shop.counts.asked.map(({ waitMs }) => waitMs),
      [150, 0, 2_000],
    );
    assert.ok(shop.counts.asked.every((asked) => asked.after !== undefined));
  });

  test('a count that is not ready is null, never zero', async () => {
    shop.counts.state = { state: 'restoring', lag: 12, percent: 62 };
    const { body } = await call('GET /api/products/7');
    shop.counts.state = { state: 'ready' };
    const { viewCount, viewCountTotal, stats } = Object(body.result);
    assert.deepEqual(
      [viewCount, viewCountTotal, stats.state, stats.percent],
      [null, null, 'restoring', 62],
    );
  });

  test('a view that the log does not take in time is served without counts', async () => {
    shop.counts.logTakesViews = false;
    const { status, body, headers } = await call('GET /api/products/7');
    shop.counts.logTakesViews = true;
    const { viewCount, viewCountTotal, name, stats } = Object(body.result);
    assert.deepEqual([status, viewCount, viewCountTotal, name], [200, null, null, '산호 왕관']);
    assert.equal(stats.state, 'unavailable');
    assert.equal(headers['x-view-position'], undefined);
  });

  test('an order is made, found, and taken back', async () => {
    const made = await call('POST /api/orders', { productId: 4, quantity: 2 });
    assert.equal(made.status, 201);
    const orderId = Number(made.body.result?.['orderId']);
    assert.equal(made.headers['location'], `/api/orders/${orderId}`);
    const { product, ...order } = Object((await call(`GET /api/orders/${orderId}`)).body.result);
    assert.deepEqual(
      [order.quantity, order.unitPrice, order.status, product.quantity],
      [2, 80_000, 'COMPLETED', 98],
    );
    const cancelled = await call(`POST /api/orders/${orderId}/cancel`);
    assert.deepEqual(cancelled.body.result, { orderId, status: 'CANCELLED' });
    assert.equal((await call('GET /api/products/4')).body.result?.['quantity'], 100);
  });

  test('a reservation is made, found and confirmed', async () => {
    const body = { productId: 5, reserveDate: '2026-02-17', quantity: 3 };
    const made = await call('POST /api/reservations', body);
    assert.equal(made.status, 201);
    const id = made.body.result?.['reservationId'];
    assert.equal(made.body.result?.['expiresAt'], '2026-02-18T00:00:00.000+09:00');
    const found = Object((await call(`GET /api/reservations/${id}`)).body.result);
    assert.deepEqual([found.status, found.quantity, found.decidedAt], ['PENDING', 3, null]);
    const confirmed = Object((await call(`POST /api/reservations/${id}/confirm`)).body.result);
    assert.equal(confirmed.message, 'Confirmed. We sail together!');
    assert.equal(confirmed.status, 'CONFIRMED');
    const order = Object((await call(`GET /api/orders/${confirmed.orderId}`)).body.result);
    assert.deepEqual([order.reservationId, order.quantity], [id, 3]);
  });

  test('reserveTime means the same, and one piece is meant when none is said', async () => {
    const made = await call('POST /api/reservations', { productId: 5, reserveTime: '2026-02-16' });
    const id = made.body.result?.['reservationId'];
    const cancelled = await call(`POST /api/reservations/${id}/cancel`);
    assert.equal(cancelled.body.result?.['status'], 'CANCELLED');
  });

  test('hello goes over the bus and comes back with the name of who answered', async () => {
    const { body, headers } = await call('GET /api/nats/request/hello');
    assert.equal(body.result, 'How Are You?');
    assert.equal(headers['x-answered-by'], 'crew-1');
  });

  test('rankings, viewers and days come from the lists', async () => {
    const row = { rank: 1, previousRank: 2, code: '7', name: '산호 왕관', nameEn: null, count: 9 };
    shop.counts.rankings.set('orders:today', [row, { ...row, rank: 2, code: '8' }]);
    shop.counts.viewers.set('7', 20);
    const ranking = await call('GET /api/stats/rankings/orders?period=today&n=1');
    assert.deepEqual(ranking.body.result, [row]);
    const viewers = await call('GET /api/stats/viewers?ids=7,8');
    assert.deepEqual(viewers.body.result, { 7: 20, 8: 0 });
    const again = await call('GET /api/stats/viewers?ids=7,8', undefined, {
      headers: { 'if-none-match': String(viewers.headers['etag']) },
    });
    assert.equal(again.status, 304);
    const days = await call('GET /api/stats/daily?from=2026-02-10&to=2026-02-16');
    assert.deepEqual(days.body.result, []);
    const total = { ...emptyDay, day: '2026-02-16', zone: 'Asia/Seoul', views: 5 };
    shop.counts.totalRows = [total];
    const sums = await call('GET /api/stats/daily?from=2026-02-10&to=2026-02-16&group=day');
    assert.deepEqual(sums.body.result, [total]);
  });

  test('the shop says what its prices are in, and which day it is', async () => {
    const { status, body } = await call('GET /api/shop');
    assert.equal(status, 200);
    assert.deepEqual(body.result, {
      zone: 'Asia/Seoul',
      day: '2026-02-16',
      now: '2026-02-16T12:00:00.000+09:00',
      time: 'wall-clock',
      currency: 'KRW',
      scale: 0,
    });
  });

  test('a treasure that only events know is counted under its code', async () => {
    await shop.counts.viewed('85123A');
    const known = await call('GET /api/stats/products/85123A');
    assert.equal(known.status, 200);
    const { code, name, quantity, views } = Object(known.body.result);
    assert.deepEqual([code, name, quantity, views], ['85123A', '85123A', null, 1]);
    const digits = await call('GET /api/stats/products/22423');
    assert.equal(digits.body.code, 'product-not-found');
  });

  test('a treasure that nobody has looked at has counted nothing, and that is true', async () => {
    const { status, body } = await call('GET /api/stats/products/9');
    const { views, orders, quantity } = Object(body.result);
    assert.deepEqual([status, views, orders, quantity], [200, 0, 0, 35]);
  });

  test('the shop is edited and restocked on this machine without a token', async () => {
    const text = { name: '새 보물', price: 5, quantity: 2 };
    const made = await call('POST /api/products', text);
    assert.equal(made.status, 201);
    const id = made.body.result?.['id'];
    const changed = await call(`PATCH /api/products/${id}`, { price: 6 });
    assert.deepEqual(
      [changed.body.result?.['name'], changed.body.result?.['price']],
      ['새 보물', 6],
    );
    const stocked = await call(`POST /api/products/${id}/stock`, { delta: -1, reason: 'damage' });
    assert.equal(stocked.body.result?.['quantity'], 1);
  });

  test('a visitor is given a name once', async () => {
    const first = await call('GET /api/products?size=1');
    assert.match(String(first.headers['set-cookie']), /^visitor=v_[\w-]{16}; Max-Age=86400;/);
    const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
    const second = await call('GET /api/products?size=1', undefined, { headers: { cookie } });
    assert.equal(second.headers['set-cookie'], undefined);
  });
});

suite('equal requests', () => {
  test('every write sent twice with one key is done once and answered the same', async () => {
    const send = async (request: string, body: unknown, key: string) => {
      const headers = { 'idempotency-key': key };
      const one = await call(request, body, { headers });
      const two = await call(request, body, { headers });
      assert.deepEqual([two.status, two.body.result], [one.status, one.body.result], request);
      return Object(one.body.result);
    };
    const { orderId } = await send('POST /api/orders', { productId: 6, quantity: 1 }, 'a');
    await send(`POST /api/orders/${orderId}/cancel`, undefined, 'b');
    const wish = { productId: 6, reserveDate: '2026-02-17' };
    const { reservationId } = await send('POST /api/reservations', wish, 'c');
    await send(`POST /api/reservations/${reservationId}/confirm`, undefined, 'd');
    const other = await send('POST /api/reservations', wish, 'e');
    await send(`POST /api/reservations/${other.reservationId}/cancel`, undefined, 'f');
    assert.deepEqual(await shop.sql.reads.imbalances(), []);
  });
});

suite('fifty buyers of one piece', () => {
  test('one gets it, the others are told that none is left', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => call('POST /api/orders', { productId: 1, quantity: 1 })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    const refused = answers.filter(({ status }) => status === 409);
    assert.equal(refused.length, 49);
    assert.ok(refused.every(({ body }) => body.code === 'out-of-stock' && body['available'] === 0));
  });
});

test('the books add up after all of this', async () => {
  assert.deepEqual(await shop.sql.reads.imbalances(), []);
});
