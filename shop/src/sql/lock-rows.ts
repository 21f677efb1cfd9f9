import { type Kysely, sql } from 'kysely';
import type { Command, CommandRequest } from '../domain/command.ts';
import { Books, type DrawnIds, type LockedRows } from './books.ts';
import { orderOf, productOf, reservationOf } from './rows.ts';
import type { Tables } from './tables.ts';

/**
 * Reads and locks every row the commands may touch, in the order all transactions keep to:
 * reservations and orders, then products, each by ascending id. So there is no cycle of waits.
 */
export async function lockRows(
  trx: Kysely<Tables>,
  requests: readonly CommandRequest[],
): Promise<Books> {
  const commands = requests.map(({ command }) => command);
  const reservations = await lockReservations(trx, idsOf(commands, 'reservationId'));
  const orders = await lockOrders(trx, idsOf(commands, 'orderId'));
  const owners = [...reservations, ...orders].map(({ productId }) => productId);
  const products = await lockProducts(trx, [...idsOf(commands, 'productId'), ...owners]);
  return new Books({ reservations, orders, products }, await drawIds(trx, commands));
}

function idsOf(
  commands: readonly Command[],
  field: 'productId' | 'orderId' | 'reservationId',
): readonly number[] {
  const ids = commands.map(
    (command): unknown => Object.entries(command).find(([k]) => k === field)?.[1],
  );
  return ids.filter((id) => typeof id === 'number');
}

async function lockReservations(
  trx: Kysely<Tables>,
  ids: readonly number[],
): Promise<LockedRows['reservations']> {
  if (ids.length === 0) return [];
  const query = trx.selectFrom('reservation').selectAll().where('id', '=', anyOf(ids));
  return (await query.orderBy('id').forUpdate().execute()).map(reservationOf);
}

async function lockOrders(
  trx: Kysely<Tables>,
  ids: readonly number[],
): Promise<LockedRows['orders']> {
  if (ids.length === 0) return [];
  const query = trx.selectFrom('orders').selectAll().where('id', '=', anyOf(ids));
  return (await query.orderBy('id').forUpdate().execute()).map(orderOf);
}

async function lockProducts(
  trx: Kysely<Tables>,
  ids: readonly number[],
): Promise<LockedRows['products']> {
  if (ids.length === 0) return [];
  const query = trx.selectFrom('product').selectAll().where('id', '=', anyOf(ids));
  return (await query.orderBy('id').forUpdate().execute()).map(productOf);
}

/** As one text parameter: the statement is the same for any number of ids. */
function anyOf(ids: readonly number[]) {
  return sql<number>`any(${`{${[...new Set(ids)].join(',')}}`}::bigint[])`;
}

async function drawIds(trx: Kysely<Tables>, commands: readonly Command[]): Promise<DrawnIds> {
  const count = (...kinds: readonly Command['kind'][]): number =>
    commands.filter(({ kind }) => kinds.includes(kind)).length;
  return {
    product: await draw(trx, 'product', count('create-product')),
    orders: await draw(trx, 'orders', count('place-order', 'confirm-reservation')),
    reservation: await draw(trx, 'reservation', count('reserve')),
  };
}

async function draw(trx: Kysely<Tables>, table: keyof DrawnIds, count: number): Promise<number[]> {
  if (count === 0) return [];
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence(${table}, 'id')) as id
    from generate_series(1, ${count}::int)`.execute(trx);
  return rows.map(({ id }) => id);
}
