import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { Command, CommandOutcome, CommandRequest } from '../../src/domain/command.ts';
import { type Surroundings, system } from '../../src/domain/surroundings.ts';
import { Random } from '../../src/simulate/random.ts';
import { expireDue } from '../../src/sql/expire-reservations.ts';
import { openSql, type Sql, type SqlOptions } from '../../src/sql/open-sql.ts';

/** An empty place for books, another one each time. */
export type NewPlace = (context: TestContext) => Promise<SqlOptions>;

const dayMs = 86_400_000;

/** What the books must do in each database. */
export function booksContract(name: string, newPlace: NewPlace): void {
  suite(`the books in ${name}`, () => {
    booksTest('of fifty buyers of one piece, one gets it', async ({ sql, productOf }) => {
      const productId = await productOf(1);
      const outcomes = await all(50, () =>
        submit(sql, { kind: 'place-order', productId, quantity: 1 }),
      );
      assert.deepEqual(tally(outcomes), { done: 1, 'out-of-stock': 49 });
      assert.equal((await sql.reads.product(productId))?.quantity, 0);
    });

    booksTest('of a hundred buyers of twenty pieces, twenty get one', async (books) => {
      const productId = await books.productOf(20);
      const outcomes = await all(100, () =>
        submit(books.sql, { kind: 'place-order', productId, quantity: 1 }),
      );
      assert.deepEqual(tally(outcomes), { done: 20, 'out-of-stock': 80 });
    });

    booksTest('confirming and cancelling one reservation at once: one wins', async (books) => {
      const { sql } = books;
      const productId = await books.productOf(5);
      for (let round = 0; round < 10; round++) {
        const reservationId = await books.reserve(productId, 1);
        const [confirmed, cancelled] = await Promise.all([
          submit(sql, { kind: 'confirm-reservation', reservationId }),
          submit(sql, { kind: 'cancel-reservation', reservationId, reason: 'CUSTOMER' }),
        ]);
        assert.deepEqual([confirmed, cancelled].filter(({ kind }) => kind === 'done').length, 1);
        if (confirmed.kind !== 'done') continue;
        const orderId = confirmed.answer.orderId ?? 0;
        await submit(sql, { kind: 'cancel-order', orderId });
      }
      assert.equal((await sql.reads.product(productId))?.quantity, 5);
    });

    booksTest('fifty cancels of one reservation give its pieces back once', async (books) => {
      const productId = await books.productOf(3);
      const reservationId = await books.reserve(productId, 2);
      const outcomes = await all(50, () =>
        submit(books.sql, { kind: 'cancel-reservation', reservationId, reason: 'CUSTOMER' }),
      );
      assert.deepEqual(tally(outcomes), { done: 1, 'already-cancelled': 49 });
      assert.equal((await books.sql.reads.product(productId))?.quantity, 3);
    });

    booksTest('an order that is cancelled twice gives its pieces back once', async (books) => {
      const productId = await books.productOf(3);
      const placed = await submit(books.sql, { kind: 'place-order', productId, quantity: 2 });
      const orderId = placed.kind === 'done' ? (placed.answer.orderId ?? 0) : 0;
      const outcomes = await all(2, () => submit(books.sql, { kind: 'cancel-order', orderId }));
      assert.deepEqual(tally(outcomes), { done: 1, 'already-cancelled': 1 });
      assert.equal((await books.sql.reads.product(productId))?.quantity, 3);
    });

    booksTest('equal keys in parallel give one order and one answer', async (books) => {
      const productId = await books.productOf(10);
      const outcomes = await all(20, () => order(books.sql, productId, 'k-1'));
      assert.equal(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size, 1);
      assert.equal((await books.sql.reads.product(productId))?.quantity, 9);
    });

    booksTest('a key that comes back with another request is refused', async (books) => {
      const productId = await books.productOf(10);
      await order(books.sql, productId, 'k-1');
      const other = await order(books.sql, productId, 'k-1', 'another-hash');
      assert.deepEqual(tally([other]), { 'idempotency-key-reused': 1 });
    });

    booksTest('a refused request may succeed later with the same key', async (books) => {
      const { sql } = books;
      const productId = await books.productOf(0);
      assert.deepEqual(tally([await order(sql, productId, 'k-1')]), { 'out-of-stock': 1 });
      await submit(sql, { kind: 'adjust-stock', productId, delta: 1, reason: 'restock' });
      assert.deepEqual(tally([await order(sql, productId, 'k-1')]), { done: 1 });
    });

    booksTest('a key is forgotten after a day', async (books) => {
      const productId = await books.productOf(10);
      await order(books.sql, productId, 'k-1');
      books.moveClock(dayMs + 1);
      await books.sql.forgetOldKeys();
      await order(books.sql, productId, 'k-1');
      assert.equal((await books.sql.reads.product(productId))?.quantity, 8);
    });

    booksTest('a reservation nobody decides is cancelled at the end of its day', async (books) => {
      const { sql } = books;
      const productId = await books.productOf(4);
      const reservationId = await books.reserve(productId, 3);
      await expireDue(sql, books.nowMs());
      assert.equal((await sql.reads.reservation(reservationId))?.status, 'PENDING');
      books.moveClock(dayMs);
      await expireDue(sql, books.nowMs());
      const expired = await sql.reads.reservation(reservationId);
      assert.deepEqual(
        [expired?.status, expired?.cancelReason, (await sql.reads.product(productId))?.quantity],
        ['CANCELLED', 'EXPIRED', 4],
      );
    });

    booksTest('confirming and expiry at once: one wins', async (books) => {
      const { sql } = books;
      const productId = await books.productOf(4);
      const reservationId = await books.reserve(productId, 3);
      books.moveClock(dayMs);
      await Promise.all([
        submit(sql, { kind: 'confirm-reservation', reservationId }),
        expireDue(sql, books.nowMs()),
        expireDue(sql, books.nowMs()),
      ]);
      assert.notEqual((await sql.reads.reservation(reservationId))?.status, 'PENDING');
    });

    booksTest(
      'every change of the books puts its event into the outbox, in order',
      async (books) => {
        const productId = await books.productOf(4);
        await books.reserve(productId, 1);
        await submit(books.sql, { kind: 'place-order', productId, quantity: 1 });
        const rows = await books.sql.outbox.next(100);
        assert.deepEqual(
          rows.map(({ topic, key }) => `${topic} ${key}`),
          ['product.change', 'stock.adjust', 'reservation.create', 'order.create'].map(
            (topic) => `basquiat.${topic} ${productId}`,
          ),
        );
      },
    );

    booksTest('times, big numbers and missing values come back as they went in', async (books) => {
      const price = Number.MAX_SAFE_INTEGER;
      const text = { name: '나침반', nameEn: null, category: '', price };
      await submit(books.sql, { kind: 'create-product', text, quantity: 7 });
      const [product] = await books.sql.reads.products({ limit: 1 });
      assert.deepEqual(
        { ...product, id: 0, code: '' },
        {
          ...text,
          id: 0,
          code: '',
          quantity: 7,
          stocked: 7,
          stockVersion: 1,
          createdAtMs: books.nowMs(),
          updatedAtMs: books.nowMs(),
        },
      );
    });

    booksTest('one impossible command does not fail the others of its batch', async (books) => {
      const productId = await books.productOf(10);
      const text = { name: 'x'.repeat(300), nameEn: null, category: '', price: 1 };
      const [bad, good] = await Promise.allSettled([
        submit(books.sql, { kind: 'create-product', text, quantity: 7 }),
        submit(books.sql, { kind: 'place-order', productId, quantity: 1 }),
      ]);
      assert.equal(bad.status, 'rejected');
      assert.equal(good.status === 'fulfilled' && good.value.kind, 'done');
    });

    booksTest('the books add up after random actions of many customers', async (books) => {
      const seed = Number(process.env['SHOP_TEST_SEED'] ?? Date.now() % 1_000_000);
      books.context.diagnostic(`seed ${seed}`);
      await actAtRandom(books, new Random(seed), 1_500);
      assert.deepEqual(await books.sql.reads.imbalances(), []);
    });
  });

  function booksTest(title: string, run: (books: OpenBooks) => Promise<void>): void {
    test(title, async (context) => {
      const books = await openBooks(context, await newPlace(context));
      try {
        await run(books);
        assert.deepEqual(await books.sql.reads.imbalances(), []);
      } finally {
        await books.sql.close();
      }
    });
  }
}

