import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ShopProcess } from './shop-process.ts';

const directory = await mkdtemp(join(tmpdir(), 'shop-whole-'));
let shop = await ShopProcess.start(directory, ['--no-driver']);
after(async () => {
  await shop.kill();
  await rm(directory, { recursive: true, force: true });
});

test('the terminal says what is open, one line per part', () => {
  assert.match(shop.printed, /the shop 0\.1\.0 · world "default"/);
  for (const line of [
    /log {7}embedded, \d+ topics, 3 partitions +\d+\.\d s/,
    /sql {7}PGlite \(PostgreSQL 18\) +\d+\.\d s +not safe against power cuts/,
    /bus {7}in process/,
    /streams {3}crew-1, exactly-once, commit 100 ms/,
    /page {6}http:\/\/127\.0\.0\.1:\d+ +api http:\/\/127\.0\.0\.1:\d+\/basquiat-api/,
    /live {6}no customers, zone Asia\/Seoul \(today \d{4}-\d\d-\d\d\)/,
  ]) {
    assert.match(shop.printed, line);
  }
});

test('fifty clicks that wait for themselves count one to fifty', async () => {
  const seen: unknown[] = [];
  for (let n = 0; n < 50; n++) seen.push((await ask('/api/products/3?waitMs=2000')).viewCount);
  assert.deepEqual(
    seen,
    Array.from({ length: 50 }, (_none, n) => n + 1),
  );
});

test('an order goes from the books through the log into ranking, counts and day', async () => {
  const before = await ask('/api/products/4?waitMs=0');
  const orderId = (await post('/api/orders', { productId: 4, quantity: 3 })).orderId;
  assert.equal((await ask(`/api/orders/${orderId}`)).status, 'COMPLETED');
  await eventually(async () => (await ask('/api/stats/products/4')).units === 3);
  await eventually(async () => {
    const [first] = await ask('/api/stats/rankings/orders?metric=units&period=today');
    return first?.code === '4' && first.count === 3;
  });
  const { day } = before.stats;
  await eventually(async () => {
    const [row] = await ask(`/api/stats/daily?from=${day}&to=${day}&code=4`);
    return row?.units === 3 && row.revenue === 240_000;
  });
  assert.equal((await ask('/api/products/4?waitMs=0')).quantity, before.quantity - 3);
});

test('reservations are held, confirmed and cancelled in the counts, too', async () => {
  const { day } = (await ask('/api/products/5?waitMs=0')).stats;
  const reserve = () => post('/api/reservations', { productId: 5, reserveDate: day });
  const [one, other] = [await reserve(), await reserve(), await reserve()];
  await post(`/api/reservations/${one.reservationId}/confirm`);
  await post(`/api/reservations/${other.reservationId}/cancel`);
  await eventually(async () => {
    const { reservations, held, confirmed, cancelled } = await ask('/api/stats/products/5');
    return [reservations, held, confirmed, cancelled].join() === '3,1,1,1';
  });
  await eventually(async () => (await ask('/api/stats/rankings/held'))[0]?.code === '5');
});

test('a page that is open is a viewer, on every other page at once', async () => {
  const page = await openPage();
  page.socket.send(JSON.stringify({ op: 'sub', ch: 'viewers', key: '9' }));
  const visitor = await openPage();
  visitor.socket.send(JSON.stringify({ op: 'here', code: '9' }));
  await eventually(async () => page.frames.some(({ ch, data }) => ch === 'viewers' && data === 1));
  visitor.socket.close();
  await eventually(async () => page.frames.at(-1)?.data === 0);
  page.socket.close();
});

test('the page and the API description are served, to this site alone', async () => {
  const page = await fetch(shop.address);
  assert.equal(page.status, 200);
  assert.match(String(page.headers.get('content-security-policy')), /default-src 'self'/);
  assert.equal((await fetch(`${shop.address}/p/7`)).status, 200);
  assert.equal((await fetch(`${shop.address}/basquiat-api`)).status, 200);
  const foreign = new WebSocket(`${shop.address.replace('http', 'ws')}/live`, {
    headers: { origin: 'https://elsewhere.example' },
  });
  const [event] = await once(foreign, 'error');
  assert.equal(event.type, 'error');
});

