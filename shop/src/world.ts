import { join } from 'node:path';
import type { Log } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import type { Logger } from 'pino';
import { InProcessBus } from './bus/in-process-bus.ts';
import { respondToShop } from './bus/responders.ts';
import { subjects } from './bus/subjects.ts';
import type { ShopConfig } from './config.ts';
import { type CatalogueItem, treasures } from './domain/catalogue.ts';
import type { Surroundings } from './domain/surroundings.ts';
import { BusActions } from './ops/bus-actions.ts';
import { SimulatedCustomers } from './ops/simulated-customers.ts';
import { StreamsKeeper } from './ops/streams-keeper.ts';
import { Relay } from './relay/relay.ts';
import { startExpiry } from './sql/expire-reservations.ts';
import { openSql, type Sql } from './sql/open-sql.ts';
import { ProductCache } from './sql/product-cache.ts';
import { seedCatalogue } from './sql/seed-catalogue.ts';
import { EventPublisher } from './stats/event-publisher.ts';
import { LiveLists } from './stats/live-lists.ts';
import { StoreCounts } from './stats/store-counts.ts';
import { allTopics, ensureTopics, type ShopTopics, shopTopics } from './topics.ts';
import { readWorldFile, type WorldFile, writeWorldFile } from './world-file.ts';

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

/** Everything behind the counter. */
export interface World extends AsyncDisposable {
  readonly log: Log;
  readonly topics: ShopTopics;
  readonly sql: Sql;
  readonly cache: ProductCache;
  readonly bus: InProcessBus;
  readonly streams: StreamsKeeper;
  readonly counts: StoreCounts;
  readonly lists: LiveLists;
  readonly publisher: EventPublisher;
  readonly relay: Relay;
  /** Undefined in a world without simulated customers. */
  readonly customers: SimulatedCustomers | undefined;
  readonly zone: string;
  readonly instance: string;
}

const instance = 'crew-1';

