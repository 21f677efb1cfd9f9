import { type Surroundings, system } from '../domain/surroundings.ts';
import { isZone } from '../domain/zoned-day.ts';
import { defaultTopicPrefix } from '../events/event-topics.ts';
import { BookWitness } from './book-totals.ts';
import { forgetOldKeys } from './idempotency.ts';
import { LogClaim } from './log-claim.ts';
import { migrate } from './migrate.ts';
import { type DatabaseOptions, openDatabase } from './open-database.ts';
import { OutboxRows } from './outbox-rows.ts';
import { ShopReads } from './reads.ts';
import { WriteQueue } from './write-queue.ts';

/** The shop's books. Close it after everything that uses it. */
export interface Sql extends AsyncDisposable {
  readonly kind: 'pglite' | 'postgres';
  /** Every change of the books goes through here. */
  readonly writes: WriteQueue;
  readonly reads: ShopReads;
  readonly outbox: OutboxRows;
  /** Which log they belong to. */
  readonly claim: LogClaim;
  /** What the rows add up to, for whoever checks it. */
  readonly witness: BookWitness;
  /** Forgets idempotency keys whose day is over. */
  forgetOldKeys(): Promise<void>;
  /** Finishes what waits, then closes. */
  close(): Promise<void>;
}

/** Where the books are, and what decisions depend on. */
export interface SqlOptions extends DatabaseOptions {
  /** The shop's IANA zone. Default `Asia/Seoul`. */
  readonly zone?: string;
  readonly topicPrefix?: string;
  readonly surroundings?: Surroundings;
}

/**
 * Opens the books and brings their tables to the newest form.
 *
 * @throws {SchemaTooNewError} When a later version of the shop wrote them.
 */
export async function openSql(options: SqlOptions): Promise<Sql> {
  const zone = options.zone ?? 'Asia/Seoul';
  if (!isZone(zone)) throw new RangeError(`"${zone}" is no time zone this platform knows`);
  const surroundings = options.surroundings ?? system;
  const database = await openDatabase(options);
  const { db, kind } = database;
  await migrate(db).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const topicPrefix = options.topicPrefix ?? defaultTopicPrefix;
  const writes = new WriteQueue(db, { zone, topicPrefix, surroundings });
  const close = async (): Promise<void> => {
    await writes.idle();
    await database.close();
  };
  return {
    kind,
    writes,
    reads: new ShopReads(db),
    outbox: new OutboxRows(db, kind),
    claim: new LogClaim(db),
    witness: new BookWitness(db),
    forgetOldKeys: () => forgetOldKeys(db, surroundings.nowMs()),
    close,
    [Symbol.asyncDispose]: close,
  };
}
