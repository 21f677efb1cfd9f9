import type { TestContext } from 'node:test';
import type { InjectOptions } from 'fastify';
import { InProcessBus } from '../../src/bus/in-process-bus.ts';
import { respondToShop } from '../../src/bus/responders.ts';
import { type CatalogueItem, treasures } from '../../src/domain/catalogue.ts';
import { type Surroundings, system } from '../../src/domain/surroundings.ts';
import type { HttpApp, HttpParts } from '../../src/http/parts.ts';
import { buildHttp } from '../../src/http/server.ts';
import { openSql, type Sql } from '../../src/sql/open-sql.ts';
import { ProductCache } from '../../src/sql/product-cache.ts';
import { seedCatalogue } from '../../src/sql/seed-catalogue.ts';
import { FakeCounts } from './fake-counts.ts';
import { FakeInstances } from './fake-instances.ts';

/** The shop's counter without a log behind it: real books, real bus, real server. */
export interface TestShop {
  readonly app: HttpApp;
  readonly sql: Sql;
  readonly bus: InProcessBus;
  readonly counts: FakeCounts;
  readonly errors: unknown[];
  moveClock(byMs: number): void;
  /** Sends one request and reads its JSON. */
  call(request: string, body?: unknown, options?: InjectOptions): Promise<TestAnswer>;
  close(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly body: TestBody;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The members of an envelope or a problem that tests look at. */
export interface TestBody extends Readonly<Record<string, unknown>> {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly code?: string;
}

export const testStartMs = Date.parse('2026-02-16T03:00:00Z');

export async function openShop(
  options: { readonly items?: readonly CatalogueItem[]; readonly parts?: Partial<HttpParts> } = {},
): Promise<TestShop> {
  let aheadMs = 0;
  const surroundings: Surroundings = { ...system, nowMs: () => testStartMs + aheadMs };
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const sql = await openSql({ surroundings });
  await seedCatalogue(sql, options.items ?? treasures);
  const cache = new ProductCache((id) => sql.reads.product(id));
  sql.writes.onCommitted(({ products }) => cache.put(products));
  const bus = new InProcessBus({ surroundings, instance: 'crew-1', onError });
  respondToShop({ bus, sql, cache });
  const counts = new FakeCounts();
  const app = await buildHttp({
    bus,
    counts,
    lists: counts,
    witness: counts,
    driver: undefined,
    instances: new FakeInstances(),
    zone: 'Asia/Seoul',
    world: { time: 'wall-clock', currency: 'KRW', scale: 0 },
    surroundings,
    access: { host: '127.0.0.1' },
    onError,
    ...options.parts,
  });
  return {
    app,
    sql,
    bus,
    counts,
    errors,
    moveClock: (byMs) => {
      aheadMs += byMs;
    },
    call: (request, body, more) => call(app, request, { ...more, body }),
    close: async () => {
      await app.close();
      await bus.close();
      await sql.close();
    },
  };
}

/** One shop for the tests of a file, closed at its end. */
export async function shopFor(context: Pick<TestContext, 'after'>): Promise<TestShop> {
  const shop = await openShop();
  context.after(() => shop.close());
  return shop;
}

async function call(
  app: HttpApp,
  request: string,
  { body, ...more }: Omit<InjectOptions, 'body'> & { readonly body?: unknown },
): Promise<TestAnswer> {
  const [method, url] = request.split(' ');
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await app.inject({
    method: method === 'POST' || method === 'PATCH' ? method : 'GET',
    url: url ?? '/',
    ...(body === undefined ? {} : { payload }),
    ...more,
    headers: {
      host: '127.0.0.1:8080',
      'accept-language': 'en',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more.headers,
    },
  });
  const isJson = answer.body !== '' && /json/.test(String(answer.headers['content-type']));
  return {
    status: answer.statusCode,
    body: isJson ? answer.json<TestBody>() : { text: answer.body },
    headers: answer.headers,
  };
}
