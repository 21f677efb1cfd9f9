import Type, { type Static, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { CommandAnswer } from '../domain/command.ts';
import type { Order } from '../domain/order.ts';
import { maxOrderQuantity } from '../domain/order.ts';
import { maxStock, type Product } from '../domain/product.ts';
import type { Refusal } from '../domain/refusal.ts';
import { maxReservationQuantity, type Reservation } from '../domain/reservation.ts';
import { plainText } from '../plain-text.ts';
import { type Subject, subjects } from './subjects.ts';

const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'A day of the shop' });
const strict = { additionalProperties: false };

/** What a person edits of a treasure. */
export const productText = {
  name: plainText({ minLength: 1, maxLength: 255 }),
  nameEn: Type.Union([plainText({ maxLength: 255 }), Type.Null()]),
  category: plainText({ maxLength: 60 }),
  price: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
};

/** The body of a request by subject. Unknown fields are refused. */
export const requestSchemas = {
  [subjects.fetchProduct]: Type.Object({ productId: id }, strict),
  [subjects.listProducts]: Type.Object(
    { size: Type.Integer({ minimum: 1, maximum: 100 }), lastId: Type.Optional(id) },
    strict,
  ),
  [subjects.createProduct]: Type.Object(
    {
      ...productText,
      nameEn: Type.Optional(productText.nameEn),
      category: Type.Optional(productText.category),
      quantity: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    },
    strict,
  ),
  [subjects.changeProduct]: Type.Object(
    {
      productId: id,
      name: Type.Optional(productText.name),
      nameEn: Type.Optional(productText.nameEn),
      category: Type.Optional(productText.category),
      price: Type.Optional(productText.price),
    },
    strict,
  ),
  [subjects.adjustStock]: Type.Object(
    {
      productId: id,
      delta: Type.Integer({ minimum: -maxStock, maximum: maxStock }),
      reason: Type.Enum(['restock', 'damage', 'bad-debt']),
    },
    strict,
  ),
  [subjects.createOrder]: Type.Object(
    { productId: id, quantity: Type.Integer({ minimum: 1, maximum: maxOrderQuantity }) },
    strict,
  ),
  [subjects.fetchOrder]: Type.Object({ orderId: id }, strict),
  [subjects.cancelOrder]: Type.Object({ orderId: id }, strict),
  [subjects.createReservation]: Type.Object(
    {
      productId: id,
      reserveDate: day,
      quantity: Type.Optional(
        Type.Integer({ minimum: 1, maximum: maxReservationQuantity, default: 1 }),
      ),
    },
    strict,
  ),
  [subjects.fetchReservation]: Type.Object({ reservationId: id }, strict),
  [subjects.confirmReservation]: Type.Object({ reservationId: id }, strict),
  [subjects.cancelReservation]: Type.Object({ reservationId: id }, strict),
} satisfies Partial<Readonly<Record<Subject, TSchema>>>;

export type RequestSubject = keyof typeof requestSchemas;
export type RequestBody<S extends RequestSubject> = Static<(typeof requestSchemas)[S]>;

/** What an answer's `ok` holds, by subject. */
export interface AnswerBodies {
  readonly [subjects.fetchProduct]: { readonly product: Product };
  readonly [subjects.listProducts]: ProductPage;
  readonly [subjects.createProduct]: { readonly product: Product };
  readonly [subjects.changeProduct]: { readonly product: Product };
  readonly [subjects.adjustStock]: { readonly product: Product };
  readonly [subjects.createOrder]: CommandAnswer;
  readonly [subjects.fetchOrder]: { readonly order: Order; readonly product: Product };
  readonly [subjects.cancelOrder]: CommandAnswer;
  readonly [subjects.createReservation]: CommandAnswer;
  readonly [subjects.fetchReservation]: {
    readonly reservation: Reservation;
    readonly product: Product;
  };
  readonly [subjects.confirmReservation]: CommandAnswer;
  readonly [subjects.cancelReservation]: CommandAnswer;
}

/** Newest first; `nextId` continues. */
export interface ProductPage {
  readonly products: readonly Product[];
  readonly nextId: number | null;
}

/** What a responder says: an answer, or a refusal of the shop. */
export type Reply<T> = { readonly ok: T } | { readonly error: Refusal | MessageRefusal };

/** A request that does not have the form its subject asks for. */
export interface MessageRefusal {
  readonly code: 'validation-failed';
  readonly facts: { readonly field: string; readonly problem: string };
}

/** Reads the body of a request, or says which field is wrong. */
export function readRequest<S extends RequestSubject>(
  subject: S,
  body: unknown,
): { readonly body: RequestBody<S> } | MessageRefusal {
  const validator = validatorOf(subject);
  if (isBody(validator, body)) return { body };
  const [first] = validator.Errors(body);
  const field = first?.instancePath ?? '';
  return { code: 'validation-failed', facts: { field, problem: first?.message ?? 'is refused' } };

  function isBody(checked: Validator, value: unknown): value is RequestBody<S> {
    return checked.Check(value);
  }
}

const validators = new Map<RequestSubject, Validator>();

function validatorOf(subject: RequestSubject): Validator {
  const known = validators.get(subject);
  if (known !== undefined) return known;
  const schema: TSchema = requestSchemas[subject];
  const validator: Validator = Compile(schema);
  validators.set(subject, validator);
  return validator;
}
