import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { BusError } from '../../src/bus/bus.ts';
import { subjects } from '../../src/bus/subjects.ts';
import { type ProblemCode, problems } from '../../src/http/problem-codes.ts';
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
    shop.counts.state = { state: 'restoring', lag: 12 };
    const { body } = await call('GET /api/products/7');
    shop.counts.state = { state: 'ready' };
    const { viewCount, viewCountTotal, stats } = Object(body.result);
    assert.deepEqual(
      [viewCount, viewCountTotal, stats.state, stats.lag],
      [null, null, 'restoring', 12],
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

  test('the older name reserveTime is understood, and one piece is meant when none is said', async () => {
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

  test('an example of every kind is in the API description', async () => {
    const { body } = await call('GET /api-docs');
    assert.equal(body['openapi'], '3.1.0');
    assert.ok(Object.keys(Object(body['paths'])).length >= 15);
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

const day = 86_400_000;
const local = { remoteAddress: '127.0.0.1' };
/** Each problem, and a request that meets it. */
const cases: readonly {
  readonly title: string;
  readonly code: ProblemCode;
  readonly request: string;
  readonly body?: unknown;
  readonly options?: Parameters<typeof call>[2];
}[] = [
  of('broken JSON', 'malformed-json', 'POST /api/orders', '{"productId": 1,'),
  of('an empty body', 'malformed-json', 'POST /api/orders', ''),
  of('no body at all', 'validation-failed', 'POST /api/orders'),
  of('a body that is a list', 'validation-failed', 'POST /api/orders', []),
  of('a quantity below one', 'validation-failed', 'POST /api/orders', {
    productId: 4,
    quantity: -1,
  }),
  of('no quantity', 'validation-failed', 'POST /api/orders', { productId: 4 }),
  of('a huge quantity', 'validation-failed', 'POST /api/orders', { productId: 4, quantity: 100 }),
  of('a quantity beyond all numbers', 'validation-failed', 'POST /api/orders', {
    productId: 4,
    quantity: 1e300,
  }),
  of('half a piece', 'validation-failed', 'POST /api/orders', { productId: 4, quantity: 1.5 }),
  of('a quantity as text', 'validation-failed', 'POST /api/orders', {
    productId: 4,
    quantity: '1',
  }),
  of('an unknown field', 'validation-failed', 'POST /api/orders', {
    productId: 4,
    quantity: 1,
    price: 0,
  }),
  of('an unknown field of a query', 'validation-failed', 'GET /api/products?order=asc'),
  of('a page of no treasures', 'validation-failed', 'GET /api/products?size=0'),
  of('a page of too many', 'validation-failed', 'GET /api/products?size=101'),
  of('an id that is no number', 'validation-failed', 'GET /api/products/compass'),
  of('an id of half a number', 'validation-failed', 'GET /api/products/1.5'),
  of('waiting too long', 'validation-failed', 'GET /api/products/1?waitMs=2001'),
  of(
    'a key with blanks',
    'validation-failed',
    'POST /api/orders',
    { productId: 4, quantity: 1 },
    {
      headers: { 'idempotency-key': 'a b' },
    },
  ),
  of(
    'a key that is too long',
    'validation-failed',
    'POST /api/orders',
    { productId: 4, quantity: 1 },
    {
      headers: { 'idempotency-key': 'x'.repeat(129) },
    },
  ),
  of('a day without dashes', 'validation-failed', 'POST /api/reservations', {
    productId: 4,
    reserveDate: '20260217',
  }),
  of('no day', 'validation-failed', 'POST /api/reservations', { productId: 4, quantity: 1 }),
  of('more than ten pieces reserved', 'validation-failed', 'POST /api/reservations', {
    productId: 4,
    reserveDate: '2026-02-17',
    quantity: 11,
  }),
  of(
    'days in the wrong order',
    'validation-failed',
    'GET /api/stats/daily?from=2026-02-02&to=2026-02-01',
  ),
  of('too many days', 'validation-failed', 'GET /api/stats/daily?from=2026-01-01&to=2026-04-03'),
  of(
    'a day the calendar lacks',
    'validation-failed',
    'GET /api/stats/daily?from=2026-02-30&to=2026-03-01',
  ),
  of(
    'a zone nobody knows',
    'validation-failed',
    'GET /api/stats/daily?from=2026-02-01&to=2026-02-01&zone=X/Y',
  ),
  of('too many rows of a ranking', 'validation-failed', 'GET /api/stats/rankings/orders?n=21'),
  of('steering with nothing', 'validation-failed', 'PATCH /api/ops/driver', {}),
  of('a treasure that is not there', 'product-not-found', 'GET /api/products/999999'),
  of('ordering what is not there', 'product-not-found', 'POST /api/orders', {
    productId: 999_999,
    quantity: 1,
  }),
  of('counts of what is not there', 'product-not-found', 'GET /api/stats/products/999999'),
  of('an order that is not there', 'order-not-found', 'GET /api/orders/999999'),
  of('cancelling what was never ordered', 'order-not-found', 'POST /api/orders/999999/cancel'),
  of('a reservation that is not there', 'reservation-not-found', 'GET /api/reservations/999999'),
  of(
    'confirming what is not there',
    'reservation-not-found',
    'POST /api/reservations/999999/confirm',
  ),
  of('a ranking that is not there', 'ranking-not-found', 'GET /api/stats/rankings/beauty'),
  of('a period a ranking lacks', 'ranking-not-found', 'GET /api/stats/rankings/held?period=today'),
  of('an address that is not there', 'route-not-found', 'GET /api/nothing'),
  of('a method that is not there', 'route-not-found', 'PATCH /api/orders', {}),
  of('more than is left', 'out-of-stock', 'POST /api/orders', { productId: 2, quantity: 99 }),
  of('reserving more than is left', 'out-of-stock', 'POST /api/reservations', {
    productId: 2,
    reserveDate: '2026-02-17',
    quantity: 10,
  }),
  of('writing off more than is there', 'stock-below-zero', 'POST /api/products/2/stock', {
    delta: -99,
    reason: 'damage',
  }),
  of('a body of 17 kB', 'too-large', 'POST /api/orders', { text: 'x'.repeat(17 * 1024) }),
  of('a form instead of JSON', 'not-json', 'POST /api/orders', 'productId=1', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
  of('a past day', 'date-in-past', 'POST /api/reservations', {
    productId: 4,
    reserveDate: '2026-02-15',
  }),
  of('a day too far ahead', 'date-too-far', 'POST /api/reservations', {
    productId: 4,
    reserveDate: '2026-03-19',
  }),
  of('a day that is not real', 'date-not-real', 'POST /api/reservations', {
    productId: 4,
    reserveDate: '2026-02-30',
  }),
  of(
    'a request of another site',
    'foreign-origin',
    'POST /api/orders',
    { productId: 4, quantity: 1 },
    {
      headers: { origin: 'https://elsewhere.example' },
    },
  ),
  of('a foreign name for this machine', 'foreign-origin', 'GET /api/products', undefined, {
    headers: { host: 'elsewhere.example' },
  }),
  of(
    'running the shop from afar',
    'not-allowed',
    'POST /api/products/2/stock',
    { delta: 1, reason: 'restock' },
    {
      remoteAddress: '10.0.0.7',
    },
  ),
  of(
    'running it from behind a proxy',
    'not-allowed',
    'POST /api/products/2/stock',
    { delta: 1, reason: 'restock' },
    {
      headers: { 'x-forwarded-for': '10.0.0.7' },
    },
  ),
  of('steering customers that are not there', 'no-customers', 'PATCH /api/ops/driver', {
    paused: true,
  }),
];

suite('every problem says what is wrong', () => {
  const met = new Set<string>();

  for (const { title, code, request, body, options } of cases) {
    test(`${title}: ${code}`, async () => {
      met.add(code);
      const answer = await call(request, body, { ...local, ...options });
      assertProblem(answer, code);
    });
  }

  test('a key that comes back with another body: idempotency-key-reused', async () => {
    const headers = { 'idempotency-key': 'reused' };
    await call('POST /api/orders', { productId: 6, quantity: 1 }, { headers });
    const other = await call('POST /api/orders', { productId: 6, quantity: 2 }, { headers });
    met.add(assertProblem(other, 'idempotency-key-reused'));
  });

  test('deciding twice: already-confirmed and already-cancelled', async () => {
    const reserve = async () => {
      const wish = { productId: 6, reserveDate: '2026-02-16' };
      return (await call('POST /api/reservations', wish)).body.result?.['reservationId'];
    };
    const [one, other] = [await reserve(), await reserve()];
    await call(`POST /api/reservations/${one}/confirm`);
    await call(`POST /api/reservations/${other}/cancel`);
    for (const action of ['confirm', 'cancel']) {
      const first = await call(`POST /api/reservations/${one}/${action}`);
      met.add(assertProblem(first, 'already-confirmed'));
      const second = await call(`POST /api/reservations/${other}/${action}`);
      met.add(assertProblem(second, 'already-cancelled'));
    }
  });

  test('counts that are being restored: restoring, with when to ask again', async () => {
    shop.counts.state = { state: 'restoring', lag: 3 };
    const restoring = await call('GET /api/stats/products/7');
    met.add(assertProblem(restoring, 'restoring'));
    assert.equal(restoring.headers['retry-after'], '1');
    shop.counts.state = { state: 'unavailable', reason: 'closed' };
    met.add(assertProblem(await call('GET /api/stats/products/7'), 'counts-unavailable'));
    shop.counts.state = { state: 'ready' };
  });

  test('more than 50 writes a second from elsewhere: too-many-requests', async () => {
    const answers: Awaited<ReturnType<typeof call>>[] = [];
    while (answers.length < 60) {
      answers.push(await call('POST /api/orders', {}, { remoteAddress: '10.0.0.8' }));
    }
    const limited = answers.filter(({ status }) => status === 429);
    assert.equal(limited.length, 10);
    for (const answer of limited) met.add(assertProblem(answer, 'too-many-requests'));
  });

  test('nobody who answers, or nobody in time: no-responder, responder-timeout, busy', async () => {
    const lonely = await openShop();
    try {
      await lonely.bus.close();
      const answer = await lonely.call('GET /api/nats/request/hello');
      met.add(assertProblem(answer, 'no-responder'));
    } finally {
      await lonely.close();
    }
    for (const code of ['responder-timeout', 'busy'] as const) {
      const bus = {
        ...shop.bus,
        request: async () => {
          throw new BusError(code, subjects.hello);
        },
        respond: () => () => undefined,
        broadcast: () => undefined,
        listen: () => () => undefined,
        close: async () => undefined,
      };
      const slow = await openShop({ items: [], parts: { bus } });
      met.add(assertProblem(await slow.call('GET /api/nats/request/hello'), code));
      await slow.close();
    }
  });

  test('books that are closed: sql-unavailable; a bug of ours: internal, and told to us', async () => {
    const closed = await openShop();
    await closed.sql.close();
    met.add(assertProblem(await closed.call('GET /api/orders/1'), 'sql-unavailable'));
    const order = await closed.call('POST /api/orders', { productId: 1, quantity: 1 });
    met.add(assertProblem(order, 'sql-unavailable'));
    closed.counts.viewersOf = () => {
      throw new Error('broken');
    };
    const broken = await closed.call('GET /api/stats/viewers?ids=1');
    met.add(assertProblem(broken, 'internal'));
    assert.equal(closed.errors.length, 1);
    await closed.app.close();
  });

  test('each code of the list was met, and has a page', async () => {
    const unmet = Object.keys(problems).filter((code) => !met.has(code));
    assert.deepEqual(unmet, []);
    for (const code of Object.keys(problems)) {
      const page = await call(`GET /problems/${code}`);
      assert.equal(page.status, 200);
      assert.match(String(page.body['text']), new RegExp(code));
    }
    assert.equal((await call('GET /problems/nonsense')).status, 404);
  });

  test('people are answered in their language', async () => {
    const options = (language: string) => ({ headers: { 'accept-language': language } });
    const ask = async (language: string) => {
      const body = { productId: 2, quantity: 99 };
      return (await call('POST /api/orders', body, options(language))).body['detail'];
    };
    assert.equal(await ask('en-GB,en;q=0.9,ko;q=0.5'), 'Not enough left. Remaining: 3');
    const korean = '남은 수량이 모자라 합류할 수 없습니다. 남은 수량: 3개';
    assert.equal(await ask('ko'), korean);
    assert.equal(await ask('fr'), korean);
    assert.equal(await ask('en;q=0.1, ko;q=0.9'), korean);
  });
});

test('the books add up after all of this', async () => {
  shop.moveClock(day);
  assert.deepEqual(await shop.sql.reads.imbalances(), []);
});

function of(
  title: string,
  code: ProblemCode,
  ...[request, body, options]: readonly [string, unknown?, Parameters<typeof call>[2]?]
) {
  return { title, code, request, body, ...(options === undefined ? {} : { options }) };
}

function assertProblem(answer: Awaited<ReturnType<typeof call>>, code: ProblemCode): string {
  const { status, body, headers } = answer;
  assert.equal(body.code, code, JSON.stringify(body));
  assert.equal(status, problems[code].status);
  assert.equal(body['status'], status);
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  assert.equal(body['type'], `/problems/${code}`);
  assert.equal(body['message'], body['detail']);
  assert.match(String(body['traceId']), /^[\da-f]{32}$/);
  assert.ok(String(body['detail']).length > 5);
  return code;
}