/**
 * Opens a world: books and log at once, then what needs both. Closed in reverse.
 *
 * @throws {DirectoryInUseError} @throws {ConfigError} When another process has it open.
 */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { config, surroundings, logger } = options;
  const directory = join(config.dataDir, config.world);
  const settings = await settingsOf(directory, config);
  const { zone } = settings;
  const onError = (error: unknown): void => logger.error({ err: error }, 'a part has failed');
  await using opened = new AsyncDisposableStack();
  const { sql, log } = await openStorage(options, directory, settings, opened);
  const topics = shopTopics(config.topicPrefix);
  const cache = await fillCache(sql);

  const streamsStartedMs = performance.now();
  const streams = opened.use(
    new StreamsKeeper({
      log,
      topics,
      applicationId: config.applicationId,
      zones: settings.zones,
      time: settings.time,
      lateWindowMs: config.lateWindow,
      commitIntervalMs: config.commitInterval,
      stateDirectory: config.stateDir ?? join(directory, 'state'),
      surroundings,
      logger,
    }),
  );
  await streams.start();
  options.onPart({
    name: 'streams',
    text: `${instance}, exactly-once, commit ${config.commitInterval} ms`,
    ms: performance.now() - streamsStartedMs,
  });
  const lists = new LiveLists({ log, topics, cache, zone, surroundings, onError });
  opened.defer(() => lists.close());
  const publisher = new EventPublisher({ log, topics, surroundings, onError });
  opened.defer(() => publisher.close());
  const relay = new Relay({ log, topics, outbox: sql.outbox, surroundings, onError });
  opened.defer(() => relay.stop());

  const bus = new InProcessBus({ surroundings, instance, onError });
  opened.defer(() => bus.close());
  respondToShop({ bus, sql, cache });
  bus.listen(subjects.wakeOutbox, () => relay.wake());
  sql.writes.onCommitted(({ products }) => {
    cache.put(products);
    bus.broadcast(subjects.wakeOutbox, null);
  });
  options.onPart({ name: 'bus', text: 'in process', ms: 0 });
  relay.start();
  const expiry = startExpiry(sql, surroundings, onError);
  opened.defer(() => expiry.stop());
  const customers = settings.hasCustomers
    ? new SimulatedCustomers(
        {
          actions: new BusActions({ bus, witness: publisher, zone, surroundings }),
          surroundings,
          zone,
          seed: config.seed ?? surroundings.nowMs() % 1_000_000,
          onFailure: (error) => logger.debug({ err: error }, 'an action of a customer has failed'),
        },
        config,
      )
    : undefined;
  opened.defer(() => customers?.stop());
  const counts = new StoreCounts({ streams, zone, surroundings });
  const parts = opened.move();
  return {
    log,
    topics,
    sql,
    cache,
    bus,
    streams,
    counts,
    lists,
    publisher,
    relay,
    customers,
    zone,
    instance,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What a world is: said by the command line, unless it is a replay, which says it itself. */
interface WorldSettings {
  readonly zone: string;
  readonly zones: readonly string[];
  readonly time: WorldFile['time'];
  readonly hasCustomers: boolean;
}

async function settingsOf(directory: string, config: ShopConfig): Promise<WorldSettings> {
  const file = await readWorldFile(directory);
  if (file?.time === 'stream') {
    const [zone = 'UTC'] = file.zones;
    return { zone, zones: file.zones, time: 'stream', hasCustomers: false };
  }
  const { zone, topicPrefix, applicationId } = config;
  await writeWorldFile(directory, {
    time: 'wall-clock',
    zones: [zone],
    topicPrefix,
    applicationId,
    currency: 'KRW',
    scale: 0,
  });
  return { zone, zones: [zone], time: 'wall-clock', hasCustomers: config.driver };
}

async function openStorage(
  options: WorldOptions,
  directory: string,
  ...[settings, opened]: readonly [settings: WorldSettings, opened: AsyncDisposableStack]
): Promise<{ readonly sql: Sql; readonly log: Log }> {
  const [log, sql] = await Promise.allSettled([
    openLog(options, directory, settings),
    openBooks(options, directory, settings.zone),
  ]);
  // In this order: the books are closed last.
  if (sql.status === 'fulfilled') opened.use(sql.value);
  if (log.status === 'fulfilled') opened.use(log.value);
  if (sql.status === 'rejected') throw sql.reason;
  if (log.status === 'rejected') throw log.reason;
  return { sql: sql.value, log: log.value };
}

async function openLog(
  { config, onPart }: WorldOptions,
  directory: string,
  { time }: WorldSettings,
): Promise<Log> {
  const startedMs = performance.now();
  const log = await openEmbeddedLog({ directory: join(directory, 'log'), fsync: config.fsync });
  const wanted = allTopics(shopTopics(config.topicPrefix), {
    partitions: config.partitions,
    viewRetentionMs: config.retentionViews,
    orderRetentionMs: config.retentionOrders,
    keep: time === 'stream' ? 'for-ever' : 'as-told',
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
  { config, surroundings, onPart, catalogue = treasures }: WorldOptions,
  directory: string,
  zone: string,
): Promise<Sql> {
  const startedMs = performance.now();
  const sql = await openSql({
    zone,
    surroundings,
    directory,
    topicPrefix: config.topicPrefix,
    schema: config.postgresSchema,
    ...(config.postgres === undefined ? {} : { postgresUrl: config.postgres }),
  });
  await seedCatalogue(sql, catalogue);
  const isEmbedded = sql.kind === 'pglite';
  onPart({
    name: 'sql',
    text: isEmbedded ? 'PGlite (PostgreSQL 18)' : 'PostgreSQL',
    ms: performance.now() - startedMs,
    ...(isEmbedded ? { note: 'not safe against power cuts; --postgres for that' } : {}),
  });
  return sql;
}

/** Lists need the names of everything on the shelves. */
async function fillCache(sql: Sql): Promise<ProductCache> {
  const cache = new ProductCache((id) => sql.reads.product(id));
  cache.put(await sql.reads.products({ limit: 10_000 }));
  return cache;
}
