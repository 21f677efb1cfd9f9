import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pino from 'pino';
import { checkWorld } from '../src/check/check-world.ts';
import { printReport } from '../src/check/print-report.ts';
import { readRaw, textOf } from '../src/check/raw-log.ts';
import { readConfig } from '../src/config.ts';
import { system } from '../src/domain/surroundings.ts';
import { openShop } from '../src/open-shop.ts';
import { rest } from './at-rest.ts';

const codes = Array.from({ length: 24 }, (_none, at) => String(at + 1));

const directory = await mkdtemp(join(tmpdir(), 'shop-instances-'));
const flags = ['--data-dir', directory, '--port', '0', '--no-open', '--instances', '3'];
const customers = ['--rate', '100', '--seed', '7'];
const shop = await openShop({
  config: readConfig([...flags, ...customers], {}),
  surroundings: system,
  logger: pino({ level: 'silent' }),
  onPart: () => undefined,
});
after(async () => {
  await shop[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});
const { world } = shop;

test('an instance is killed: counts are ready at once, and the page moves', async (context) => {
  await allRun();
  await until('customers are here', async () => (await naiveViews()).size === codes.length);
  let changes = 0;
  world.lists.onChange(() => {
    changes += 1;
  });

  const startMs = performance.now();
  const killed = await ask('POST', '/api/ops/instances/crew-1/kill');
  assert.deepEqual(killed, { id: 'crew-1', state: 'down', tasks: [], restoreLag: 0 });
  // Each answer has waited for its own view.
  await Promise.all(codes.map((code) => until(`${code} is ready`, () => isReady(code))));
  const tookMs = performance.now() - startMs;

  context.diagnostic(`ready in ${Math.round(tookMs)} ms, ${changes} changes meanwhile`);
  const before = changes;
  await until('the page moves', async () => changes > before + 20);
  await allRun();
});

test('an instance is killed: soon every count is that of the log', async (context) => {
  await ask('PATCH', '/api/ops/driver', { paused: true });

  const startMs = performance.now();
  await ask('POST', '/api/ops/instances/crew-2/kill');
  await until('the counts are those of the log', async () => {
    const [views, counts] = await Promise.all([naiveViews(), viewsOfStore()]);
    return codes.every((code) => counts.get(code) === views.get(code));
  });
  const tookMs = performance.now() - startMs;

  context.diagnostic(`right in ${Math.round(tookMs)} ms`);
});

test('and in the end nothing is lost or doubled', async (context) => {
  await allRun();
  await rest(world);
  const report = await checkWorld({
    log: world.log,
    prefix: 'basquiat',
    applicationId: 'onepiece-stream-aggregator',
    zones: ['Asia/Seoul'],
    sql: world.sql.witness,
  });
  context.diagnostic(`\n${printReport(report)}`);
  assert.deepEqual(await world.sql.reads.imbalances(), []);
  assert.equal(report.wrong, 0);
});

/** All three run, and each has something to do. */
async function allRun(): Promise<void> {
  await until('all instances run', async () => {
    const instances = await ask('GET', '/api/ops/instances');
    return instances.every(({ state, tasks }: { state: string; tasks: readonly string[] }) => {
      return state === 'running' && tasks.length > 0;
    });
  });
}

async function isReady(code: string): Promise<boolean> {
  const { viewCountTotal, stats } = await ask('GET', `/api/products/${code}?waitMs=2000`);
  return stats.state === 'ready' && viewCountTotal > 0;
}

async function viewsOfStore(): Promise<ReadonlyMap<string, number>> {
  const { app, stores } = world.streams;
  const counts = new Map<string, number>();
  for (const code of codes) {
    const answer = await app.store(stores.views).get(code, { timeoutMs: 500 });
    if (answer.state === 'found') counts.set(code, answer.value);
  }
  return counts;
}

/** The views of each treasure, one record after the other. */
async function naiveViews(): Promise<ReadonlyMap<string, number>> {
  const views = new Map<string, number>();
  await readRaw(world.log, world.topics.events['product.viewed'].name, ({ key }) => {
    const code = key === null ? '' : textOf(key);
    views.set(code, (views.get(code) ?? 0) + 1);
  });
  return views;
}

async function ask(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${shop.address}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const { result } = Object(await answer.json());
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return result;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < endMs, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
