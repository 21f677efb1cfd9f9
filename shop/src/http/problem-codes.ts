/** Every problem the shop answers with: a closed list. Programs use the code. */
export const problems = {
  'malformed-json': { status: 400, title: 'Malformed JSON' },
  'validation-failed': { status: 400, title: 'Validation failed' },
  'not-allowed': { status: 401, title: 'Not allowed' },
  'foreign-origin': { status: 403, title: 'Foreign origin' },
  'product-not-found': { status: 404, title: 'No such treasure' },
  'order-not-found': { status: 404, title: 'No such order' },
  'reservation-not-found': { status: 404, title: 'No such reservation' },
  'ranking-not-found': { status: 404, title: 'No such ranking' },
  'instance-not-found': { status: 404, title: 'No such instance' },
  'route-not-found': { status: 404, title: 'No such address' },
  'out-of-stock': { status: 409, title: 'Out of stock' },
  'stock-below-zero': { status: 409, title: 'Stock out of bounds' },
  'already-confirmed': { status: 409, title: 'Already confirmed' },
  'already-cancelled': { status: 409, title: 'Already cancelled' },
  'instance-down': { status: 409, title: 'Instance is down' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'too-large': { status: 413, title: 'Too large' },
  'not-json': { status: 415, title: 'Not JSON' },
  'date-in-past': { status: 422, title: 'Day in the past' },
  'date-too-far': { status: 422, title: 'Day too far ahead' },
  'date-not-real': { status: 422, title: 'No such day' },
  'idempotency-key-reused': { status: 422, title: 'Idempotency key reused' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  busy: { status: 503, title: 'Busy' },
  'sql-unavailable': { status: 503, title: 'Books unavailable' },
  'no-responder': { status: 503, title: 'No responder' },
  restoring: { status: 503, title: 'Restoring counts' },
  'counts-unavailable': { status: 503, title: 'Counts unavailable' },
  'no-customers': { status: 503, title: 'No customers' },
  'responder-timeout': { status: 504, title: 'Responder timed out' },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>;

export type ProblemCode = keyof typeof problems;

/** True for a code of the list. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}
