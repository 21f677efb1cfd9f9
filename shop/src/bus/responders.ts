import { createHash } from 'node:crypto';
import { must } from '../domain/assert.ts';
import type { Command, CommandAnswer, CommandOutcome, CommandRequest } from '../domain/command.ts';
import { type RefusalCode, refused } from '../domain/refusal.ts';
import type { Sql } from '../sql/open-sql.ts';
import type { ProductCache } from '../sql/product-cache.ts';
import { refusalCodeOf } from '../sql/sql-failure.ts';
import type { Bus, BusHeaders, Leave } from './bus.ts';
import {
  type AnswerBodies,
  type Reply,
  type RequestBody,
  type RequestSubject,
  readRequest,
} from './messages.ts';
import { subjects } from './subjects.ts';

/** Who answers: the books, and the rows known of them. */
export interface ResponderParts {
  readonly bus: Bus;
  readonly sql: Sql;
  readonly cache: ProductCache;
}

/** Answers the shop's subjects from the books. The returned function stops it. */
export function respondToShop({ bus, sql, cache }: ResponderParts): Leave {
  const leaves: Leave[] = [];
  const respond = <S extends RequestSubject>(subject: S, answer: Respond<S, unknown>): void => {
    leaves.push(bus.respond(subject, responderOf(subject, answer)));
  };
  const answer = <S extends RequestSubject>(subject: S, read: Respond<S, AnswerBodies[S]>): void =>
    respond(subject, read);
  const decide = <S extends CommandSubject>(subject: S, commandOf: CommandOf<S>): void =>
    respond(subject, async (body, headers) => {
      const outcome = await sql.writes.submit(requestOf(commandOf(body), subject, headers));
      return decisionReply(outcome);
    });
  const decideAboutProduct = <S extends ProductSubject>(subject: S, of: CommandOf<S>): void =>
    respond(subject, async (body, headers) => {
      const outcome = await sql.writes.submit(requestOf(of(body), subject, headers));
      if (outcome.kind === 'refused') return { error: outcome.refusal };
      return productReply(cache, must(outcome.answer.productId, 'product commands name theirs'));
    });

  leaves.push(bus.respond(subjects.hello, async () => 'How Are You?'));
  answer(subjects.fetchProduct, ({ productId }) => productReply(cache, productId));
  answer(subjects.listProducts, async (page) => ({ ok: await listProducts(sql, page) }));
  answer(subjects.fetchOrder, ({ orderId }) => orderReply(sql, cache, orderId));
  answer(subjects.fetchReservation, ({ reservationId }) =>
    reservationReply(sql, cache, reservationId),
  );
  decide(subjects.createOrder, (body) => ({ kind: 'place-order', ...body }));
  decide(subjects.cancelOrder, (body) => ({ kind: 'cancel-order', ...body }));
  decide(subjects.createReservation, (body) => ({ kind: 'reserve', quantity: 1, ...body }));
  decide(subjects.confirmReservation, (body) => ({ kind: 'confirm-reservation', ...body }));
  decide(subjects.cancelReservation, (body) => {
    return { kind: 'cancel-reservation', reason: 'CUSTOMER', ...body };
  });
  decideAboutProduct(subjects.adjustStock, (body) => ({ kind: 'adjust-stock', ...body }));
  decideAboutProduct(subjects.createProduct, ({ quantity, ...text }) => {
    return { kind: 'create-product', quantity, text: { nameEn: null, category: '', ...text } };
  });
  decideAboutProduct(subjects.changeProduct, ({ productId, ...text }) => {
    return { kind: 'change-product', productId, text };
  });
  return () => {
    for (const leave of leaves) leave();
  };
}

type Respond<S extends RequestSubject, A> = (
  body: RequestBody<S>,
  headers: BusHeaders,
) => Promise<Reply<A>>;
type CommandOf<S extends RequestSubject> = (body: RequestBody<S>) => Command;
/** Subjects that answer with what the decision gave. */
type CommandSubject = {
  [S in RequestSubject]: CommandAnswer extends AnswerBodies[S] ? S : never;
}[RequestSubject];
/** Decisions that answer with the treasure as it is then. */
type ProductSubject =
  | typeof subjects.adjustStock
  | typeof subjects.createProduct
  | typeof subjects.changeProduct;

function responderOf<S extends RequestSubject>(subject: S, respond: Respond<S, unknown>) {
  return async ({ body, headers }: { body: unknown; headers: BusHeaders }) => {
    const read = readRequest(subject, body);
    if ('code' in read) return { error: read };
    try {
      return await respond(read.body, headers);
    } catch (error) {
      const code: RefusalCode | undefined = refusalCodeOf(error);
      if (code === undefined) throw error;
      return { error: refused(code).refusal };
    }
  };
}

function requestOf(command: Command, subject: string, headers: BusHeaders): CommandRequest {
  const key = headers['Idempotency-Key'];
  const visitorId = headers['Visitor-Id'];
  return {
    command,
    source: headers.Source === 'simulate' ? 'simulate' : 'api',
    ...(visitorId === undefined ? {} : { visitorId }),
    ...(key === undefined
      ? {}
      : { idempotency: { scope: subject, key, requestHash: hashOf(command) } }),
  };
}

/** Commands are made field by field in one order, so that equal ones are equal text. */
function hashOf(command: Command): string {
  const fields = Object.entries(command).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
}

function decisionReply(outcome: CommandOutcome): Reply<CommandAnswer> {
  return outcome.kind === 'done' ? { ok: outcome.answer } : { error: outcome.refusal };
}

async function productReply(
  cache: ProductCache,
  productId: number,
): Promise<Reply<AnswerBodies[ProductSubject]>> {
  const product = await cache.get(productId);
  return product === undefined ? notFound('product-not-found', { productId }) : { ok: { product } };
}

async function listProducts(
  sql: Sql,
  { size, lastId }: RequestBody<typeof subjects.listProducts>,
): Promise<AnswerBodies[typeof subjects.listProducts]> {
  const page = { limit: size + 1, ...(lastId === undefined ? {} : { beforeId: lastId }) };
  const found = await sql.reads.products(page);
  const products = found.slice(0, size);
  return { products, nextId: found.length > size ? (products.at(-1)?.id ?? null) : null };
}

async function orderReply(
  sql: Sql,
  cache: ProductCache,
  orderId: number,
): Promise<Reply<AnswerBodies[typeof subjects.fetchOrder]>> {
  const order = await sql.reads.order(orderId);
  const product = order && (await cache.get(order.productId));
  if (!order || !product) return notFound('order-not-found', { orderId });
  return { ok: { order, product } };
}

async function reservationReply(
  sql: Sql,
  cache: ProductCache,
  reservationId: number,
): Promise<Reply<AnswerBodies[typeof subjects.fetchReservation]>> {
  const reservation = await sql.reads.reservation(reservationId);
  const product = reservation && (await cache.get(reservation.productId));
  if (!reservation || !product) return notFound('reservation-not-found', { reservationId });
  return { ok: { reservation, product } };
}

function notFound(code: RefusalCode, facts: Readonly<Record<string, number>>): Reply<never> {
  return { error: refused(code, facts).refusal };
}
