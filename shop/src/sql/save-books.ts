import { type Kysely, type RawBuilder, sql } from 'kysely';
import { assert } from '../domain/assert.ts';
import type { LedgerEvent } from '../events/event-schemas.ts';
import { topicNameOf } from '../events/event-topics.ts';
import type { Books } from './books.ts';
import { iso, orderRow, productRow, reservationRow } from './rows.ts';
import type { Tables } from './tables.ts';

/**
 * Writes what the decisions changed, and their events behind it: ids of the outbox are drawn while
 * the products are locked, so per product they rise in the order of the commits.
 */
export async function saveBooks(
  trx: Kysely<Tables>,
  books: Books,
  topicPrefix: string,
): Promise<void> {
  await saveProducts(trx, books);
  await saveReservations(trx, books);
  await saveOrders(trx, books);
  await appendEvents(trx, books.events, topicPrefix);
}

async function saveProducts(trx: Kysely<Tables>, { products }: Books): Promise<void> {
  await insertRows(products.added.map(productRow), (rows) => {
    return sql`insert into product
      select * from jsonb_populate_recordset(null::product, ${rows}::jsonb)`.execute(trx);
  });
  await changeRows(products.changed.map(productRow), (rows) => {
    return sql`update product set name = r.name, name_en = r.name_en, category = r.category,
        price = r.price, quantity = r.quantity, stocked = r.stocked,
        stock_version = r.stock_version, updated_at = r.updated_at
      from jsonb_populate_recordset(null::product, ${rows}::jsonb) as r
      where product.id = r.id`.execute(trx);
  });
}

async function saveReservations(trx: Kysely<Tables>, { reservations }: Books): Promise<void> {
  await insertRows(reservations.added.map(reservationRow), (rows) => {
    return sql`insert into reservation
      select * from jsonb_populate_recordset(null::reservation, ${rows}::jsonb)`.execute(trx);
  });
  await changeRows(reservations.changed.map(reservationRow), (rows) => {
    return sql`update reservation set status = r.status, cancel_reason = r.cancel_reason,
        decided_at = r.decided_at, updated_at = r.updated_at
      from jsonb_populate_recordset(null::reservation, ${rows}::jsonb) as r
      where reservation.id = r.id and reservation.status = 'PENDING'`.execute(trx);
  });
}

async function saveOrders(trx: Kysely<Tables>, { orders }: Books): Promise<void> {
  await insertRows(orders.added.map(orderRow), (rows) => {
    return sql`insert into orders
      select * from jsonb_populate_recordset(null::orders, ${rows}::jsonb)`.execute(trx);
  });
  await changeRows(orders.changed.map(orderRow), (rows) => {
    return sql`update orders set status = r.status, updated_at = r.updated_at
      from jsonb_populate_recordset(null::orders, ${rows}::jsonb) as r
      where orders.id = r.id and orders.status = 'COMPLETED'`.execute(trx);
  });
}

async function appendEvents(
  trx: Kysely<Tables>,
  events: readonly LedgerEvent[],
  topicPrefix: string,
): Promise<void> {
  const rows = events.map((event, n) => ({
    n,
    event_id: event.id,
    topic: topicNameOf(event.type, topicPrefix),
    key: event.productCode,
    value: event,
    created_at: iso(event.occurredAt),
  }));
  await insertRows(rows, (json) => {
    return sql`insert into outbox (event_id, topic, key, value, created_at)
      select event_id, topic, key, value, created_at from jsonb_to_recordset(${json}::jsonb)
        as r(n int, event_id uuid, topic text, key text, value jsonb, created_at timestamptz)
      order by n`.execute(trx);
  });
}

type Statement = (rows: string) => ReturnType<RawBuilder<unknown>['execute']>;

/** One parameter for any number of rows: the statement's text never changes. */
async function insertRows(rows: readonly object[], write: Statement): Promise<void> {
  if (rows.length > 0) await write(JSON.stringify(rows));
}

async function changeRows(rows: readonly object[], write: Statement): Promise<void> {
  if (rows.length === 0) return;
  const { numAffectedRows } = await write(JSON.stringify(rows));
  assert(Number(numAffectedRows) === rows.length, 'a locked row changes exactly once');
}
