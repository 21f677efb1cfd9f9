import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Log, nullable, type Producer, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { type CheckReport, checkWorld } from '../../src/check/check-world.ts';
import { deadLines } from '../../src/check/dead-lines.ts';
import { printReport } from '../../src/check/print-report.ts';
import type { SqlWitness } from '../../src/check/sql-ledger.ts';
import { system } from '../../src/domain/surroundings.ts';
import type { EventOf, ShopEvent } from '../../src/events/event-schemas.ts';
import { sendEvent } from '../../src/events/send-event.ts';
import { uuidV7 } from '../../src/events/uuid-v7.ts';
import { shopStreams } from '../../src/streams/app.ts';
import { settle } from '../../src/streams/settle.ts';
import { allTopics, ensureTopics, type ShopTopics, shopTopics } from '../../src/topics.ts';

const applicationId = 'check-test';
const zone = 'Asia/Seoul';

/** A small world at rest: what happened in it has been counted. */
async function restingWorld(
  events: readonly ShopEvent[],
  more: (producer: Producer) => Promise<void> = async () => undefined,
) {
  const directory = await mkdtemp(join(tmpdir(), 'check-'));
  const log = await openEmbeddedLog({ directory });
  const topics = shopTopics();
  await ensureTopics(log, allTopics(topics));
  const producer = log.producer();
  for (const event of events) await sendEvent(producer, topics.events, event);
  await more(producer);
  const streams = shopStreams({ log, topics, applicationId });
  await streams.app.start();
  await settle({ log, topics, streams, surroundings: system });
  await streams.app.close();
  return {
    log,
    topics,
    producer,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

function check(log: Log, sql?: SqlWitness): Promise<CheckReport> {
  const options = { log, prefix: 'basquiat', applicationId, zones: [zone] };
  return checkWorld(sql === undefined ? options : { ...options, sql });
}

function common(productCode: string) {
  const occurredAt = Date.now() - 1_000;
  return { v: 1, id: uuidV7(system), source: 'api', productCode, occurredAt } as const;
}

function viewed(code: string): EventOf<'product.viewed'> {
  return { ...common(code), type: 'product.viewed' };
}
function ordered(code: string, quantity: number): EventOf<'order.created'> {
  return { ...common(code), type: 'order.created', orderId: '1', quantity, unitPrice: 100 };
}
function reserved(code: string, reservationId: string): EventOf<'reservation.created'> {
  const fields = { reservationId, quantity: 1, unitPrice: 100 };
  return { ...common(code), type: 'reservation.created', ...fields };
}
function cancelled(code: string, reservationId: string): EventOf<'reservation.cancelled'> {
  const fields = { reservationId, quantity: 1, reason: 'CUSTOMER' } as const;
  return { ...common(code), type: 'reservation.cancelled', ...fields };
}

const story = (): readonly ShopEvent[] => [
  viewed('7'),
  viewed('7'),
  viewed('8'),
  ordered('7', 2),
  ordered('M', 1),
  reserved('8', 'r1'),
  reserved('8', 'r2'),
  cancelled('8', 'r2'),
  { ...viewed('9'), occurredAt: Date.parse('2098-01-01') },
];

/** The books that fit the story. */
function books(more: { readonly outbox?: readonly unknown[]; readonly orders?: number } = {}) {
  const none = { orders: 0, units: 0, revenue: 0, cancels: 0, cancelUnits: 0 };
  const open = { reservations: 0, reservedPieces: 0, pending: 0, confirmed: 0 };
  const nothing = { ...none, ...open, cancelled: 0, expired: 0 };
  const orders = more.orders ?? 1;
  const witness: SqlWitness = {
    totals: async () => [
      { ...nothing, code: '7', orders, units: 2, revenue: 200 },
      { ...nothing, code: 'M', orders: 1, units: 1, revenue: 100 },
      { ...nothing, code: '8', reservations: 2, reservedPieces: 2, pending: 1, cancelled: 1 },
    ],
    outbox: async () => more.outbox ?? [],
  };
  return witness;
}

function wrongGroups({ groups }: CheckReport): readonly string[] {
  return groups.filter(({ wrong }) => wrong > 0).map(({ group }) => group);
}

test('in a world at rest books, log, stores and topics say the same', async () => {
  await using world = await restingWorld(story());

  const report = await check(world.log, books());

  assert.equal(report.wrong, 0, printReport(report));
  assert.equal(report.dead, 1, 'the view from the far future');
  const views = report.groups.find(({ group }) => group === 'views');
  assert.deepEqual(views?.sums, { log: 3, stores: 3, topics: 3, sql: undefined });
  const orders = report.groups.find(({ group }) => group === 'orders');
  assert.deepEqual(orders?.sums, { log: 2, stores: 2, topics: 2, sql: 2 });
});

test('views of version 0 and dead letters are the same to check and topology', async () => {
  const old = topic('basquiat.product.fetch', { key: utf8, value: utf8 });
  await using world = await restingWorld(story(), async (producer) => {
    for (const value of ['PRODUCT_VIEW_COUNT_EVENT', '"PRODUCT_VIEW_COUNT_EVENT"']) {
      await producer.send(old, { key: '7', value });
      await producer.send(old, { key: '8', value, timestamp: Date.parse('2098-01-01') });
      await producer.send(old, { key: '8', value, timestamp: Date.parse('2001-01-01') });
    }
    const raw = topic('basquiat.order.create', { key: nullable(utf8), value: nullable(utf8) });
    await producer.send(raw, { key: '7', value: 'no event' });
    await producer.send(raw, { key: null, value: '{}' });
    await producer.send(raw, { key: '7', value: null });
  });

  const report = await check(world.log, books());

  assert.equal(report.wrong, 0, printReport(report));
  assert.deepEqual([report.dead, report.late], [6, 2]);
  const lines = await deadLines(world.log, 'basquiat');
  assert.equal(lines.length, 6);
  for (const line of lines) assert.match(line, /^ {2}basquiat\.\S+\/\d\/\d+ {2}\S.* {2}"/);
  const views = report.groups.find(({ group }) => group === 'views');
  assert.deepEqual(views?.sums, { log: 7, stores: 7, topics: 7, sql: undefined });
});

const corruptions: readonly {
  readonly what: string;
  readonly group: string;
  readonly corrupt: (topics: ShopTopics) => readonly [name: string, key: string, value: string];
}[] = [
  {
    what: 'a row of a store',
    group: 'orders',
    corrupt: () => [
      `${applicationId}-accumulation-join-store-changelog`,
      '7',
      '{"orders":2,"units":2,"revenue":200,"cancels":0,"cancelUnits":0}',
    ],
  },
  {
    what: 'a row of a result topic',
    group: 'pending now',
    corrupt: (topics) => [
      topics.reservationsNow.name,
      '8',
      '{"pending":2,"confirmed":0,"cancelled":1,"expired":0,"conflicts":0,"decideMs":0}',
    ],
  },
  {
    what: 'a place of a ranking',
    group: 'rankings',
    corrupt: (topics) => [
      topics.ranking.name,
      'views:total',
      '{"rows":[{"rank":1,"code":"8","count":2},{"rank":2,"code":"7","count":1}]}',
    ],
  },
];

for (const { what, group, corrupt } of corruptions) {
  test(`${what} that was changed behind the back of all is found and named`, async () => {
    await using world = await restingWorld(story());
    const [name, key, value] = corrupt(world.topics);

    await world.producer.send(topic(name, { key: utf8, value: utf8 }), { key, value });

    const report = await check(world.log, books());
    assert.deepEqual(wrongGroups(report), [group]);
    assert.match(printReport(report), new RegExp(`${group} +.*✗`));
    assert.ok(report.groups.some(({ samples }) => samples.length > 0));
  });
}

test('an order that is in the books and nowhere else is found', async () => {
  await using world = await restingWorld(story());

  const report = await check(world.log, books({ orders: 2 }));

  assert.deepEqual(wrongGroups(report), ['orders']);
  assert.match(printReport(report), /orders of 7: log 1, sql 2/);
});

test('an order in the outbox is not missed, nor waited for when the log has it', async () => {
  const events = story();
  await using world = await restingWorld(events);
  const waiting: ShopEvent = { ...ordered('7', 1), unitPrice: 0 };
  const inLog = events.filter(({ type }) => type === 'order.created');

  const report = await check(world.log, {
    ...books({ outbox: [waiting, ...inLog] }),
    totals: async () => {
      const [seven, ...others] = await books({ orders: 2 }).totals();
      assert.ok(seven);
      return [{ ...seven, units: 3 }, ...others];
    },
  });

  assert.equal(report.wrong, 0, printReport(report));
});

test('an event that is in the log twice is wrong, though everybody counts it twice', async () => {
  const view = viewed('7');
  await using world = await restingWorld([view, view]);

  const report = await check(world.log);

  assert.equal(report.wrong, 1);
  assert.deepEqual(wrongGroups(report), ['events seen twice']);
});

test('an event that the streams have not counted is a difference', async () => {
  await using world = await restingWorld(story());

  await sendEvent(world.producer, world.topics.events, viewed('8'));

  assert.deepEqual(
    new Set(wrongGroups(await check(world.log))),
    new Set(['views', `days ${zone}`, 'rankings']),
  );
});
