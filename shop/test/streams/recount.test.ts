import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ShopEvent } from '../../src/events/event-schemas.ts';
import { noon, ShopDriver } from './shop-driver.ts';

const hourMs = 3_600_000;

/** What a person would write down with a pencil. */
class Pencil {
  readonly totals = new Map<string, number>();
  readonly days = new Map<string, number>();
  readonly status = new Map<string, { code: string; made: boolean; is?: string; at: number }>();

  write(event: ShopEvent): void {
    const { type, productCode: code } = event;
    // Seoul is nine hours ahead, all year.
    const day = new Date(event.occurredAt + 9 * hourMs).toISOString().slice(0, 10);
    const units = 'quantity' in event ? event.quantity : 0;
    const price = 'unitPrice' in event ? event.unitPrice : 0;
    for (const [what, n] of [
      [type, 1],
      [`${type} units`, units],
      ['revenue', type === 'order.created' ? units * price : 0],
      ['revenue', type === 'order.cancelled' ? -units * price : 0],
    ] as const) {
      this.#add(this.totals, `${what} ${code}`, n);
      this.#add(this.days, `${what} ${code} ${day}`, n);
    }
    if ('reservationId' in event && event.reservationId !== undefined) this.#settle(event);
  }

  total(what: string, code: string): number {
    return this.totals.get(`${what} ${code}`) ?? 0;
  }

  state(code: string, status: string | undefined): number {
    const mine = [...this.status.values()].filter((row) => row.made && row.code === code);
    return mine.filter(({ is }) => is === status).length;
  }

  #settle({
    type,
    reservationId = '',
    productCode: code,
    occurredAt: at,
  }: ShopEvent & { reservationId?: string }): void {
    if (type === 'order.created') return;
    const row = this.status.get(reservationId) ?? { code, made: false, at: Number.MAX_VALUE };
    this.status.set(reservationId, row);
    if (type === 'reservation.created') row.made = true;
    else if (at < row.at || (at === row.at && type === 'reservation.confirmed')) {
      row.at = at;
      row.is = type;
    }
  }

  #add(to: Map<string, number>, key: string, n: number): void {
    to.set(key, (to.get(key) ?? 0) + n);
  }
}

const codes = ['7', '10', '85123A', 'M'];
const told = fc.record({
  what: fc.constantFrom('view', 'order', 'order-cancel', 'reserve', 'confirm', 'cancel'),
  code: fc.constantFrom(...codes),
  // Over three days around a midnight of Seoul, in any order.
  hours: fc.integer({ min: -40, max: 30 }),
  quantity: fc.integer({ min: 1, max: 5 }),
  unitPrice: fc.integer({ min: 0, max: 900 }),
  reservation: fc.integer({ min: 1, max: 6 }),
});

for (const emit of ['each-commit', 'each-change'] as const) {
  test(`totals, states, days and rankings equal a recount by hand (${emit})`, () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 40 }), (happened) => {
        using shop = new ShopDriver({ startMs: noon + 31 * hourMs, emit, commit: 'manual' });
        const pencil = new Pencil();
        const send = shop.send.bind(shop);
        shop.send = (event) => {
          pencil.write(event);
          send(event);
        };
        for (const [n, one] of happened.entries()) {
          tell(shop, one);
          if (n % 7 === 6) shop.driver.commit();
        }
        settle(shop);
        compareTotals(shop, pencil);
        compareDays(shop, pencil);
        compareRankings(shop, pencil);
      }),
      { numRuns: 30 },
    );
  });
}

/** Reservations pass through four tables, each of which sends its rows on at a commit. */
function settle(shop: ShopDriver): void {
  for (let round = 0; round < 4; round++) {
    shop.driver.commit();
    shop.advance(1_000);
  }
  shop.driver.commit();
}

type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

function tell(shop: ShopDriver, one: Told): void {
  const { code, quantity, unitPrice } = one;
  const occurredAt = noon + one.hours * hourMs;
  // A reservation is of one treasure.
  const id = `${code}-${one.reservation}`;
  if (one.what === 'view') shop.viewed(code, { occurredAt });
  if (one.what === 'order') shop.ordered(code, { occurredAt, quantity, unitPrice });
  if (one.what === 'order-cancel') shop.orderCancelled(code, { occurredAt, quantity, unitPrice });
  if (one.what === 'reserve') shop.reserved(code, id, { occurredAt, quantity });
  if (one.what === 'confirm') shop.confirmed(code, id, { occurredAt });
  if (one.what === 'cancel') shop.cancelled(code, id, { occurredAt });
}

function compareTotals(shop: ShopDriver, pencil: Pencil): void {
  for (const code of codes) {
    const orders = shop.driver.store(shop.stores.orders).get(code)?.value;
    const now = shop.driver.store(shop.stores.reservationsNow).get(code)?.value;
    assert.deepEqual(
      [
        shop.driver.store(shop.stores.views).get(code)?.value ?? 0,
        orders?.orders ?? 0,
        orders?.units ?? 0,
        orders?.revenue ?? 0,
        orders?.cancels ?? 0,
        now?.pending ?? 0,
        now?.confirmed ?? 0,
        now?.cancelled ?? 0,
      ],
      [
        pencil.total('product.viewed', code),
        pencil.total('order.created', code),
        pencil.total('order.created units', code),
        pencil.total('revenue', code),
        pencil.total('order.cancelled', code),
        pencil.state(code, undefined),
        pencil.state(code, 'reservation.confirmed'),
        pencil.state(code, 'reservation.cancelled'),
      ],
      `the totals of ${code}`,
    );
  }
}

function compareDays(shop: ShopDriver, pencil: Pencil): void {
  const counted = new Map<string, number>();
  for (const [key, row] of shop.driver.read(shop.topics.daily)) {
    const [code, day] = key.split('|');
    const { views = 0, orders = 0, units = 0, revenue = 0 } = row?.counts ?? {};
    counted.set(`product.viewed ${code} ${day}`, views);
    counted.set(`order.created ${code} ${day}`, orders);
    counted.set(`order.created units ${code} ${day}`, units);
    counted.set(`revenue ${code} ${day}`, revenue);
  }
  for (const [key, n] of counted) assert.equal(n, pencil.days.get(key) ?? 0, key);
  for (const [key, n] of pencil.days) {
    if (counted.has(key)) continue;
    assert.ok(!/^(product|order.created|revenue)/.test(key) || n === 0, `${key} is missing`);
  }
}

function compareRankings(shop: ShopDriver, pencil: Pencil): void {
  const lists = new Map(shop.driver.read(shop.topics.ranking));
  const expected = (score: (code: string) => number) =>
    codes
      .map((code, n) => ({ code, n, count: score(code) }))
      .filter(({ count }) => count > 0)
      // The codes above stand in the order of the tie rule.
      .toSorted((a, b) => b.count - a.count || a.n - b.n)
      .map(({ code, count }) => [code, count]);
  const found = (key: string) => lists.get(key)?.rows.map(({ code, count }) => [code, count]) ?? [];
  for (const [key, what] of [
    ['views:total', 'product.viewed'],
    ['orders:total', 'order.created'],
    ['orders:total:revenue', 'revenue'],
    ['reservations:total', 'reservation.created'],
  ] as const) {
    assert.deepEqual(
      found(key),
      expected((code) => pencil.total(what, code)),
      key,
    );
  }
  assert.deepEqual(
    found('cancelled:total'),
    expected((code) => pencil.state(code, 'reservation.cancelled')),
  );
  assert.deepEqual(
    found('held:total'),
    expected((code) => pencil.state(code, undefined)),
  );
}
