import type { ProblemCode } from '../../src/http/problem-codes.ts';
import type { TestShop } from './open-shop.ts';

type CallOptions = Parameters<TestShop['call']>[2];

/** A problem, and a request that meets it. */
export interface ProblemCase {
  readonly title: string;
  readonly code: ProblemCode;
  readonly request: string;
  readonly body?: unknown;
  readonly options?: CallOptions;
}

/** The problems that one request alone meets. */
export const problemCases: readonly ProblemCase[] = [
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
  of('an address that is no text', 'route-not-found', 'GET /api/products/%ZZ'),
  of('an endless address', 'route-not-found', `GET /api/stats/products/${'x'.repeat(500)}`),
  of('the same question twice', 'validation-failed', 'GET /api/products?size=1&size=2'),
  of('a field that would be every object’s', 'malformed-json', 'POST /api/orders', {
    ['__proto__']: {},
    productId: 4,
    quantity: 1,
  }),
  of('a body that is nothing but depth', 'malformed-json', 'POST /api/orders', '['.repeat(5_000)),
  of('a body where none is asked for', 'validation-failed', 'POST /api/orders/1/cancel', {
    now: 1,
  }),
  of('the same for a reservation', 'validation-failed', 'POST /api/reservations/1/confirm', {
    orderId: 1,
  }),
  of('an id beyond all numbers', 'validation-failed', 'POST /api/orders', {
    productId: 1e300,
    quantity: 1,
  }),
  of('a name with a character no book takes', 'validation-failed', 'POST /api/products', {
    name: 'a\u0000b',
    price: 1,
    quantity: 1,
  }),
  of('a name with half a character', 'validation-failed', 'PATCH /api/products/1', {
    name: '\ud800',
  }),
  of('a price below zero', 'validation-failed', 'POST /api/products', {
    name: 'x',
    price: -1,
    quantity: 1,
  }),
  of(
    'groups that days do not have',
    'validation-failed',
    'GET /api/stats/daily?from=2026-02-01&to=2026-02-02&group=hour',
  ),
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
  of(
    'a source of days that there is not',
    'validation-failed',
    'GET /api/stats/daily?from=2026-02-01&to=2026-02-02&source=store',
  ),
  of('a metric nobody counts', 'validation-failed', 'GET /api/stats/rankings/orders?metric=x'),
  of('too many rows of a ranking', 'validation-failed', 'GET /api/stats/rankings/orders?n=21'),
  of('steering with nothing', 'validation-failed', 'PATCH /api/ops/driver', {}),
  of('a treasure that is not there', 'product-not-found', 'GET /api/products/999999'),
  of('ordering what is not there', 'product-not-found', 'POST /api/orders', {
    productId: 999_999,
    quantity: 1,
  }),
  of('reserving what is not there', 'product-not-found', 'POST /api/reservations', {
    productId: 999_999,
    reserveDate: '2026-02-17',
  }),
  of('editing what is not there', 'product-not-found', 'PATCH /api/products/999999', { price: 1 }),
  of('restocking what is not there', 'product-not-found', 'POST /api/products/999999/stock', {
    delta: 1,
    reason: 'restock',
  }),
  of('more than can be counted', 'stock-below-zero', 'POST /api/products/2/stock', {
    delta: 2_147_483_647,
    reason: 'restock',
  }),
  of('a text that is no JSON', 'not-json', 'POST /api/orders', 'hello', {
    headers: { 'content-type': 'text/plain' },
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
  of(
    'killing an instance that is not there',
    'instance-not-found',
    'POST /api/ops/instances/crew-9/kill',
  ),
  of('killing an instance that is down', 'instance-down', 'POST /api/ops/instances/crew-3/kill'),
  of(
    'a body where an instance is killed',
    'validation-failed',
    'POST /api/ops/instances/crew-1/kill',
    {
      force: true,
    },
  ),
  of(
    'killing an instance from afar',
    'not-allowed',
    'POST /api/ops/instances/crew-1/kill',
    undefined,
    { remoteAddress: '10.0.0.7' },
  ),
  of('an address that is not there', 'route-not-found', 'GET /api/nothing'),
  of('a method that is not there', 'method-not-allowed', 'PATCH /api/orders', {}),
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

function of(
  title: string,
  code: ProblemCode,
  ...[request, body, options]: readonly [request: string, body?: unknown, options?: CallOptions]
): ProblemCase {
  return { title, code, request, body, ...(options === undefined ? {} : { options }) };
}
