import type { Transaction } from 'logpose';
import { noHeaders } from 'logpose';
import type { Chance } from './chance.ts';
import type { SimulationSettings } from './settings.ts';
import { type Order, orders, profiles, rawOrders } from './topics.ts';

/** A record that the writer is to write. */
export interface InputRecord {
  /** Its own, over the whole input; a header carries it. */
  readonly id: string;
  readonly topic: 'orders' | 'profiles';
  readonly key: string | null;
  readonly value: Order | string | null;
  /** Its value is no order. */
  readonly isPoison: boolean;
  readonly timestamp: number;
}

/** The records of one transaction. */
export type InputTransaction = readonly InputRecord[];

// Clocks in Berlin go forward on 29 March.
const startMs = Date.UTC(2026, 2, 27, 20);
const minuteMs = 60_000;
const customers = ['ada', 'bob', 'cem', 'dora', 'eve', 'finn'];
const skus = ['tea', 'map', 'gold', 'rum'];
const profileTexts = ['north/gold', 'south/gold', 'south/tin', 'nowhere/gold', 'west/iron'];

/** The whole input: keys and values that are null, records out of order, late, and broken. */
export function inputOf(settings: SimulationSettings, chance: Chance): InputTransaction[] {
  let timeMs = startMs;
  return Array.from({ length: settings.inputTransactions }, (_, at) => {
    timeMs += chance.int(0, 120) * minuteMs;
    return Array.from({ length: chance.int(1, 8) }, (__, index) =>
      inputRecord(`${at}.${index}`, timeAround(timeMs, chance), chance),
    );
  });
}

/** Mostly near to `timeMs`, sometimes hours or days before. */
function timeAround(timeMs: number, chance: Chance): number {
  if (chance.is(0.7)) return timeMs + chance.int(-20, 20) * minuteMs;
  return timeMs - chance.int(0, chance.pick([5, 60])) * 60 * minuteMs;
}

function inputRecord(id: string, timestamp: number, chance: Chance): InputRecord {
  const key = chance.is(0.08) ? null : chance.pick(customers);
  const isProfile = chance.is(0.3);
  const isNull = chance.is(0.12);
  const profile = chance.pick(profileTexts);
  const order = { sku: chance.pick(skus), cents: chance.int(1, 200) };
  const isPoison = !isProfile && !isNull && chance.is(0.05);
  const topic = isProfile ? 'profiles' : 'orders';
  const value = isProfile ? profile : order;
  return { id, topic, key, value: isNull ? null : value, isPoison, timestamp };
}

/** Sends one transaction's records. */
export function sendInput(tx: Transaction, records: InputTransaction): void {
  for (const { id, topic, key, value, isPoison, timestamp } of records) {
    const headers = noHeaders.with('id', id);
    if (isPoison) tx.send(rawOrders, { key, value: poisonOf(id), timestamp, headers });
    else if (topic === 'profiles') {
      const text = typeof value === 'string' ? value : null;
      tx.send(profiles, { key, value: text, timestamp, headers });
    } else {
      const order = typeof value === 'string' ? null : value;
      tx.send(orders, { key, value: order, timestamp, headers });
    }
  }
}

/** What stands where an order should be. */
export function poisonOf(id: string): Uint8Array {
  return Buffer.from(`{"broken": ${id}`);
}
