import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayRhythm } from '../../src/simulate/day-rhythm.ts';
import { Popularity } from '../../src/simulate/popularity.ts';
import { Random } from '../../src/simulate/random.ts';
import { Simulation } from '../../src/simulate/simulation.ts';
import { FakeShop } from './fake-shop.ts';

const zone = 'Asia/Seoul';
const items = Array.from({ length: 24 }, (_item, n) => ({
  id: n + 1,
  code: String(n + 1),
  quantity: 40,
}));

/** A clock that only moves when it is told to, with room for answers between two steps. */
class HandClock {
  #nowMs = Date.parse('2026-06-01T12:00:00+09:00');
  #timers: { atMs: number; run: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }
  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = next.atMs;
      next.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#nowMs = untilMs;
  }
}

async function run(seed: number, seconds: number, rate = 200) {
  const shop = new FakeShop(items);
  const clock = new HandClock();
  const simulation = new Simulation(
    { actions: shop, surroundings: clock, zone, seed },
    { customers: 40, rate, paused: false },
  );
  simulation.start();
  await clock.advance(seconds * 1_000);
  return { shop, clock, simulation };
}

test('the same seed, clock and answers give the same customers', async () => {
  const first = await run(7, 20);
  const second = await run(7, 20);
  const other = await run(8, 20);
  assert.deepEqual(first.shop.calls, second.shop.calls);
  assert.notDeepEqual(first.shop.calls, other.shop.calls);
});

test('customers mostly look, sometimes reserve or order, and settle what they hold', async () => {
  const { shop } = await run(1, 60);
  const count = (what: string) => shop.calls.filter((call) => call.startsWith(`${what} `)).length;
  const total = shop.calls.length - count('here') - count('away');
  assert.ok(count('view') / total > 0.8, `${count('view')} of ${total}`);
  for (const what of ['reserve', 'order', 'confirm', 'cancel', 'cancel-order', 'restock']) {
    assert.ok(count(what) > 0, `${what} never happened`);
  }
});

test('as many customers as are wanted are there, and all leave when it is paused', async () => {
  const { shop, clock, simulation } = await run(3, 30);
  const open = () => {
    const pages = new Set<string>();
    for (const call of shop.calls) {
      const [what, , visitor = ''] = call.split(' ');
      if (what === 'here') pages.add(visitor);
      if (what === 'away') pages.delete(visitor);
    }
    return pages.size;
  };
  assert.equal(open(), 40);

  simulation.change({ customers: 10 });
  await clock.advance(1_000);
  assert.equal(open(), 10);

  simulation.change({ paused: true });
  await clock.advance(1_000);
  assert.equal(open(), 0);
  const { sent } = simulation.report();
  await clock.advance(3_000);
  assert.equal(simulation.report().sent, sent, 'nobody acts while it is paused');
});

test('an open page gives a sign of life every ten seconds', async () => {
  const { shop } = await run(5, 120, 0);
  const byVisitor = Map.groupBy(
    shop.calls.filter((call) => !call.startsWith('restock')),
    (call) => call.split(' ').at(-1),
  );
  assert.ok(byVisitor.size >= 40);
  const stays = shop.calls.filter((call) => call.startsWith('here ')).length;
  const opened = shop.calls.filter((call) => call.startsWith('view ')).length;
  assert.ok(stays > 2 * opened, `${stays} signs of ${opened} pages`);
});

test('a refusal is counted by its code, a failure is told, and the rest goes on', async () => {
  const shop = new FakeShop(items.map((item) => ({ ...item, quantity: 0 })));
  shop.restock = () => Promise.reject(new Error('no ship today'));
  const failures: unknown[] = [];
  const clock = new HandClock();
  const simulation = new Simulation(
    {
      actions: shop,
      surroundings: clock,
      zone,
      seed: 1,
      onFailure: (error) => failures.push(error),
    },
    { customers: 5, rate: 100, paused: false },
  );
  simulation.start();
  await clock.advance(10_000);
  const report = simulation.report();
  assert.ok((report.refused['out-of-stock'] ?? 0) > 0);
  assert.equal(report.failed, failures.length);
  assert.ok(failures.length > 0);
  assert.ok(report.done > 500);
});

test('a shop that does not answer is not buried: what is too much is left out', async () => {
  const shop = new FakeShop(items);
  shop.view = () => new Promise(() => {});
  const clock = new HandClock();
  const simulation = new Simulation(
    { actions: shop, surroundings: clock, zone, seed: 1 },
    { customers: 5, rate: 500, paused: false },
  );
  simulation.start();
  await clock.advance(10_000);
  const { inFlight, skipped } = simulation.report();
  assert.equal(inFlight, 512);
  assert.ok(skipped > 0);
});

test('a day is quiet before dawn and busy in the evening, and one on average', () => {
  const midnight = Date.parse('2026-06-01T00:00:00+09:00');
  const rhythm = Array.from({ length: 288 }, (_, n) => dayRhythm(midnight + n * 300_000, zone));
  const mean = rhythm.reduce((sum, value) => sum + value, 0) / rhythm.length;
  assert.ok(Math.abs(mean - 1) < 0.01, `mean ${mean}`);
  assert.ok((rhythm[4 * 12] ?? 1) < 0.6);
  assert.ok((rhythm[20 * 12] ?? 0) > 1.7);
});

test('tastes differ, and the favourite of today is not always that of tomorrow', () => {
  const popularity = new Popularity(new Random(2));
  const favourite = () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 5_000; n++) {
      const code = popularity.choose(items)?.code ?? '';
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    const sorted = [...counts].toSorted((a, b) => b[1] - a[1]);
    assert.ok((sorted[0]?.[1] ?? 0) > 4 * (sorted.at(-1)?.[1] ?? 0), 'all are liked alike');
    return sorted[0]?.[0];
  };
  const favourites = new Set<string | undefined>();
  for (let hour = 0; hour < 24; hour++) {
    favourites.add(favourite());
    for (let second = 0; second < 60; second++) popularity.drift();
  }
  assert.ok(favourites.size > 1);
});
