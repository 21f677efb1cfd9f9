import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { columnParsers } from './column-types.ts';
import { makeDatabaseFiles } from './database-files.ts';
import { pgliteDialect } from './pglite-dialect.ts';
import type { Tables } from './tables.ts';

/** Where the books are kept: in PostgreSQL when there is a URL, else in this process. */
export interface DatabaseOptions {
  readonly postgresUrl?: string;
  /**
   * The embedded database's directory; without one it lives in memory. It takes no lock, and two
   * processes in one directory damage it: whoever opens it holds the log's lock beside it.
   */
  readonly directory?: string;
  /** The PostgreSQL schema. Default `basquiat`. */
  readonly schema?: string;
}

/** A database that is open, with its tables not yet looked at. */
export interface Database {
  readonly kind: 'pglite' | 'postgres';
  readonly db: Kysely<Tables>;
  close(): Promise<void>;
}

/** Connections to PostgreSQL per process. */
export const maxPostgresConnections = 15;
/** How long a statement waits for a row that another transaction holds. */
const lockTimeoutMs = 3_000;
const connectTimeoutMs = 5_000;
const inMemory = 'memory://';

/** Opens the database; makes the schema when it is missing. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const schema = options.schema ?? 'basquiat';
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new RangeError(`"${schema}" is no schema name: a-z, 0-9 and "_" only`);
  }
  if (options.postgresUrl !== undefined) return openPostgres(options.postgresUrl, schema);
  return openPGlite(options.directory, schema);
}

async function openPGlite(directory: string | undefined, schema: string): Promise<Database> {
  const parsers = { ...columnParsers };
  const dataDir = directory === undefined ? inMemory : `${directory}/pglite`;
  const database = await openFiles(dataDir, parsers);
  await database.exec(`create schema if not exists ${schema};
    set search_path to ${schema}; set timezone to 'UTC';`);
  const db = new Kysely<Tables>({ dialect: pgliteDialect(database) });
  const close = async (): Promise<void> => {
    await db.destroy();
    await database.close();
  };
  return { kind: 'pglite', db, close };
}

/**
 * Held while a schema or the first table is made: two who make the same at once fail, also where
 * they ask whether it exists. "shop" in ASCII: nobody else has a reason to choose it.
 */
export const makingLock = 0x73_68_6f_70;

async function openFiles(dataDir: string, parsers: typeof columnParsers): Promise<PGlite> {
  if (dataDir !== inMemory) {
    await mkdir(dirname(dataDir), { recursive: true });
    await makeDatabaseFiles(dataDir);
  }
  return PGlite.create({ dataDir, parsers });
}

async function openPostgres(connectionString: string, schema: string): Promise<Database> {
  const settings = [
    `search_path=${schema}`,
    `lock_timeout=${lockTimeoutMs}`,
    'timezone=UTC',
    // Every wait has an end: a transaction whose program hangs does not hold its rows for ever.
    'idle_in_transaction_session_timeout=30000',
  ];
  const pool = new pg.Pool({
    connectionString,
    max: maxPostgresConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    options: settings.map((setting) => `-c ${setting}`).join(' '),
    types: { getTypeParser: parserOf },
  });
  // An idle connection that breaks is replaced by the pool; the next query says what is wrong.
  pool.on('error', () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  // Both statements are one transaction, which holds the lock.
  const make = `select pg_advisory_xact_lock(${makingLock}); create schema if not exists ${schema}`;
  await pool.query(make).catch(async (error: unknown) => {
    await db.destroy();
    throw error;
  });
  return { kind: 'postgres', db, close: () => db.destroy() };
}

function parserOf(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return columnParsers[oid] ?? pg.types.getTypeParser(oid, format ?? 'text');
}
