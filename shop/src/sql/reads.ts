import { type Kysely, sql } from 'kysely';
import type { Order } from '../domain/order.ts';
import type { Product } from '../domain/product.ts';
import type { Reservation } from '../domain/reservation.ts';
import { iso, orderOf, productOf, reservationOf } from './rows.ts';
import type { Tables } from './tables.ts';

/** Committed rows, for answers. Decisions never rest on them. */
export class ShopReads {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async product(id: number): Promise<Product | undefined> {
    const query = this.#db.selectFrom('product').selectAll().where('id', '=', id);
    const row = await query.executeTakeFirst();
    return row && productOf(row);
  }

  /** Newest first, at most `limit`, older than `beforeId`. */
  async products(page: { readonly limit: number; readonly beforeId?: number }): Promise<Product[]> {
    let query = this.#db.selectFrom('product').selectAll().orderBy('id', 'desc').limit(page.limit);
    if (page.beforeId !== undefined) query = query.where('id', '<', page.beforeId);
    return (await query.execute()).map(productOf);
  }

  async order(id: number): Promise<Order | undefined> {
    const query = this.#db.selectFrom('orders').selectAll().where('id', '=', id);
    const row = await query.executeTakeFirst();
    return row && orderOf(row);
  }

  async reservation(id: number): Promise<Reservation | undefined> {
    const query = this.#db.selectFrom('reservation').selectAll().where('id', '=', id);
    const row = await query.executeTakeFirst();
    return row && reservationOf(row);
  }

  /** Reservations whose day is over and that nobody decided, earliest first. */
  async dueReservations(nowMs: number, limit: number): Promise<readonly number[]> {
    const rows = await this.#db
      .selectFrom('reservation')
      .select('id')
      .where('status', '=', 'PENDING')
      .where('expires_at', '<=', sql<number>`${iso(nowMs)}::timestamptz`)
      .orderBy('expires_at')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Products whose pieces do not add up: stocked = free + held + sold. Always none. */
  async imbalances(): Promise<readonly string[]> {
    const { rows } = await sql<{ code: string; stocked: number; found: number }>`
      select p.code, p.stocked, p.quantity
        + coalesce((select sum(quantity) from reservation r
            where r.product_id = p.id and r.status = 'PENDING'), 0)
        + coalesce((select sum(quantity) from orders o
            where o.product_id = p.id and o.status = 'COMPLETED'), 0) as found
      from product p order by p.id`.execute(this.#db);
    return rows
      .filter(({ stocked, found }) => stocked !== found)
      .map(({ code, stocked, found }) => `${code}: stocked ${stocked}, found ${found}`);
  }

  /** How many orders and reservations there are, by state. */
  async totals(): Promise<Readonly<Record<string, number>>> {
    const { rows } = await sql<{ name: string; total: number }>`
      select 'order ' || status as name, count(*) as total from orders group by status
      union all
      select 'reservation ' || status, count(*) from reservation group by status`.execute(this.#db);
    return Object.fromEntries(rows.map(({ name, total }) => [name, total]));
  }
}
