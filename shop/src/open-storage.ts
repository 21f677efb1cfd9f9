import { join } from 'node:path';
import type { Log } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import type { Logger } from 'pino';
import type { ShopConfig } from './config.ts';
import { type CatalogueItem, treasures } from './domain/catalogue.ts';
import type { Surroundings } from './domain/surroundings.ts';
import { bindWorld, refuseIncomplete } from './one-world.ts';
import { openSql, type Sql } from './sql/open-sql.ts';
import { seedCatalogue } from './sql/seed-catalogue.ts';
import { allTopics, ensureTopics, shopTopics } from './topics.ts';
import type { WorldSettings } from './world-settings.ts';

/** What a world is opened with. */
export interface WorldOptions {
  readonly config: ShopConfig;
  readonly surroundings: Surroundings;
  readonly logger: Logger;
  /** Told as soon as a part is open. */
  readonly onPart: (part: OpenPart) => void;
  /** A new world's treasures. Default: the built-in ones. */
  readonly catalogue?: readonly CatalogueItem[];
}

/** A part that is open, how long that took, and what a person wants to know of it. */
export interface OpenPart {
  readonly name: 'log' | 'sql' | 'bus' | 'streams';
  readonly text: string;
  readonly note?: string;
  readonly ms: number;
}

/** Where a world is, what it is, and what of it is open so far: that is closed in reverse. */
export interface Opening {
  readonly directory: string;
  readonly settings: WorldSettings;
  readonly opened: AsyncDisposableStack;
}

/**
 * Opens the log, whose directory is locked, and then the books, which have no lock of their own.
 *
 * @throws {ConfigError} When another process has the world open.
 * @throws {MixedWorldError} @throws {LedgerMismatchError} When they do not belong together.
 */
export async function openStorage(
  options: WorldOptions,
  { directory, settings, opened }: Opening,
): Promise<{ readonly sql: Sql; readonly log: Log }> {
  const { postgres, topicPrefix } = options.config;
  await refuseIncomplete(directory, postgres === undefined ? 'embedded' : 'elsewhere');
  // In this order: the log is closed last, and with it goes the lock.
  const log = opened.use(await openLog(options, { directory, settings }));
  const sql = opened.use(await openBooks(options, { directory, settings }));
  const world = { log, directory, topics: shopTopics(topicPrefix) };
  // The treasures of a replay are those of its file; nobody sells them here.
  const isReplay = settings.time === 'stream';
  await bindWorld(isReplay ? world : { ...world, sql });
  if (!isReplay) await seedCatalogue(sql, options.catalogue ?? treasures);
  return { sql, log };
}

async function openLog(
  { config, onPart }: WorldOptions,
  { directory, settings }: Omit<Opening, 'opened'>,
): Promise<Log> {
  const startedMs = performance.now();
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), fsync: config.fsync });
  const wanted = allTopics(shopTopics(config.topicPrefix), {
    partitions: config.partitions,
    viewRetentionMs: config.retentionViews,
    orderRetentionMs: config.retentionOrders,
    keep: settings.time === 'stream' ? 'for-ever' : 'as-told',
  });
  await ensureTopics(log, wanted).catch(async (error: unknown) => {
    await log[Symbol.asyncDispose]();
    throw error;
  });
  const text = `embedded, ${wanted.length} topics, ${config.partitions} partitions`;
  onPart({ name: 'log', text, ms: performance.now() - startedMs });
  return log;
}

async function openBooks(
  { config, surroundings, onPart }: WorldOptions,
  { directory, settings }: Omit<Opening, 'opened'>,
): Promise<Sql> {
  const startedMs = performance.now();
  const sql = await openSql({
    zone: settings.zone,
    surroundings,
    directory,
    topicPrefix: config.topicPrefix,
    schema: config.postgresSchema,
    ...(config.postgres === undefined ? {} : { postgresUrl: config.postgres }),
  });
  const isEmbedded = sql.kind === 'pglite';
  onPart({
    name: 'sql',
    text: isEmbedded ? 'PGlite (PostgreSQL 18)' : 'PostgreSQL',
    ms: performance.now() - startedMs,
    ...(isEmbedded ? { note: 'not safe against power cuts; --postgres for that' } : {}),
  });
  return sql;
}
