import { type Kysely, sql } from 'kysely';
import { tables } from './migrations/001-tables.ts';
import { makingLock } from './open-database.ts';
import type { Tables } from './tables.ts';

/** Every migration in order; the number of one is its place, from 1. */
const migrations: readonly string[] = [tables];

/** A database that was written by a later version of the shop. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';

  constructor(found: number) {
    super(`the database has schema ${found}, this program knows ${migrations.length}: update it`);
  }
}

/**
 * Brings the tables to the newest form, each step in a transaction of its own.
 *
 * @throws {SchemaTooNewError} When a later version has written them.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  await makeMeta(db);
  for (let done = await schemaNumber(db); done < migrations.length; done += 1) {
    await step(db, done);
  }
}

async function makeMeta(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${makingLock})`.execute(trx);
    await sql`create table if not exists shop_meta
      (key text primary key, value jsonb not null)`.execute(trx);
  });
}

async function schemaNumber(db: Kysely<Tables>): Promise<number> {
  const row = await db
    .selectFrom('shop_meta')
    .select('value')
    .where('key', '=', 'schema')
    .executeTakeFirst();
  const number = typeof row?.value === 'number' ? row.value : 0;
  if (number > migrations.length) throw new SchemaTooNewError(number);
  return number;
}

async function step(db: Kysely<Tables>, done: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Two instances may start at once: the second waits here and then finds the step done.
    await sql`lock table shop_meta in exclusive mode`.execute(trx);
    if ((await schemaNumber(trx)) !== done) return;
    for (const statement of (migrations[done] ?? '').split(';')) {
      if (statement.trim() !== '') await sql.raw(statement).execute(trx);
    }
    await writeMeta(trx, 'schema', done + 1);
  });
}

/** Writes one value of `shop_meta`. */
export async function writeMeta(db: Kysely<Tables>, key: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value);
  await sql`insert into shop_meta (key, value) values (${key}, ${json}::jsonb)
    on conflict (key) do update set value = excluded.value`.execute(db);
}
