import { type Kysely, sql } from 'kysely';
import type { BookTotals, SqlWitness } from '../check/sql-ledger.ts';
import type { Tables } from './tables.ts';

/** The books as a witness: what their rows add up to, by treasure. */
export class BookWitness implements SqlWitness {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async totals(): Promise<readonly BookTotals[]> {
    const { rows } = await sql<BookTotals>`
      select p.code, o.*, r.* from product p
      cross join lateral (
        select count(*) as orders, coalesce(sum(quantity), 0)::bigint as units,
          coalesce(sum(quantity * unit_price)
            filter (where status = 'COMPLETED'), 0)::bigint as revenue,
          count(*) filter (where status = 'CANCELLED') as cancels,
          coalesce(sum(quantity) filter (where status = 'CANCELLED'), 0)::bigint as "cancelUnits"
        from orders where product_id = p.id) o
      cross join lateral (
        select count(*) as reservations, coalesce(sum(quantity), 0)::bigint as "reservedPieces",
          count(*) filter (where status = 'PENDING') as pending,
          count(*) filter (where status = 'CONFIRMED') as confirmed,
          count(*) filter (where status = 'CANCELLED') as cancelled,
          count(*) filter (where cancel_reason = 'EXPIRED') as expired
        from reservation where product_id = p.id) r
      order by p.id`.execute(this.#db);
    return rows;
  }

  async outbox(): Promise<readonly unknown[]> {
    const rows = await this.#db.selectFrom('outbox').select('value').orderBy('id').execute();
    return rows.map(({ value }) => value);
  }
}
