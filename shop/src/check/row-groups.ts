import type { Fields } from './fields.ts';
import type { Ledger } from './ledger.ts';
import { dayGroups, dayText } from './naive-count.ts';

/** The field of a row that says a group's number. */
export type FieldsOfGroups = readonly (readonly [group: string, field: string])[];

export const orderFields: FieldsOfGroups = [
  ['orders', 'orders'],
  ['order units', 'units'],
  ['revenue', 'revenue'],
  ['order cancels', 'cancels'],
  ['cancelled units', 'cancelUnits'],
];
export const madeFields: FieldsOfGroups = [
  ['reservations', 'count'],
  ['reserved pieces', 'units'],
];
export const cancelledFields: FieldsOfGroups = [
  ['cancelled', 'count'],
  ['expired', 'expired'],
];
export const nowFields: FieldsOfGroups = [
  ['pending now', 'pending'],
  ['confirmed now', 'confirmed'],
  ['cancelled now', 'cancelled'],
  ['expired now', 'expired'],
];
/** The fields of a day's row. */
const dayFields: ReadonlyMap<string, string> = new Map([
  ['views', 'views'],
  ['orders', 'orders'],
  ['order units', 'units'],
  ['revenue', 'revenue'],
  ['order cancels', 'orderCancels'],
  ['cancelled units', 'cancelUnits'],
  ['reservations', 'reservations'],
  ['confirmed', 'confirmed'],
  ['cancelled', 'cancelled'],
]);

/** Writes a row's numbers under one key. */
export function setFields(
  ledger: Ledger,
  key: string,
  { row, fields }: { readonly row: Fields; readonly fields: FieldsOfGroups },
): void {
  for (const [group, field] of fields) ledger.set(group, key, row.number(field));
}

/** Writes the numbers of a treasure's day. */
export function setDay(
  ledger: Ledger,
  { zone, code, day }: { readonly zone: string; readonly code: string; readonly day: string },
  counts: Fields,
): void {
  const numbers = dayGroups.map((group) => counts.number(dayFields.get(group) ?? ''));
  ledger.set(`days ${zone}`, `${code}|${day}`, dayText(numbers));
}

/** Writes the rows of a ranking. */
export function setRanking(ledger: Ledger, key: string, ranking: Fields): void {
  ledger.know('rankings');
  for (const row of ranking.list('rows')) {
    const place = `${key} ${row.number('rank')}`;
    ledger.set('rankings', place, `${row.text('code')} ${row.number('count')}`);
  }
}
