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

  /** Resolves when the database answers. */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this.#db);
  }
}
