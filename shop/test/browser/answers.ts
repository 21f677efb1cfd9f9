import type { RunningShop } from './running-shop.ts';

/** What the tests read of the shop's answers, with the form they must have. */

export interface Ranked {
  readonly code: string;
  readonly count: number;
}

export async function rankingOf(shop: RunningShop, name: string): Promise<readonly Ranked[]> {
  const rows = await shop.ask(`/api/stats/rankings/${name}?period=total&n=20`);
  if (!Array.isArray(rows)) throw new Error('a ranking is a list');
  return rows.map((row) => ({ code: textField(row, 'code'), count: numberField(row, 'count') }));
}

/** How many people look at each of the built-in treasures. */
export async function viewersOf(
  shop: RunningShop,
): Promise<readonly { readonly id: string; readonly viewers: number }[]> {
  const ids = Array.from({ length: 24 }, (_, place) => `${place + 1}`);
  const viewers = await shop.ask(`/api/stats/viewers?ids=${ids.join(',')}`);
  return ids.map((id) => ({ id, viewers: hasField(viewers, id) ? numberField(viewers, id) : 0 }));
}

/** The treasure as it is; counts a view. */
export async function productOf(
  shop: RunningShop,
  id: number,
): Promise<{ readonly quantity: number }> {
  const product = await shop.ask(`/api/products/${id}?waitMs=0`);
  return { quantity: numberField(product, 'quantity') };
}

/** Orders one piece, as somebody without a page would. */
export async function placeOrder(shop: RunningShop, productId: number): Promise<void> {
  const response = await fetch(`${shop.address}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ productId, quantity: 1 }),
  });
  if (response.status !== 201) throw new Error(`no order: ${await response.text()}`);
}

export async function isPaused(shop: RunningShop): Promise<boolean> {
  const driver = await shop.ask('/api/ops/driver');
  if (!hasField(driver, 'paused')) throw new Error('the driver says whether it is paused');
  return driver['paused'] === true;
}

function numberField(value: unknown, name: string): number {
  const field = hasField(value, name) ? value[name] : undefined;
  if (typeof field !== 'number') throw new Error(`${name} is a number`);
  return field;
}

function textField(value: unknown, name: string): string {
  const field = hasField(value, name) ? value[name] : undefined;
  if (typeof field !== 'string') throw new Error(`${name} is a text`);
  return field;
}

function hasField<N extends string>(
  value: unknown,
  name: N,
): value is Readonly<Record<N, unknown>> {
  return typeof value === 'object' && value !== null && name in value;
}
