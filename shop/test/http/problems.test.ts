import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { BusError } from '../../src/bus/bus.ts';
import { subjects } from '../../src/bus/subjects.ts';
import { type ProblemCode, problems } from '../../src/http/problem-codes.ts';
import { openShop } from './open-shop.ts';
import { problemCases } from './problem-cases.ts';

const shop = await openShop();
after(() => shop.close());
const { call } = shop;
const local = { remoteAddress: '127.0.0.1' };

suite('every problem says what is wrong', () => {
  const met = new Set<string>();

  for (const { title, code, request, body, options } of problemCases) {
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

  test('an order taken back twice: already-cancelled, and its pieces come back once', async () => {
    const made = await call('POST /api/orders', { productId: 6, quantity: 2 });
    const path = `POST /api/orders/${made.body.result?.['orderId']}/cancel`;
    assert.equal((await call(path)).status, 200);
    const pieces = (await call('GET /api/products/6')).body.result?.['quantity'];
    met.add(assertProblem(await call(path), 'already-cancelled'));
    assert.equal((await call('GET /api/products/6')).body.result?.['quantity'], pieces);
  });

  test('counts that are being restored: restoring, with when to ask again', async () => {
    shop.counts.state = { state: 'restoring', lag: 3, percent: 62 };
    const restoring = await call('GET /api/stats/products/7');
    met.add(assertProblem(restoring, 'restoring'));
    assert.equal(restoring.headers['retry-after'], '1');
    assert.equal(restoring.body['percent'], 62);
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

  test('closed books: sql-unavailable; a bug of ours: internal, and told to us', async () => {
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

  test('an unknown field is named, a value of no use is told which there are', async () => {
    const field = await call('POST /api/orders', { productId: 6, quantity: 1, price: 0 });
    assert.match(String(field.body['detail']), /body: unknown field price/);
    const query = await call('GET /api/products?order=asc');
    assert.match(String(query.body['detail']), /querystring: unknown field order/);
    const period = await call('GET /api/stats/rankings/orders?period=week');
    assert.match(String(period.body['detail']), /querystring.period: must be one of total, today/);
  });

  test('an unknown ranking is told names, and each of them is there', async () => {
    const { body } = await call('GET /api/stats/rankings/beauty');
    const names = String(body['known']).matchAll(/(\w+) \(([\w, ]+)\)/g);
    let found = 0;
    for (const [, name, periods] of names) {
      for (const period of String(periods).split(', ')) {
        const answer = await call(`GET /api/stats/rankings/${name}?period=${period}`);
        assert.equal(answer.status, 200, `${name} ${period}`);
        found += 1;
      }
    }
    assert.equal(found, 9);
  });

  test('a method that an address does not take is told which ones it takes', async () => {
    for (const [request, allow] of [
      ['PATCH /api/orders', 'POST'],
      ['POST /api/orders/7', 'GET, HEAD'],
      ['PATCH /api/products', 'GET, HEAD, POST'],
    ] as const) {
      const { status, headers } = await call(request, {});
      assert.deepEqual([status, headers['allow']], [405, allow]);
    }
  });

  test('title and detail are in the same language', async () => {
    const ask = (language: string) =>
      call('GET /api/orders/999999', undefined, { headers: { 'accept-language': language } });
    assert.equal((await ask('en')).body['title'], 'No such order');
    assert.equal((await ask('ko')).body['title'], '없는 주문');
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
