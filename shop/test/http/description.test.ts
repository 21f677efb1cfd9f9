import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import { Compile } from 'typebox/compile';
import { examples } from '../../src/http/examples.ts';
import { isProblemCode, problems } from '../../src/http/problem-codes.ts';
import { openShop } from './open-shop.ts';

const shop = await openShop({ parts: { driver: stillDriver() } });
after(() => shop.close());
const { call } = shop;
const { body: document } = await call('GET /api-docs');

suite('the API describes itself', () => {
  const operations = Object.entries<object>(Object(document['paths'])).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const route = `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`;
      return { route, path, operation: Object(operation) };
    }),
  );

  test('every route of the API is there, with an example', () => {
    assert.equal(document['openapi'], '3.1.0');
    assert.deepEqual(
      operations.map(({ route }) => route).toSorted(),
      Object.keys(examples).toSorted(),
    );
  });

  for (const { route, operation } of operations) {
    test(`${route}: the example of its answer has the form that is promised`, () => {
      const [[status, success] = []] = Object.entries(Object(operation.responses));
      assert.match(String(status), /^20[01]$/);
      const { schema, example, examples: more } = Object(success).content['application/json'];
      const shown = example ?? Object.values(Object(more ?? schema.examples))[0];
      assert.ok(shown !== undefined, 'an example is shown');
      const answer = 'value' in Object(shown) ? Object(shown).value : shown;
      assert.deepEqual([...Compile(schema).Errors(answer)], []);
    });

    test(`${route}: each problem is shown under its status`, () => {
      const shown = Object.entries<object>(Object(operation.responses)).flatMap(
        ([status, answer]) =>
          Object.entries(
            Object(Object(answer).content?.['application/problem+json']?.examples),
          ).map(([code, { value }]: [string, ReturnType<ObjectConstructor>]) => ({
            status,
            code,
            value,
          })),
      );
      const promised = examples[route]?.problems ?? [];
      assert.deepEqual(shown.map(({ code }) => code).toSorted(), [...promised].toSorted());
      for (const { status, code, value } of shown) {
        assert.ok(isProblemCode(code));
        assert.equal(Number(status), problems[code].status);
        assert.equal(value.status, problems[code].status);
      }
    });
  }

  test('each example is accepted, and answered in the form that is promised', async () => {
    // Orders and reservations first: others name theirs.
    const first = ['POST /api/orders', 'POST /api/reservations', 'POST /api/reservations'];
    const routes = [...first, ...Object.keys(examples).filter((route) => !first.includes(route))];
    for (const route of routes) {
      const { params = {}, query = {}, body } = { ...examples[route] };
      const filled = route.replace(/:(\w+)/g, (_all, name) => `${params[name]}`);
      const text = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) text.set(name, `${value}`);
      const address = text.size === 0 ? filled : `${filled}?${text}`;
      const answer = await call(address, body, { remoteAddress: '127.0.0.1' });
      assert.ok(answer.status < 300, `${address}: ${JSON.stringify(answer.body)}`);
      const operation = operations.find((one) => one.route === route)?.operation;
      const { schema } = operation.responses[answer.status].content['application/json'];
      assert.deepEqual([...Compile(schema).Errors(answer.body)], [], address);
    }
  });
});

/** Customers who only say what they were told. */
function stillDriver() {
  const still = { available: true, paused: false, customers: 1, rate: 1, seed: 1 };
  const report = () => ({ ...still, sent: 0, accepted: 0, refused: 0, failed: 0 });
  return { report, change: report };
}
