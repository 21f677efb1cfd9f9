import Type, { type Static, type TSchema } from 'typebox';

/** The version writers write. */
export const eventVersion = 1;

const productCode = Type.String({ minLength: 1, maxLength: 64 });
const visitorId = Type.String({ minLength: 1, maxLength: 64 });
const id = Type.String({ minLength: 1, maxLength: 64 });
const quantity = Type.Integer({ minimum: 1 });
const price = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** The largest time a JavaScript date can have. */
const maxTimestamp = 8_640_000_000_000_000;

/** Set where the event changed the stock: what was left, and the how-manieth change it was. */
const stock = {
  stockAfter: Type.Optional(Type.Integer({ minimum: 0 })),
  stockVersion: Type.Optional(Type.Integer({ minimum: 0 })),
};

const productViewed = event('product.viewed', {});

const orderCreated = event('order.created', {
  orderId: id,
  quantity,
  unitPrice: price,
  reservationId: Type.Optional(id),
  ...stock,
});

const orderCancelled = event('order.cancelled', {
  orderId: Type.Optional(id),
  quantity,
  unitPrice: price,
  ...stock,
});

const reservationCreated = event('reservation.created', {
  reservationId: Type.Optional(id),
  quantity,
  unitPrice: price,
  reserveDate: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
  ...stock,
});

const reservationConfirmed = event('reservation.confirmed', {
  reservationId: Type.Optional(id),
  orderId: Type.Optional(id),
  quantity,
});

const reservationCancelled = event('reservation.cancelled', {
  reservationId: Type.Optional(id),
  quantity,
  reason: Type.Enum(['CUSTOMER', 'EXPIRED']),
  ...stock,
});

const stockAdjusted = event('stock.adjusted', {
  delta: Type.Integer({ minimum: -2_147_483_647, maximum: 2_147_483_647 }),
  reason: Type.Enum(['restock', 'damage', 'bad-debt']),
  ...stock,
});

const productChanged = event('product.changed', {
  productId: Type.Integer({ minimum: 1 }),
  name: Type.String({ minLength: 1, maxLength: 255 }),
  nameEn: Type.Optional(Type.String({ maxLength: 255 })),
  price,
  category: Type.String({ maxLength: 60 }),
});

const presence = event('presence', { visitorId, kind: Type.Enum(['here', 'away']) });

/** The schema of each event type, as written to `schemas/<type>.v1.json`. */
export const eventSchemas = {
  'product.viewed': productViewed,
  'order.created': orderCreated,
  'order.cancelled': orderCancelled,
  'reservation.created': reservationCreated,
  'reservation.confirmed': reservationConfirmed,
  'reservation.cancelled': reservationCancelled,
  'stock.adjusted': stockAdjusted,
  'product.changed': productChanged,
  presence,
} satisfies Readonly<Record<string, TSchema>>;

export type EventType = keyof typeof eventSchemas;
/** The value of the records of one type. */
export type EventOf<T extends EventType> = Static<(typeof eventSchemas)[T]>;
/** Any fact of the shop. */
export type ShopEvent = { [T in EventType]: EventOf<T> }[EventType];

/** Facts that rows of SQL stand behind: they reach the log through the outbox. */
export type LedgerEvent = Exclude<ShopEvent, EventOf<'product.viewed'> | EventOf<'presence'>>;

function event<const T extends string, P extends Readonly<Record<string, TSchema>>>(
  type: T,
  properties: P,
) {
  return Type.Object(
    {
      v: Type.Literal(eventVersion),
      id: Type.String({ format: 'uuid' }),
      type: Type.Literal(type),
      occurredAt: Type.Integer({ minimum: 0, maximum: maxTimestamp }),
      source: Type.Enum(['api', 'simulate', 'replay', 'prologue', 'system']),
      productCode,
      visitorId: Type.Optional(visitorId),
      ...properties,
    },
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `${type}.v${eventVersion}`,
    },
  );
}
