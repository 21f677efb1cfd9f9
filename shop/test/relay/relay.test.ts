import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Log } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { system } from '../../src/domain/surroundings.ts';
import { readToEnd } from '../../src/read-to-end.ts';
import { LedgerMismatchError } from '../../src/relay/recover-batch.ts';
import { Relay, type RelayParts, type RelayPoint } from '../../src/relay/relay.ts';
import { writeMeta } from '../../src/sql/migrate.ts';
import { openDatabase } from '../../src/sql/open-database.ts';
import { openSql, type Sql } from '../../src/sql/open-sql.ts';
import { allTopics, ensureTopics, shopTopics } from '../../src/topics.ts';

const directory = await mkdtemp(join(tmpdir(), 'shop-relay-'));
after(() => rm(directory, { recursive: true, force: true }));
const program = fileURLToPath(new URL('./relay-process.ts', import.meta.url));
const topics = shopTopics();
const ordersOfEach = 24;
const points: readonly RelayPoint[] = ['selected', 'sent', 'committed', 'settled'];

test('killed at each point of its round, a relay loses no event and doubles none', async () => {
  for (const point of points) {
    const child = fork(program, [directory, point, String(ordersOfEach)], {
      execArgv: ['--conditions=source'],
      stdio: 'inherit',
    });
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL', `dies at "${point}"`);
  }
  await using office = await openOffice(directory);
  const { sql, log } = office;
  await carryEverything(office);
  const orders = points.length * ordersOfEach;
  const seen = await orderIds(log);
  assert.ok((await sql.reads.order(1)) !== undefined);
  // A process may die before its last orders are made; those that were made are all there, once.
  const made = Object.values(await sql.reads.totals()).reduce((sum, n) => sum + n, 0);
  assert.ok(made > 0 && made <= orders);
  assert.equal(seen.length, made);
  assert.equal(new Set(seen).size, made);
});

test('events of one treasure stand in the log in the order of the books', async () => {
  await using office = await openOffice(directory);
  // However far the killed processes came: three more orders of each treasure.
  for (let n = 0; n < 9; n++) await order(office.sql, 1 + (n % 3));
  await carryEverything(office);
  const versions = new Map<string, number[]>();
  await readToEnd(office.log, topics.events['order.created'], ({ key, value }) => {
    versions.set(key, [...(versions.get(key) ?? []), value.stockVersion ?? -1]);
  });
  assert.equal(versions.size, 3);
  for (const found of versions.values()) {
    assert.ok(found.length >= 3);
    assert.deepEqual(
      found,
      found.toSorted((one, other) => one - other),
    );
  }
});

test('of two relays on one log the later one works, the earlier one is fenced', async () => {
  await using office = await openOffice(directory);
  const errors: string[] = [];
  let arrived: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const first = relayOf(office, {
    onError: (error) => errors.push(error instanceof Error ? error.name : ''),
    onPoint: async (point) => {
      if (point !== 'sent') return;
      arrived();
      await released;
    },
  });
  await order(office.sql);
  first.start();
  await reached;
  const before = (await orderIds(office.log)).length;
  await carryEverything(office);
  release();
  await until(() => errors.length > 0);
  await first.stop();
  assert.deepEqual(errors.slice(0, 1), ['FencedError']);
  assert.equal((await orderIds(office.log)).length, before + 1);
});

test('a relay that comes back late takes no settled batch back', async () => {
  await using office = await openOffice(directory);
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const errors: string[] = [];
  const late = relayOf(office, {
    onError: (error) => errors.push(error instanceof Error ? error.name : ''),
    onPoint: async (point) => {
      if (point !== 'committed') return;
      arrive();
      await released;
    },
  });
  await order(office.sql);
  late.start();
  await arrived;
  await carryEverything(office);
  await order(office.sql);
  await carryEverything(office);
  const settled = await office.sql.outbox.settledBatch();

  release();
  await until(() => errors.length > 0);
  await late.stop();

  assert.deepEqual(errors.slice(0, 1), ['OtherRelayError']);
  assert.equal(await office.sql.outbox.settledBatch(), settled);
});

test('a relay whose log fails waits before it tries again, whoever wakes it', async () => {
  await using office = await openOffice(directory);
  await office.log[Symbol.asyncDispose]();
  const errors: unknown[] = [];
  const delays: number[] = [];
  const relay = relayOf(office, {
    onError: (error) => errors.push(error),
    surroundings: {
      ...system,
      after: (delayMs) => {
        delays.push(delayMs);
        return () => undefined;
      },
    },
  });
  relay.wake();
  relay.start();
  await until(() => errors.length > 0);
  for (let turn = 0; turn < 100; turn++) {
    relay.wake();
    await new Promise(setImmediate);
  }
  await relay.stop();

  assert.equal(errors.length, 1);
  assert.deepEqual(delays, [1_000]);
});

test('books that have gone back in time are noticed, and nothing is sent', async () => {
  const settled = await settledBatchIn(directory);
  for (const batch of [settled - 2, settled - 1]) {
    await goBackTo(directory, batch);
    await using office = await openOffice(directory);
    await order(office.sql);
    const before = (await orderIds(office.log)).length;
    const errors: unknown[] = [];
    const relay = relayOf(office, { onError: (error) => errors.push(error) });
    relay.start();
    await until(() => errors.length > 0);
    await relay.stop();
    assert.ok(errors[0] instanceof LedgerMismatchError);
    assert.match(errors[0].message, /the database has gone back in time/);
    assert.equal((await orderIds(office.log)).length, before);
    assert.equal((await office.sql.outbox.next(9)).length, batch === settled - 2 ? 1 : 2);
  }
});

async function settledBatchIn(place: string): Promise<number> {
  await using sql = await openSql({ directory: place });
  return sql.outbox.settledBatch();
}

/** As if the books were put back from a copy of the moment when they had settled that batch. */
async function goBackTo(place: string, batch: number): Promise<void> {
  const database = await openDatabase({ directory: place });
  await writeMeta(database.db, 'relay_batch', batch);
  await database.close();
}

interface Office extends AsyncDisposable {
  readonly sql: Sql;
  readonly log: Log;
}

async function openOffice(place: string): Promise<Office> {
  await using opened = new AsyncDisposableStack();
  const sql = opened.use(await openSql({ directory: place }));
  const log = opened.use(await openEmbeddedLog({ directory: join(place, 'log'), fsync: 'never' }));
  await ensureTopics(log, allTopics(topics));
  const parts = opened.move();
  return { sql, log, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

function relayOf(
  { sql, log }: Office,
  more: Pick<RelayParts, 'onError' | 'onPoint'> & Partial<Pick<RelayParts, 'surroundings'>>,
): Relay {
  return new Relay({ log, topics, outbox: sql.outbox, surroundings: system, ...more });
}

async function carryEverything(office: Office): Promise<void> {
  const relay = relayOf(office, {
    onError: (error) => {
      throw error;
    },
  });
  relay.start();
  await until(async () => (await office.sql.outbox.next(1)).length === 0);
  await relay.stop();
}

async function order(sql: Sql, productId = 1): Promise<void> {
  const command = { kind: 'place-order', productId, quantity: 1 } as const;
  await sql.writes.submit({ command, source: 'api' });
}

async function orderIds(log: Log): Promise<readonly string[]> {
  const ids: string[] = [];
  await readToEnd(log, topics.events['order.created'], ({ value }) => ids.push(value.orderId));
  return ids;
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 30_000) {
  const endMs = Date.now() + withinMs;
  while (!(await condition())) {
    assert.ok(Date.now() < endMs, `within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