test('an address without a view is no success: people get the page, others a problem', async () => {
  for (const path of ['/flow', '/ops', '/tour', '/tickets', '/treasures/7']) {
    const page = await fetch(`${shop.address}${path}`, { headers: { accept: 'text/html,*/*' } });
    assert.equal(page.status, 404);
    assert.match(String(page.headers.get('content-type')), /^text\/html/);
    assert.match(String(page.headers.get('content-security-policy')), /default-src 'self'/);
    assert.match(await page.text(), /<div id="app"|<body/);
    const program = await fetch(`${shop.address}${path}`);
    assert.equal(program.status, 404);
    assert.equal(Object(await program.json()).code, 'route-not-found');
  }
  const api = await fetch(`${shop.address}/api/none`, { headers: { accept: 'text/html' } });
  assert.equal(Object(await api.json()).code, 'route-not-found');
});

test('a frame that is no text or too large costs at most its own line', async () => {
  const other = await openPage();
  const binary = await openPage();
  binary.socket.send(Uint8Array.of(0xff, 0x00));
  await eventually(async () => binary.frames.at(-1)?.code === 'validation-failed');
  binary.socket.send(JSON.stringify({ op: 'ping' }));
  await eventually(async () => binary.frames.at(-1)?.op === 'pong');

  binary.socket.send('x'.repeat(5_000));
  const [{ code }] = await once(binary.socket, 'close');
  assert.equal(code, 1009);

  other.socket.send(JSON.stringify({ op: 'ping' }));
  await eventually(async () => other.frames.at(-1)?.op === 'pong');
  other.socket.close();
});

test('a second program with the same world is refused and told who has it', async () => {
  await assert.rejects(
    ShopProcess.start(directory, ['--no-driver']),
    new RegExp(`is open in the process ${shop.pid}`),
  );
});

test('a signal closes everything in order; the next start has all of it', async () => {
  const views = (await ask('/api/products/3?waitMs=2000')).viewCountTotal;
  assert.equal(await shop.close(), 0);
  assert.match(
    shop.printed,
    /closing\n {2}closed; everything is in \S+default, npm start goes on\n$/,
  );
  shop = await ShopProcess.start(directory, ['--no-driver']);
  await eventually(async () => (await fetch(`${shop.address}/api/stats/products/4`)).ok);
  assert.equal((await ask('/api/stats/products/4')).units, 3);
  assert.equal((await ask('/api/products/3?waitMs=2000')).viewCountTotal, views + 1);
  await eventually(async () => (await ask('/api/stats/rankings/held')).length > 0);
});

test('a port that is taken is not insisted on', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const port = Object(other.address()).port;
  const world = ['--world', 'other', '--no-driver', '--port', `${port}`];
  await using second = await ShopProcess.start(directory, world);
  assert.match(second.printed, new RegExp(`port ${port} is taken`));
  assert.notEqual(new URL(second.address).port, `${port}`);
  other.close();
});

test('a start that died while the database was made is no obstacle', async () => {
  const half = join(directory, 'half', 'pglite.new');
  await mkdir(half, { recursive: true });
  await writeFile(join(half, 'PG_VERSION'), '18');
  await using opened = await ShopProcess.start(directory, ['--world', 'half', '--rate', '200']);
  await eventually(async () => {
    const { result } = Object(await (await fetch(`${opened.address}/api/ops/driver`)).json());
    return result.accepted > 20 && result.failed === 0;
  });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ paused: true });
  const address = `${opened.address}/api/ops/driver`;
  const changed = await fetch(address, { method: 'PATCH', headers, body });
  assert.equal(Object(await changed.json()).result.paused, true);
});

/** What `Object` makes of JSON: looked into field by field. */
type Answer = ReturnType<ObjectConstructor>;

async function ask(path: string): Promise<Answer> {
  return resultOf(await fetch(`${shop.address}${path}`));
}

async function post(path: string, body?: unknown): Promise<Answer> {
  const init =
    body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return resultOf(await fetch(`${shop.address}${path}`, { method: 'POST', ...init }));
}

async function resultOf(response: Response): Promise<Answer> {
  const body = Object(await response.json());
  assert.ok(response.ok, JSON.stringify(body));
  return body.result;
}

interface Page {
  readonly socket: WebSocket;
  readonly frames: Answer[];
}

async function openPage(): Promise<Page> {
  const socket = new WebSocket(`${shop.address.replace('http', 'ws')}/live`);
  const frames: Answer[] = [];
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))));
  await once(socket, 'open');
  return { socket, frames };
}

async function eventually(condition: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await condition())) {
    assert.ok(Date.now() < endMs, `within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
