import { Fields } from './fields.ts';
import { Ledger } from './ledger.ts';
import { NaiveCount } from './naive-count.ts';

/** What SQL knows of one treasure, from its rows of orders and reservations. */
export interface BookTotals {
  readonly code: string;
  readonly orders: number;
  readonly units: number;
  readonly revenue: number;
  readonly cancels: number;
  readonly cancelUnits: number;
  readonly reservations: number;
  readonly reservedPieces: number;
  readonly pending: number;
  readonly confirmed: number;
  readonly cancelled: number;
  readonly expired: number;
}

/** The books, as far as the check needs them. */
export interface SqlWitness {
  totals(): Promise<readonly BookTotals[]>;
  /** Events that wait for the log. */
  outbox(): Promise<readonly unknown[]>;
}

/**
 * What the books say is in the log: their totals without the events that still wait in the outbox.
 *
 * @param inLog - Ids of events that the log has; the outbox may not have forgotten them yet.
 */
export async function sqlLedger(sql: SqlWitness, inLog: ReadonlySet<string>): Promise<Ledger> {
  const ledger = new Ledger('sql');
  const rows = await sql.totals();
  for (const row of rows) {
    for (const [group, field] of fields) ledger.add(group, row.code, row[field]);
  }
  const waiting = new NaiveCount({ zones: [], refused: { dead: new Set(), late: new Map() } });
  for (const value of await sql.outbox()) {
    const event = new Fields(value);
    if (!inLog.has(event.text('id') ?? '')) waiting.event(event);
  }
  // What a reservation is now cannot be taken apart into events: it is compared at rest.
  for (const row of waiting.ids.size === 0 ? rows : []) {
    for (const [group, field] of stateFields) ledger.add(group, row.code, row[field]);
  }
  for (const [group] of fields) {
    for (const [code, n] of waiting.ledger.entries(group) ?? []) {
      if (typeof n === 'number') ledger.add(group, code, -n);
    }
  }
  return ledger;
}

const fields = [
  ['orders', 'orders'],
  ['order units', 'units'],
  ['revenue', 'revenue'],
  ['order cancels', 'cancels'],
  ['cancelled units', 'cancelUnits'],
  ['reservations', 'reservations'],
  ['reserved pieces', 'reservedPieces'],
  ['confirmed', 'confirmed'],
  ['cancelled', 'cancelled'],
  ['expired', 'expired'],
] as const satisfies readonly (readonly [string, keyof BookTotals])[];

const stateFields = [
  ['pending now', 'pending'],
  ['confirmed now', 'confirmed'],
  ['cancelled now', 'cancelled'],
  ['expired now', 'expired'],
] as const satisfies readonly (readonly [string, keyof BookTotals])[];
