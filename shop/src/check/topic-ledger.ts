import type { Log } from 'logpose';
import { Fields } from './fields.ts';
import { Ledger } from './ledger.ts';
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

/** What the topology's result topics say, and the day of each ranking that has one. */
export interface TopicSays {
  readonly ledger: Ledger;
  readonly rankings: ReadonlyMap<string, string | undefined>;
}

/** Reads the last row of each key of the result topics. */
export async function topicLedger(
  log: Log,
  { prefix, zones }: { readonly prefix: string; readonly zones: readonly string[] },
): Promise<TopicSays> {
  const ledger = new Ledger('topics');
  const last = (name: string) => readLast(log, `${prefix}.${name}`);
  for (const [id, value] of await last('product.view.count')) {
    ledger.set('views', keyText(id), longOf(value));
  }
  for (const [id, value] of await last('product.stats')) {
    const row = Fields.parse(textOf(value));
    const key = keyText(id);
    setFields(ledger, key, { row: row.of('orders'), fields: orderFields });
    setFields(ledger, key, { row: row.of('made'), fields: madeFields });
    setFields(ledger, key, { row: row.of('cancelled'), fields: cancelledFields });
    setFields(ledger, key, { row, fields: [['confirmed', 'confirmed']] });
  }
  for (const [id, value] of await last('product.reservations')) {
    setFields(ledger, keyText(id), { row: Fields.parse(textOf(value)), fields: nowFields });
  }
  for (const zone of zones) ledger.know(`days ${zone}`);
  for (const value of (await last('product.daily')).values()) {
    const row = Fields.parse(textOf(value));
    const [zone = '', code = '', day = ''] = ['zone', 'code', 'day'].map((name) => row.text(name));
    setDay(ledger, { zone, code, day }, row.of('counts'));
  }
  const rankings = new Map<string, string | undefined>();
  for (const [id, value] of await last('ranking')) {
    const ranking = Fields.parse(textOf(value));
    setRanking(ledger, keyText(id), ranking);
    rankings.set(keyText(id), ranking.text('day'));
  }
  return { ledger, rankings };
}
