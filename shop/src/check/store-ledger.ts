import type { Log } from 'logpose';
import { Fields } from './fields.ts';
import { Ledger } from './ledger.ts';
import { NaiveDays } from './naive-day.ts';
import { keyText, longOf, readLast, textOf } from './raw-log.ts';
import {
  cancelledFields,
  madeFields,
  nowFields,
  orderFields,
  setDay,
  setFields,
  setRanking,
} from './row-groups.ts';

/**
 * What the state stores say, by their changelogs: the last value of each key. A window's key ends
 * with eight bytes of its start and four that count.
 */
export async function storeLedger(
  log: Log,
  { applicationId, zones }: { readonly applicationId: string; readonly zones: readonly string[] },
): Promise<Ledger> {
  const ledger = new Ledger('stores');
  const rows = (store: string) => readLast(log, `${applicationId}-${store}-changelog`);
  const numbers = async (store: string, group: string): Promise<void> => {
    for (const [id, value] of await rows(store)) ledger.set(group, keyText(id), longOf(value));
  };
  await numbers('search-join-store', 'views');
  await numbers('confirmed-join-store', 'confirmed');
  for (const { store, fields } of objectStores) {
    for (const [id, value] of await rows(store)) {
      setFields(ledger, keyText(id), { row: Fields.parse(textOf(value)), fields });
    }
  }
  for (const [id, value] of await rows('stock-adjust-store')) {
    const row = Fields.parse(textOf(value));
    for (const reason of ['restock', 'damage', 'bad-debt']) {
      const sum = row.of(reason);
      if (sum.number('count') === 0) continue;
      ledger.set(reason, keyText(id), sum.number('count'));
      ledger.set(`${reason} units`, keyText(id), sum.number('units'));
    }
  }
  for (const zone of zones) {
    const calendar = new NaiveDays(zone);
    ledger.know(`days ${zone}`);
    const store = `daily-product-store.${zone.replaceAll('/', '_')}`;
    for (const [id, value] of await rows(store)) {
      const startMs = longOf(Buffer.from(id.slice(-windowBytes), 'latin1'));
      const code = keyText(id.slice(0, -windowBytes));
      setDay(ledger, { zone, code, day: calendar.dayOf(startMs) }, Fields.parse(textOf(value)));
    }
  }
  for (const [id, value] of await rows('ranking-store')) {
    setRanking(ledger, keyText(id), Fields.parse(textOf(value)));
  }
  return ledger;
}

const windowBytes = 12;

const objectStores = [
  { store: 'accumulation-join-store', fields: orderFields },
  { store: 'pending-reservation-join-store', fields: madeFields },
  { store: 'cancel-join-store', fields: cancelledFields },
  { store: 'reservation-now-store', fields: nowFields },
];
