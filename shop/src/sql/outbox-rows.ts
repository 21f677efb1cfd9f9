import { type Kysely, sql } from 'kysely';
import { writeMeta } from './migrate.ts';
import type { Tables } from './tables.ts';

/** An event that waits for the log. */
export interface OutboxRow {
  readonly id: number;
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  /** The event, not yet checked. */
  readonly value: unknown;
  readonly createdAtMs: number;
}

/** The waiting events, and the number of the last batch that SQL knows to be in the log. */
export class OutboxRows {
  readonly #db: Kysely<Tables>;
  readonly #kind: 'pglite' | 'postgres';

  constructor(db: Kysely<Tables>, kind: 'pglite' | 'postgres') {
    this.#db = db;
    this.#kind = kind;
  }

  /** The first `limit` events by id. */
  async next(limit: number): Promise<readonly OutboxRow[]> {
    const query = this.#db.selectFrom('outbox').selectAll().orderBy('id').limit(limit);
    return (await query.execute()).map((row) => ({
      id: row.id,
      eventId: row.event_id,
      topic: row.topic,
      key: row.key,
      value: row.value,
      createdAtMs: row.created_at,
    }));
  }

  /**
   * Removes the events of batch `number` and notes the number, in one transaction. Returns false,
   * with nothing changed, when the last settled batch is not the one before or an event is gone:
   * another relay is ahead, or these are not the books that the batch came from.
   */
  async settle(number: number, ids: readonly number[]): Promise<boolean> {
    return this.#db.transaction().execute(async (trx) => {
      // Two that settle at once: the second waits here.
      await sql`lock table shop_meta in exclusive mode`.execute(trx);
      if ((await settledIn(trx)) !== number - 1) return false;
      const list = `{${ids.join(',')}}`;
      const { rows } = await sql<{ found: number }>`
        select count(*) as found from outbox where id = any(${list}::bigint[])`.execute(trx);
      if (rows[0]?.found !== ids.length) return false;
      await sql`delete from outbox where id = any(${list}::bigint[])`.execute(trx);
      await writeMeta(trx, 'relay_batch', number);
      return true;
    });
  }

  /** The number of the last settled batch; 0 before the first. */
  settledBatch(): Promise<number> {
    return settledIn(this.#db);
  }

  /**
   * Runs `run` while no other relay of this database does; resolves at once with `'taken'` when
   * one does. The embedded database has one process, so there its directory's lock is enough.
   */
  async exclusively(run: () => Promise<void>): Promise<'done' | 'taken'> {
    if (this.#kind === 'pglite') {
      await run();
      return 'done';
    }
    return this.#db.connection().execute(async (connection) => {
      const lock = sql<{ taken: boolean }>`
        select pg_try_advisory_lock(hashtext(current_schema() || '.outbox-relay')) as taken`;
      const { rows } = await lock.execute(connection);
      if (rows[0]?.taken !== true) return 'taken';
      try {
        await run();
      } finally {
        await sql`select pg_advisory_unlock_all()`.execute(connection);
      }
      return 'done';
    });
  }
}

async function settledIn(db: Kysely<Tables>): Promise<number> {
  const query = db.selectFrom('shop_meta').select('value').where('key', '=', 'relay_batch');
  const value = (await query.executeTakeFirst())?.value;
  return typeof value === 'number' ? value : 0;
}