interface OpenBooks {
  readonly context: TestContext;
  readonly sql: Sql;
  nowMs(): number;
  moveClock(byMs: number): void;
  /** A new treasure with so many pieces. */
  productOf(quantity: number): Promise<number>;
  /** Reserves for today. */
  reserve(productId: number, quantity: number): Promise<number>;
}

async function openBooks(context: TestContext, place: SqlOptions): Promise<OpenBooks> {
  let nowMs = Date.parse('2026-02-16T03:00:00Z');
  const surroundings: Surroundings = { ...system, nowMs: () => nowMs };
  const sql = await openSql({ ...place, surroundings });
  const text = {
    name: '폭풍 병',
    nameEn: 'Storm in a Bottle',
    category: 'wonders',
    price: 730_000,
  };
  return {
    context,
    sql,
    nowMs: () => nowMs,
    moveClock: (byMs) => {
      nowMs += byMs;
    },
    productOf: async (quantity) => {
      const made = await submit(sql, { kind: 'create-product', text, quantity });
      return made.kind === 'done' ? (made.answer.productId ?? 0) : 0;
    },
    reserve: async (productId, quantity) => {
      const command = { kind: 'reserve', productId, quantity, reserveDate: '2026-02-16' } as const;
      const made = await submit(sql, command);
      return made.kind === 'done' ? (made.answer.reservationId ?? 0) : 0;
    },
  };
}

