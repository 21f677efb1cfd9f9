import type { Outcome } from './problem.ts';
import { request } from './request.ts';
import { fieldsOf, instantOf, numberOf, textOf } from './shape.ts';

/** What kind of shop this is. */
export interface ShopFacts {
  readonly zone: string;
  /** The time of the shop when it was asked. */
  readonly nowMs: number;
  /** True where old records were replayed: its clock stands, and nothing is sold. */
  readonly isReplay: boolean;
  readonly money: Money;
}

/** What amounts are in: an ISO 4217 code, and how many of their last digits are decimals. */
export interface Money {
  readonly currency: string;
  readonly scale: number;
}

export function fetchShop(): Promise<Outcome<ShopFacts>> {
  return request({ path: '/api/shop', read: readShop });
}

function readShop(result: unknown): ShopFacts | undefined {
  const fields = fieldsOf(result);
  const zone = textOf(fields['zone']);
  const nowMs = instantOf(fields['now']);
  const currency = textOf(fields['currency']);
  if (zone === undefined || nowMs === undefined || currency === undefined) return undefined;
  const money = { currency, scale: numberOf(fields['scale']) ?? 0 };
  return { zone, nowMs, isReplay: fields['time'] === 'stream', money };
}
