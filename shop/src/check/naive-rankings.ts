import type { Ledger } from './ledger.ts';
import { dayGroups } from './naive-count.ts';

/** The numbers that a list is sorted by: a group of the naive count. */
const groupOf: Readonly<Record<string, string>> = {
  'orders:total': 'orders',
  'orders:total:units': 'order units',
  'orders:total:revenue': 'revenue',
  'orders:total:cancels': 'order cancels',
  'orders:total:cancelUnits': 'cancelled units',
  'reservations:total': 'reservations',
  'held:total': 'pending now',
  'cancelled:total': 'cancelled now',
  'views:total': 'views',
  'orders:today': 'orders',
  'orders:today:units': 'order units',
  'orders:today:revenue': 'revenue',
  'orders:today:cancels': 'order cancels',
  'orders:today:cancelUnits': 'cancelled units',
  'reservations:today': 'reservations',
  'cancelled:today': 'cancelled',
  'views:today': 'views',
};

/**
 * Adds each list as it must be, its rows as `rank:list` → `code count`: all treasures sorted, the
 * first twenty. A list of today is that of the day it says it is of.
 *
 * @param lists - The keys of the lists that were published, and the day of each that has one.
 */
export function addRankings(
  ledger: Ledger,
  lists: ReadonlyMap<string, string | undefined>,
  zone: string,
): void {
  const entries = ledger.know('rankings');
  for (const [key, day] of lists) {
    const group = groupOf[key];
    if (group === undefined) continue;
    const scores =
      day === undefined ? ledger.entries(group) : dayScores(ledger, { zone, day, group });
    const sorted = [...(scores ?? [])]
      .flatMap(([code, count]) => (typeof count === 'number' && count > 0 ? [{ code, count }] : []))
      .sort((left, right) => right.count - left.count || byCode(left.code, right.code));
    for (const [n, { code, count }] of sorted.slice(0, 20).entries()) {
      entries.set(`${key} ${n + 1}`, `${code} ${count}`);
    }
  }
}

/** Every list that the numbers could fill, so that one which was never published is missed. */
export function listsWithRows(ledger: Ledger): readonly string[] {
  return Object.entries(groupOf).flatMap(([key, group]) => {
    const hasRows = [...(ledger.entries(group)?.values() ?? [])].some((count) => Number(count) > 0);
    return hasRows && key.includes(':total') ? [key] : [];
  });
}

function dayScores(
  ledger: Ledger,
  { zone, day, group }: { readonly zone: string; readonly day: string; readonly group: string },
): ReadonlyMap<string, number | string> {
  const suffix = `|${day}`;
  const at = dayGroups.indexOf(group);
  const found = new Map<string, number>();
  for (const [key, counts] of ledger.entries(`days ${zone}`) ?? []) {
    if (!key.endsWith(suffix)) continue;
    found.set(key.slice(0, -suffix.length), Number(String(counts).split(' ')[at]));
  }
  return found;
}

/** Numbers first, as numbers, the shorter text of equal ones; then text by its bytes. */
function byCode(left: string, right: string): number {
  const numbers = [left, right].map((code) => (/^\d+$/.test(code) ? BigInt(code) : undefined));
  const [a, b] = numbers;
  if (a !== undefined && b !== undefined) {
    return a === b ? left.length - right.length : a < b ? -1 : 1;
  }
  if (a !== undefined || b !== undefined) return a !== undefined ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
