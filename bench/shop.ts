// The shop under load, with the load beside it on the same machine: start, orders, views, and
// whether everything is in the totals afterwards. `--seconds 10` sets how long each load lasts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ShopProcess } from '../shop/test/shop-process.ts';
import { type LoadOptions, type LoadResult, load, quantile } from './kit/load.ts';
import { reportShop, type ShopRow } from './kit/report-shop.ts';

const seconds = Number(/--seconds[ =](\d+)/.exec(process.argv.join(' '))?.[1] ?? 10);
const directory = mkdtempSync(join(tmpdir(), 'shop-bench-'));
const treasures = Array.from({ length: 24 }, (_none, n) => n + 1);
const rows: ShopRow[] = [];
const restock = { delta: 100_000, reason: 'restock' };
try {
  const flags = ['--no-driver'];
  const first = await timed(() => ShopProcess.start(directory, flags));
  rows.push(startRow('first start to page', 4_000, first));
  await first.value.close();
  const later = await timed(() => ShopProcess.start(directory, flags));
  rows.push(startRow('later start to page', 2_000, later));
  await using shop = later.value;
  for (const id of treasures) await post(shop, `/api/products/${id}/stock`, restock);
  // A little of each warms code and connections up.
  const warmOrders = await run(shop, { perSecond: 50, seconds: 2, next: orderOf });
  const warmViews = await run(shop, { perSecond: 200, seconds: 2, next: viewOf });
  rows.push(
    await measure(shop, 'orders', { perSecond: 500, seconds, next: orderOf }, { p99Ms: 50 }),
  );
  rows.push(
    await measure(
      shop,
      'orders of one treasure',
      { perSecond: 300, seconds, next: orderOfOne },
      { p99Ms: 50 },
    ),
  );
  rows.push(
    await measure(
      shop,
      'views, waitMs=0',
      { perSecond: 2_000, seconds, next: viewOf },
      { p99Ms: 25 },
    ),
  );
  const expected = {
    orders: goodOf(warmOrders) + answered(rows, /^orders/),
    views: goodOf(warmViews) + answered(rows, /^views/),
  };
  const after = await settledTotals(shop, expected);
  console.log(
    `expected in the totals: ${JSON.stringify(expected)}, found ${JSON.stringify(after)}`,
  );
  if (after.orders !== expected.orders || after.views !== expected.views) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
reportShop(rows);

function orderOf(n: number) {
  const body = JSON.stringify({ productId: 1 + (n % treasures.length), quantity: 1 });
  return { method: 'POST', path: '/api/orders', body } as const;
}

function orderOfOne() {
  const body = JSON.stringify({ productId: 7, quantity: 1 });
  return { method: 'POST', path: '/api/orders', body } as const;
}

function viewOf(n: number) {
  return { method: 'GET', path: `/api/products/${1 + (n % treasures.length)}?waitMs=0` } as const;
}

type Asked = Omit<LoadOptions, 'address'>;

function run(shop: ShopProcess, asked: Asked) {
  return load({ address: shop.address, ...asked });
}

async function measure(
  shop: ShopProcess,
  workload: string,
  ...[asked, goal]: readonly [asked: Asked, goal: { readonly p99Ms: number }]
): Promise<ShopRow> {
  const cpuBefore = cpuMsOf(shop.pid);
  const result = await run(shop, asked);
  const cpuMs = cpuMsOf(shop.pid) - cpuBefore;
  const good = goodOf(result);
  return {
    workload,
    goal: `${asked.perSecond}/s, p99 ${goal.p99Ms} ms`,
    perSecond: Math.round((good / result.elapsedMs) * 1_000),
    good,
    bad: result.sent - good,
    p50Ms: quantile(result.latencies, 0.5),
    p99Ms: quantile(result.latencies, 0.99),
    cpuMsEach: cpuMs / result.sent,
  };
}

function goodOf({ statuses }: LoadResult): number {
  return (statuses[200] ?? 0) + (statuses[201] ?? 0);
}

function startRow(
  workload: string,
  goalMs: number,
  { value, ms }: { readonly value: ShopProcess; readonly ms: number },
): ShopRow {
  const cpuMsEach = cpuMsOf(value.pid);
  return { workload, goal: `${goalMs / 1_000} s`, p50Ms: ms, cpuMsEach };
}

function answered(measured: readonly ShopRow[], which: RegExp): number {
  return measured.reduce(
    (sum, { workload, good = 0 }) => sum + (which.test(workload) ? good : 0),
    0,
  );
}

interface Totals {
  readonly orders: number;
  readonly views: number;
  readonly problem?: string;
}

async function totals(shop: ShopProcess): Promise<Totals> {
  let [orders, views] = [0, 0];
  for (const id of treasures) {
    const response = await fetch(`${shop.address}/api/stats/products/${id}`);
    const { result, detail } = Object(await response.json());
    // Counts may be late under load: then they are asked for again.
    if (!response.ok) return { orders: 0, views: 0, problem: `${detail}` };
    orders += result.orders;
    views += result.views;
  }
  return { orders, views };
}

/** The relay and the streams may be a moment behind. */
async function settledTotals(shop: ShopProcess, expected: Totals): Promise<Totals> {
  const endMs = performance.now() + 60_000;
  for (;;) {
    const found = await totals(shop);
    const isThere = found.orders >= expected.orders && found.views >= expected.views;
    if (isThere || performance.now() > endMs) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function post(shop: ShopProcess, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${shop.address}${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

async function timed<T>(
  act: () => Promise<T>,
): Promise<{ readonly value: T; readonly ms: number }> {
  const startMs = performance.now();
  return { value: await act(), ms: performance.now() - startMs };
}

/** Processor time of a process so far: what others do on the machine does not count. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
