import type { Log } from 'logpose';
import { compare, type GroupReport } from './compare.ts';
import type { Ledger } from './ledger.ts';
import { NaiveCount, totalGroups } from './naive-count.ts';
import { addRankings, listsWithRows } from './naive-rankings.ts';
import { readRaw } from './raw-log.ts';
import { readRefused } from './refused-records.ts';
import { type SqlWitness, sqlLedger } from './sql-ledger.ts';
import { storeLedger } from './store-ledger.ts';
import { topicLedger } from './topic-ledger.ts';

/** Which world, and who can be asked about it. */
export interface CheckOptions {
  readonly log: Log;
  readonly prefix: string;
  readonly applicationId: string;
  /** The shop's own zone first. */
  readonly zones: readonly string[];
  /** Left out where the world has no books, as a replay has none. */
  readonly sql?: SqlWitness;
}

/** What a check has found. */
export interface CheckReport {
  readonly witnesses: readonly string[];
  readonly groups: readonly GroupReport[];
  /** Numbers that differ, over all groups. */
  readonly wrong: number;
  readonly dead: number;
  readonly late: number;
}

/**
 * Counts the events in the log with code of its own and compares that with what stores, result
 * topics and SQL say. The world must be at rest: nothing written, everything processed.
 */
export async function checkWorld(options: CheckOptions): Promise<CheckReport> {
  const { log, prefix, zones, sql } = options;
  const refused = await readRefused(log, prefix);
  const naive = new NaiveCount({ zones, refused });
  for (const topic of eventTopics) {
    await readRaw(log, `${prefix}.${topic}`, (record) => naive.record(record));
  }
  const counted = naive.finish();
  counted.know(doubles);
  const { ledger: topics, rankings } = await topicLedger(log, { prefix, zones });
  const [zone = 'UTC'] = zones;
  const expectedLists = listsWithRows(counted).map((key) => [key, undefined] as const);
  addRankings(counted, new Map([...expectedLists, ...rankings]), zone);
  const ledgers: Ledger[] = [counted, await storeLedger(log, options), topics];
  if (sql !== undefined) ledgers.push(await sqlLedger(sql, naive.ids));
  const groups = compare(ledgers)
    .filter(({ keys }) => keys > 0)
    // An event that is in the log twice is wrong even where all count it twice.
    .map((one) => (one.group === doubles ? { ...one, wrong: one.keys } : one));
  return {
    witnesses: ledgers.map(({ name }) => name),
    groups: groups.toSorted((left, right) => orderOf(left.group) - orderOf(right.group)),
    wrong: groups.reduce((sum, group) => sum + group.wrong, 0),
    dead: refused.dead.size,
    late: [...refused.late.values()].reduce((sum, ids) => sum + ids.size, 0),
  };
}

const doubles = 'events seen twice';

const eventTopics = [
  'product.fetch',
  'order.create',
  'order.cancel',
  'reservation.create',
  'reservation.confirm',
  'reservation.cancel',
  'stock.adjust',
];

const order: readonly string[] = ['events', ...totalGroups];

function orderOf(group: string): number {
  const at = order.indexOf(group);
  return at < 0 ? order.length : at;
}
