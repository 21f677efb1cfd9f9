import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, suite, test } from 'node:test';
import { ShopProcess } from '../shop-process.ts';

const main = new URL('../../src/replay/main.ts', import.meta.url).pathname;
const week = new URL('../../data/online-retail-week.csv.gz', import.meta.url).pathname;

suite('a replayed world that is opened as a shop', () => {
  let directory: string;
  let shop: ShopProcess;
  const runs = [{ printed: '' }, { printed: '' }];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'replay-opened-'));
    const days = ['--from', '2011-11-21', '--to', '2011-11-23', '--no-check'];
    const program = ['--conditions=source', main, week, '--data-dir', directory, ...days];
    for (const run of runs) {
      const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      run.printed = stdout;
    }
    shop = await ShopProcess.start(directory, ['--world', 'replay']);
  });

  after(async () => {
    await shop?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  async function ask(path: string): Promise<ReturnType<ObjectConstructor>> {
    let response = await fetch(`${shop.address}${path}`);
    for (const endMs = Date.now() + 30_000; response.status === 503; ) {
      assert.ok(Date.now() < endMs, `${path} is answered within 30 s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      response = await fetch(`${shop.address}${path}`);
    }
    const body = Object(await response.json());
    assert.ok(response.ok, JSON.stringify(body));
    return body.result;
  }

  test('was replayed twice, and the second run says that it added nothing', () => {
    const [first, second] = runs.map(({ printed }) => printed);
    assert.doesNotMatch(String(first), /already/);
    assert.match(
      String(second),
      /rows · order .*\n {2}all of it was there already, nothing was added/,
    );
  });

  test('lives on the day of its last event, in the currency of its file', async () => {
    const { zone, day, time, currency, scale } = await ask('/api/shop');
    assert.deepEqual([zone, day, time, currency, scale], ['UTC', '2011-11-22', 'stream', 'GBP', 3]);
    assert.match(shop.printed, /live {6}no customers, zone UTC \(today 2011-11-22\)/);
  });

  test('has rankings of that day, and counts each treasure under its code', async () => {
    const [first] = await ask('/api/stats/rankings/orders?period=today&n=1');
    assert.ok(first.count > 0);
    const counts = await ask(`/api/stats/products/${first.code}`);
    assert.equal(counts.name, first.code);
    assert.equal(counts.quantity, null);
    assert.ok(counts.orders >= first.count);
    const unknown = await fetch(`${shop.address}/api/stats/products/nothing`);
    assert.equal(unknown.status, 404);
  });

  test('adds its days up: one row for each, the sum of its treasures', async () => {
    const span = 'from=2011-11-20&to=2011-11-22';
    const totals = await ask(`/api/stats/daily?${span}&group=day`);
    const rows = await ask(`/api/stats/daily?${span}`);
    const sums = new Map<string, number>();
    for (const { day, orders } of rows) sums.set(day, (sums.get(day) ?? 0) + orders);
    assert.deepEqual(
      totals.map(({ day, orders }: { day: string; orders: number }) => [day, orders]),
      [
        ['2011-11-20', 0],
        ['2011-11-21', sums.get('2011-11-21')],
        ['2011-11-22', sums.get('2011-11-22')],
      ],
    );
    assert.ok(Number(sums.get('2011-11-22')) > 1_000);
  });

  test('is left as it is by visitors of today', async () => {
    const socket = new WebSocket(`${shop.address.replace('http', 'ws')}/live`);
    const frames: ReturnType<ObjectConstructor>[] = [];
    socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))));
    await once(socket, 'open');
    const [{ code }] = await ask('/api/stats/rankings/orders?n=1');
    socket.send(JSON.stringify({ op: 'here', code }));
    socket.send(JSON.stringify({ op: 'ping' }));
    while (!frames.some(({ op }) => op === 'pong')) await once(socket, 'message');
    assert.equal(new Date(frames[0].now).toISOString().slice(0, 10), '2011-11-22');
    assert.deepEqual(await ask(`/api/stats/viewers?ids=${code}`), { [code]: 0 });
    socket.close();

    assert.equal(await shop.close(), 0);
    shop = await ShopProcess.start(directory, ['--world', 'replay']);
    assert.equal((await ask('/api/shop')).day, '2011-11-22');
    assert.deepEqual(await ask(`/api/stats/viewers?ids=${code}`), { [code]: 0 });
  });
});
