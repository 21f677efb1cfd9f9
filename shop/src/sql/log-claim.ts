import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Which log the books belong to, as they say themselves. */
export class LogClaim {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** The id of their log; undefined for books that have not met one yet. */
  async logId(): Promise<string | undefined> {
    const query = this.#db.selectFrom('shop_meta').select('value').where('key', '=', key);
    const value = (await query.executeTakeFirst())?.value;
    return typeof value === 'string' ? value : undefined;
  }

  /** Binds books that have met no log yet to this one; others stay with theirs. */
  async bind(logId: string): Promise<void> {
    const row = { key, value: JSON.stringify(logId) };
    const insert = this.#db.insertInto('shop_meta').values(row);
    await insert.onConflict((conflict) => conflict.column('key').doNothing()).execute();
  }
}

const key = 'log_id';
