import { language } from '../text/language.ts';
import { type Outcome, readProblem, unreachableShop, unreadableAnswer } from './problem.ts';
import { fieldsOf, parseJson } from './shape.ts';

/** How long an answer may take. The shop itself gives up after 5 seconds. */
const timeoutMs = 8_000;

interface Request<T> {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: unknown;
  /** Makes a repetition of a write harmless. */
  readonly idempotencyKey?: string;
  /** Reads `result` and the whole envelope; undefined when it is not of the expected form. */
  readonly read: (result: unknown, envelope: Readonly<Record<string, unknown>>) => T | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Asks the shop. A responder that timed out is asked once more with the same idempotency key;
 * any other problem is the answer.
 */
export async function request<T>(asked: Request<T>): Promise<Outcome<T>> {
  const first = await send(asked);
  const again = first.kind === 'problem' && first.problem.status === 504;
  return again && isRepeatable(asked) ? send(asked) : first;
}

/** A fresh key. Works without a secure context, unlike `crypto.randomUUID`. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isRepeatable<T>({ method, idempotencyKey }: Request<T>): boolean {
  return method === undefined || method === 'GET' || idempotencyKey !== undefined;
}

async function send<T>(asked: Request<T>): Promise<Outcome<T>> {
  const answer = await fetchAnswer(asked);
  if (answer === undefined) return { kind: 'problem', problem: unreachableShop };
  const body = parseJson(answer.text);
  if (!answer.ok) return { kind: 'problem', problem: readProblem(answer.status, body) };
  const envelope = fieldsOf(body);
  const value = asked.read(envelope['result'], envelope);
  return value === undefined
    ? { kind: 'problem', problem: unreadableAnswer }
    : { kind: 'done', value };
}

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

async function fetchAnswer<T>(asked: Request<T>): Promise<Answer | undefined> {
  try {
    const response = await fetch(asked.path, initOf(asked));
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch {
    // Whatever `fetch` throws (refused, cut, too late) means that no answer came.
    return undefined;
  }
}

function initOf<T>({ method = 'GET', body, idempotencyKey, signal }: Request<T>): RequestInit {
  const limit = AbortSignal.timeout(timeoutMs);
  return {
    method,
    headers: {
      accept: 'application/json, application/problem+json',
      'accept-language': language.value,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  };
}
