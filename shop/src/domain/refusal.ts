/** Why the shop does not do what it was asked. Programs use the code; people read its text. */
export type RefusalCode =
  | 'product-not-found'
  | 'order-not-found'
  | 'reservation-not-found'
  | 'out-of-stock'
  | 'stock-below-zero'
  | 'already-confirmed'
  | 'already-cancelled'
  | 'date-in-past'
  | 'date-too-far'
  | 'date-not-real'
  | 'idempotency-key-reused'
  | 'busy'
  | 'sql-unavailable';

/** A refusal and the numbers that explain it, such as how many pieces are left. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** What a decision comes to. */
export type Decision<T> = { readonly kind: 'done'; readonly value: T } | Refused;

/** A decision that was declined. */
export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
}

/** A decision that was taken. */
export function done<T>(value: T): Decision<T> {
  return { kind: 'done', value };
}

/** Declines, with the numbers that say why. */
export function refused(code: RefusalCode, facts: Refusal['facts'] = {}): Refused {
  return { kind: 'refused', refusal: { code, facts } };
}
