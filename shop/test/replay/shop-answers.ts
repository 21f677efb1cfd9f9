import assert from 'node:assert/strict';
import type { Readers, StoreHandle } from 'logpose';
import type { ReplayWorld } from '../../src/replay/replay-world.ts';
import type { OrderTotals } from '../../src/streams/rows.ts';

/** The parts of an expected file that every one has. */
export interface ExpectedTotals {
  readonly rows_per_event_type: Readonly<Record<string, number>>;
  readonly units_per_event_type: Readonly<Record<string, number>>;
  readonly top5: Readonly<
    Record<string, readonly { readonly product_id: string; readonly count: number }[]>
  >;
}

/** Every row of a store, asked for as the shop does. */
export async function allRows<V>(
  { streams }: ReplayWorld,
  handle: StoreHandle<'timestamped-key-value', string, V>,
): Promise<ReadonlyMap<string, V>> {
  const reader: Readers<string, V>['timestamped-key-value'] = streams.app.store(handle);
  const rows = new Map<string, V>();
  for await (const { key, value } of reader.range()) rows.set(key, value);
  return rows;
}

/** Compares what the shop's stores answer with the totals that were counted apart. */
export async function assertTotals(world: ReplayWorld, expected: ExpectedTotals): Promise<void> {
  const { stores } = world.streams;
  const orders = await allRows(world, stores.orders);
  const stock = [...(await allRows(world, stores.stockAdjustments)).values()];
  const sum = (field: keyof OrderTotals) =>
    [...orders.values()].reduce((total, row) => total + row[field], 0);
  const corrected = (reason: 'damage' | 'bad-debt', field: 'count' | 'units') =>
    stock.reduce((total, row) => total + row[reason][field], 0);

  const rows = {
    order: sum('orders'),
    cancel: sum('cancels'),
    stock_adjust: corrected('damage', 'count'),
    bad_debt: corrected('bad-debt', 'count'),
  };
  const units = {
    order: sum('units'),
    cancel: sum('cancelUnits'),
    stock_adjust: corrected('damage', 'units'),
    bad_debt: corrected('bad-debt', 'units'),
  };
  assert.deepEqual(withoutZeros(rows), expected.rows_per_event_type);
  assert.deepEqual(withoutZeros(units), expected.units_per_event_type);
  for (const [name, field] of lists) {
    assert.deepEqual(
      topOf(orders, (row) => row[field]),
      expected.top5[name],
      name,
    );
  }
}

const lists = [
  ['order_rows', 'orders'],
  ['order_units', 'units'],
  ['cancel_rows', 'cancels'],
  ['cancel_units', 'cancelUnits'],
] as const;

/**
 * The five greatest: by count, then, as the expected files say, products of digits alone as
 * integers and the others by code point.
 */
export function topOf<V>(rows: ReadonlyMap<string, V>, count: (row: V) => number) {
  const byCode = (a: string, b: string) =>
    /^\d+$/.test(a) && /^\d+$/.test(b) && a.length !== b.length
      ? Number(a) - Number(b)
      : a < b
        ? -1
        : 1;
  return [...rows]
    .map(([product_id, row]) => ({ product_id, count: count(row) }))
    .toSorted((a, b) => b.count - a.count || byCode(a.product_id, b.product_id))
    .slice(0, 5);
}

function withoutZeros(counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