function submit(sql: Sql, command: Command): Promise<CommandOutcome> {
  return sql.writes.submit({ command, source: 'api' });
}

function order(
  sql: Sql,
  productId: number,
  ...[key, requestHash = 'h']: readonly [key: string, requestHash?: string]
) {
  const idempotency = { scope: 'order', key, requestHash };
  const command = { kind: 'place-order', productId, quantity: 1 } as const;
  const request: CommandRequest = { command, source: 'api', idempotency };
  return sql.writes.submit(request);
}

async function actAtRandom({ sql, productOf }: OpenBooks, random: Random, actions: number) {
  const products = await all(4, () => productOf(60));
  const id = (): number => random.integer(1, Math.ceil(actions / 5));
  const choices: readonly (() => Command)[] = [
    () => ({ kind: 'place-order', productId: one(), quantity: random.integer(1, 4) }),
    () => ({ kind: 'cancel-order', orderId: id() }),
    () => ({
      kind: 'reserve',
      productId: one(),
      quantity: random.integer(1, 10),
      reserveDate: '2026-02-18',
    }),
    () => ({ kind: 'confirm-reservation', reservationId: id() }),
    () => ({ kind: 'cancel-reservation', reservationId: id(), reason: 'CUSTOMER' }),
    () => ({
      kind: 'adjust-stock',
      productId: one(),
      delta: random.integer(-9, 12),
      reason: 'restock',
    }),
  ];
  const one = (): number => random.pick(products) ?? 0;
  for (let left = actions; left > 0; left -= 50) {
    const commands = Array.from({ length: 50 }, () => (random.pick(choices) ?? choices[0])?.());
    await Promise.all(commands.map((command) => command && submit(sql, command)));
  }
}

function all<T>(count: number, run: (n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_none, n) => run(n)));
}

function tally(outcomes: readonly CommandOutcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = outcome.kind === 'done' ? 'done' : outcome.refusal.code;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
