import { type ProblemCode, problems } from './problem-codes.ts';
import { detailOf } from './problem-texts.ts';

/** What the description of a route shows: a request, its answer, and what may be wrong with it. */
export interface RouteExample {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
  readonly result: unknown;
  readonly pagination?: { readonly nextId: number | null; readonly last: boolean };
  readonly problems: readonly ProblemCode[];
}

const at = '2026-02-15T17:10:46.777+09:00';

const product = {
  id: 4,
  code: '4',
  name: '참나무 새총',
  nameEn: 'Oak Slingshot',
  category: 'arms',
  price: 80_000,
  quantity: 100,
  createdAt: at,
  updatedAt: at,
};

const counts = {
  views: 41,
  orders: 2,
  units: 3,
  revenue: 240_000,
  orderCancels: 0,
  reservations: 1,
  confirmed: 0,
  cancelled: 0,
};

const driver = { available: true, paused: false, customers: 40, rate: 60, seed: 7 };
const done = { sent: 1_163, accepted: 1_158, refused: 5, failed: 0 };
const books = ['busy', 'sql-unavailable', 'responder-timeout'] as const;
const writes = [
  'validation-failed',
  'idempotency-key-reused',
  'too-many-requests',
  ...books,
] as const;

/** An example of each route, by method and path. */
export const examples: Readonly<Record<string, RouteExample>> = {
  'GET /api/products': {
    query: { size: 1 },
    result: [product],
    pagination: { nextId: 4, last: false },
    problems: ['validation-failed', ...books],
  },
  'GET /api/products/:id': {
    params: { id: 4 },
    result: {
      ...product,
      viewCount: 3,
      viewCountTotal: 41,
      viewers: 2,
      stats: { state: 'ready', asOf: at, day: '2026-02-15', zone: 'Asia/Seoul' },
    },
    problems: ['validation-failed', 'product-not-found', ...books],
  },
  'POST /api/products': {
    body: { name: '달빛 등대', nameEn: 'Moonlight Lighthouse', price: 120_000, quantity: 5 },
    result: { ...product, id: 25, code: '25', name: '달빛 등대', price: 120_000, quantity: 5 },
    problems: ['not-allowed', ...writes],
  },
  'PATCH /api/products/:id': {
    params: { id: 4 },
    body: { price: 85_000 },
    result: { ...product, price: 85_000 },
    problems: ['not-allowed', 'product-not-found', ...writes],
  },
  'POST /api/products/:id/stock': {
    params: { id: 4 },
    body: { delta: 10, reason: 'restock' },
    result: { ...product, quantity: 110 },
    problems: ['not-allowed', 'product-not-found', 'stock-below-zero', ...writes],
  },
  'POST /api/orders': {
    body: { productId: 4, quantity: 2 },
    result: { orderId: 1 },
    problems: ['product-not-found', 'out-of-stock', ...writes],
  },
  'GET /api/orders/:id': {
    params: { id: 1 },
    result: {
      id: 1,
      quantity: 2,
      unitPrice: 80_000,
      status: 'COMPLETED',
      reservationId: null,
      createdAt: at,
      updatedAt: at,
      product,
    },
    problems: ['validation-failed', 'order-not-found', ...books],
  },
  'POST /api/orders/:id/cancel': {
    params: { id: 1 },
    result: { orderId: 1, status: 'CANCELLED' },
    problems: ['order-not-found', 'already-cancelled', ...writes],
  },
  'POST /api/reservations': {
    body: { productId: 4, reserveDate: '2026-02-16', quantity: 1 },
    result: { reservationId: 1, expiresAt: '2026-02-17T00:00:00.000+09:00' },
    problems: [
      'product-not-found',
      'out-of-stock',
      'date-in-past',
      'date-too-far',
      'date-not-real',
      ...writes,
    ],
  },
  'GET /api/reservations/:id': {
    params: { id: 1 },
    result: {
      id: 1,
      quantity: 1,
      unitPrice: 80_000,
      status: 'PENDING',
      cancelReason: null,
      reservedAt: '2026-02-16T00:00:00.000+09:00',
      expiresAt: '2026-02-17T00:00:00.000+09:00',
      decidedAt: null,
      createdAt: at,
      updatedAt: at,
      product,
    },
    problems: ['validation-failed', 'reservation-not-found', ...books],
  },
  'POST /api/reservations/:id/confirm': {
    params: { id: 1 },
    result: { message: 'Confirmed. We sail together!', status: 'CONFIRMED', orderId: 2 },
    problems: ['reservation-not-found', 'already-confirmed', 'already-cancelled', ...writes],
  },
  'POST /api/reservations/:id/cancel': {
    params: { id: 2 },
    result: { message: 'Cancelled. See you on the next voyage.', status: 'CANCELLED' },
    problems: ['reservation-not-found', 'already-confirmed', 'already-cancelled', ...writes],
  },
  'GET /api/stats/products/:code': {
    params: { code: '4' },
    result: {
      code: '4',
      name: '참나무 새총',
      quantity: 97,
      viewers: 2,
      viewsToday: 3,
      ...counts,
      held: 1,
      expired: 0,
      asOf: at,
    },
    problems: ['validation-failed', 'product-not-found', 'restoring', 'counts-unavailable'],
  },
  'GET /api/stats/rankings/:name': {
    params: { name: 'orders' },
    query: { period: 'today', n: 3 },
    result: [
      {
        rank: 1,
        previousRank: 2,
        code: '4',
        name: '참나무 새총',
        nameEn: 'Oak Slingshot',
        count: 9,
      },
    ],
    problems: ['validation-failed', 'ranking-not-found', 'counts-unavailable'],
  },
  'GET /api/stats/viewers': {
    query: { ids: '4,5' },
    result: { 4: 20, 5: 0 },
    problems: ['validation-failed', 'counts-unavailable'],
  },
  'GET /api/stats/daily': {
    query: { from: '2026-02-14', to: '2026-02-15' },
    result: [{ code: '4', day: '2026-02-15', zone: 'Asia/Seoul', cancelUnits: 0, ...counts }],
    problems: ['validation-failed', 'counts-unavailable'],
  },
  'GET /api/nats/request/hello': {
    result: 'How Are You?',
    problems: ['no-responder', 'responder-timeout'],
  },
  'GET /api/shop': {
    result: {
      zone: 'Asia/Seoul',
      day: '2026-02-15',
      now: at,
      time: 'wall-clock',
      currency: 'KRW',
      scale: 0,
    },
    problems: [],
  },
  'GET /api/ops/instances': {
    result: [
      { id: 'crew-1', state: 'running', tasks: ['0_0', '0_1', '1_2'], restoreLag: 0 },
      { id: 'crew-2', state: 'rebalancing', tasks: ['0_2', '1_0', '1_1'], restoreLag: 41 },
    ],
    problems: [],
  },
  'POST /api/ops/instances/:id/kill': {
    params: { id: 'crew-2' },
    result: { id: 'crew-2', state: 'down', tasks: [], restoreLag: 0 },
    problems: [
      'validation-failed',
      'not-allowed',
      'instance-not-found',
      'instance-down',
      'too-many-requests',
    ],
  },
  'GET /api/ops/driver': { result: { ...driver, ...done }, problems: [] },
  'PATCH /api/ops/driver': {
    body: { rate: 30 },
    result: { ...driver, rate: 30, ...done },
    problems: ['validation-failed', 'not-allowed', 'no-customers'],
  },
};

/** What such a problem looks like to somebody who reads English. */
export function exampleOf(code: ProblemCode, path: string): object {
  const { status, title } = problems[code];
  const detail = detailOf(code, 'en', {});
  const where = { instance: path, traceId: '4bf92f3577b34da6a3ce929d0e0e4736', path };
  return {
    type: `/problems/${code}`,
    title,
    status,
    code,
    detail,
    ...where,
    message: detail,
    timestamp: at,
  };
}

/** The success around an example's result. */
export function envelopeOf(path: string, status: number, example: RouteExample): object {
  const { result, pagination } = example;
  return {
    path,
    status,
    result,
    ...(pagination === undefined ? {} : { pagination }),
    timestamp: at,
  };
}
