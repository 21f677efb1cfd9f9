import { fieldsOf, numberOf, textOf } from './shape.ts';

/** Why the shop did not do what was asked. Programs use the code, people read the detail. */
export interface Problem {
  readonly code: string;
  /** In the reader's language; empty when the answer did not come from the shop. */
  readonly detail: string;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** True when the same request, with the same idempotency key, may succeed. */
  readonly retriable: boolean;
}

/** An answer, or why there is none. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** No answer came: the shop is not running, or the line is cut. */
export const unreachableShop: Problem = {
  code: 'unreachable',
  detail: '',
  status: 0,
  retriable: true,
};

/** An answer that is not of the form the contract says. */
export const unreadableAnswer: Problem = {
  code: 'unreadable',
  detail: '',
  status: 0,
  retriable: false,
};

/** Reads problem details (RFC 9457) with the shop's extensions. */
export function readProblem(status: number, body: unknown): Problem {
  const fields = fieldsOf(body);
  return {
    code: textOf(fields['code']) ?? 'internal',
    detail: textOf(fields['detail']) ?? textOf(fields['message']) ?? '',
    status: numberOf(fields['status']) ?? status,
    retriable: status >= 500 || status === 429,
  };
}
