import Type, { type TSchema } from 'typebox';
import { productText } from '../bus/messages.ts';
import { problems } from './problem-codes.ts';

const count = Type.Integer();
const time = Type.String({ description: 'ISO 8601 with the offset of the shop' });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** The body of a request that needs none: nothing, or an object without fields. */
export const noBody = Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]);

/** A treasure, as every route shows it. */
export const product = Type.Object({
  id: count,
  code: Type.String(),
  ...productText,
  quantity: Type.Integer({ description: 'Pieces that are neither sold nor held' }),
  createdAt: time,
  updatedAt: time,
});

/** A treasure with its counts. */
export const viewedProduct = Type.Object({
  ...product.properties,
  viewCount: nullable(count),
  viewCountTotal: nullable(count),
  viewers: nullable(count),
  stats: Type.Object({
    state: Type.Enum(['ready', 'behind', 'restoring', 'unavailable']),
    asOf: time,
    day: Type.String(),
    zone: Type.String(),
    lag: Type.Optional(count),
    percent: Type.Optional(count),
    reason: Type.Optional(Type.String()),
  }),
});

/** An order with its treasure. */
export const order = Type.Object({
  id: count,
  quantity: count,
  unitPrice: count,
  status: Type.Enum(['COMPLETED', 'CANCELLED']),
  reservationId: nullable(count),
  createdAt: time,
  updatedAt: time,
  product,
});

/** A reservation with its treasure. */
export const reservation = Type.Object({
  id: count,
  quantity: count,
  unitPrice: count,
  status: Type.Enum(['PENDING', 'CONFIRMED', 'CANCELLED']),
  cancelReason: nullable(Type.Enum(['CUSTOMER', 'EXPIRED'])),
  reservedAt: time,
  expiresAt: time,
  decidedAt: nullable(time),
  createdAt: time,
  updatedAt: time,
  product,
});

/** All counts of one treasure. */
export const productCounts = Type.Object({
  code: Type.String(),
  name: Type.String(),
  quantity: nullable(count),
  viewers: count,
  views: count,
  viewsToday: count,
  orders: count,
  units: count,
  revenue: count,
  orderCancels: count,
  reservations: count,
  held: count,
  confirmed: count,
  cancelled: count,
  expired: count,
  asOf: time,
});

/** One row of a ranking. */
export const rankedProduct = Type.Object({
  rank: count,
  previousRank: nullable(count),
  code: Type.String(),
  name: Type.String(),
  nameEn: nullable(Type.String()),
  count,
});

/** One treasure on one day; without a code, all of them together. */
export const dayRow = Type.Object({
  code: Type.Optional(Type.String()),
  day: Type.String(),
  zone: Type.String(),
  views: count,
  reservations: count,
  confirmed: count,
  cancelled: count,
  orders: count,
  units: count,
  orderCancels: count,
  cancelUnits: count,
  revenue: count,
});

/** What kind of shop answers. */
export const shopFacts = Type.Object({
  zone: Type.String(),
  day: Type.String({ description: 'Today, in that zone' }),
  now: time,
  time: Type.Enum(['wall-clock', 'stream'], {
    description: 'stream: the events are old ones, and now is the time of the last of them',
  }),
  currency: Type.String({ description: 'ISO 4217; amounts are whole numbers' }),
  scale: Type.Integer({ description: 'How many of an amount’s last digits are decimals' }),
});

/** The simulated customers. */
export const driverReport = Type.Object({
  available: Type.Boolean(),
  paused: Type.Boolean(),
  customers: count,
  rate: Type.Number(),
  seed: count,
  sent: count,
  accepted: count,
  refused: count,
  failed: count,
});

/** A stream instance. */
export const instanceReport = Type.Object({
  id: Type.String(),
  state: Type.Enum(['starting', 'rebalancing', 'running', 'down']),
  tasks: Type.Array(Type.String(), { description: 'Subtopology and partition of each' }),
  restoreLag: Type.Integer({ description: 'Changelog records still to be read' }),
});

/** The envelope of a success. */
export function envelope<T extends TSchema>(result: T) {
  return Type.Object({
    path: Type.String(),
    status: count,
    result,
    pagination: Type.Optional(Type.Object({ nextId: nullable(count), last: Type.Boolean() })),
    timestamp: time,
  });
}

/** Problem details, RFC 9457. */
export const problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: count,
    code: Type.Enum(Object.keys(problems)),
    detail: Type.String(),
    instance: Type.String(),
    traceId: Type.String(),
    path: Type.String(),
    message: Type.String(),
    timestamp: time,
  },
  { $id: 'problem', additionalProperties: true },
);

/** The answers of a route: its success, and problems. */
export function answers<T extends TSchema>(status: 200 | 201, result: T) {
  return {
    [status]: envelope(result),
    default: {
      description: 'A problem',
      content: { 'application/problem+json': { schema: problem } },
    },
  };
}
