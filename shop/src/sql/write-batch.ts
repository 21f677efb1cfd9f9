import type { Kysely } from 'kysely';
import { must } from '../domain/assert.ts';
import type { CommandOutcome, CommandRequest, Idempotency } from '../domain/command.ts';
import type { Product } from '../domain/product.ts';
import { Books } from './books.ts';
import { type DecisionContext, decideCommand } from './decide-command.ts';
import { claimKeys, keyTextOf, settleKeys } from './idempotency.ts';
import { lockRows } from './lock-rows.ts';
import { saveBooks } from './save-books.ts';
import type { Tables } from './tables.ts';

/** What the decisions of a batch depend on. */
export interface WriteContext extends DecisionContext {
  readonly topicPrefix: string;
}

/** What a batch came to, once it is committed. */
export interface CommittedBatch {
  /** In the order of the requests. */
  readonly outcomes: readonly CommandOutcome[];
  /** The products as they are now. */
  readonly products: readonly Product[];
  readonly events: number;
}

/**
 * Decides the requests in order, in one transaction: all of their effects become visible, or none.
 *
 * No two of them may carry the same idempotency key.
 */
export function writeBatch(
  db: Kysely<Tables>,
  requests: readonly CommandRequest[],
  context: WriteContext,
): Promise<CommittedBatch> {
  return db.transaction().execute(async (trx) => {
    const stored = await claimKeys(trx, requests, context.surroundings.nowMs());
    const isNew = ({ idempotency }: CommandRequest): boolean =>
      idempotency === undefined || !stored.has(keyTextOf(idempotency));
    const fresh = requests.filter(isNew);
    const books = fresh.length === 0 ? emptyBooks() : await lockRows(trx, fresh);
    const decided = new Map(
      fresh.map((request) => [request, outcomeOf(books, request, context)] as const),
    );
    await saveBooks(trx, books, context.topicPrefix);
    await settleKeys(trx, keyedOutcomes(decided));
    const outcomes = requests.map((request) => decided.get(request) ?? storedFor(stored, request));
    const products = [...books.products.added, ...books.products.changed];
    return { outcomes, products, events: books.events.length };
  });
}

function outcomeOf(books: Books, request: CommandRequest, context: WriteContext): CommandOutcome {
  const decision = decideCommand(books, request, context);
  return decision.kind === 'done' ? { kind: 'done', answer: decision.value } : decision;
}

function keyedOutcomes(
  decided: ReadonlyMap<CommandRequest, CommandOutcome>,
): ReadonlyMap<Idempotency, CommandOutcome> {
  return new Map(
    [...decided].flatMap(([{ idempotency }, outcome]) =>
      idempotency === undefined ? [] : [[idempotency, outcome] as const],
    ),
  );
}

function storedFor(
  stored: ReadonlyMap<string, CommandOutcome>,
  { idempotency }: CommandRequest,
): CommandOutcome {
  const key = must(idempotency, 'only a key has a stored answer');
  return must(stored.get(keyTextOf(key)), 'a request is either decided or stored');
}

function emptyBooks(): Books {
  const rows = { products: [], orders: [], reservations: [] };
  return new Books(rows, { product: [], orders: [], reservation: [] });
}
