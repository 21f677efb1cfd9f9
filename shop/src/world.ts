import { join } from 'node:path';
import type { Log } from 'logpose';
import { InProcessBus } from './bus/in-process-bus.ts';
import { respondToShop } from './bus/responders.ts';
import { subjects } from './bus/subjects.ts';
import { type Opening, openStorage, type WorldOptions } from './open-storage.ts';
import { BusActions } from './ops/bus-actions.ts';
import { SimulatedCustomers } from './ops/simulated-customers.ts';
import { instanceId, StreamsKeeper } from './ops/streams-keeper.ts';
import { Relay } from './relay/relay.ts';
import { blindWitness, stoppedClock } from './replayed-world.ts';
import { startExpiry } from './sql/expire-reservations.ts';
import type { Sql } from './sql/open-sql.ts';
import { ProductCache } from './sql/product-cache.ts';
import type { Witness } from './stats/counts.ts';
import { EventPublisher } from './stats/event-publisher.ts';
import { LiveLists } from './stats/live-lists.ts';
import { StoreCounts } from './stats/store-counts.ts';
import { type ShopTopics, shopTopics } from './topics.ts';
import { settingsOf, type WorldSettings } from './world-settings.ts';

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
  readonly witness: Witness;
  readonly relay: Relay;
  /** Undefined in a world without simulated customers. */
  readonly customers: SimulatedCustomers | undefined;
  readonly settings: WorldSettings;
  readonly instance: string;
}

const instance = instanceId(1);

/**
 * Opens a world: log and books, then what needs both. Closed in reverse.
 *
 * @throws {ConfigError} When another process has it open.
 */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { config, surroundings } = options;
  const directory = join(config.dataDir, config.world);
  const settings = await settingsOf(directory, config);
  await using opened = new AsyncDisposableStack();
  const base = await openBase(options, { directory, settings, opened });
  const { sql, log, topics, cache, onError } = base;
  const { zone } = settings;
  const streams = await openStreams(options, { ...base, directory, settings, opened });
  const clock = settings.time === 'stream' ? await stoppedClock(log, topics) : surroundings;
  const lists = new LiveLists({
    log,
    topics,
    streams,
    cache,
    zone,
    surroundings: clock,
    onError,
  });
  opened.defer(() => lists.close());
  const publisher = new EventPublisher({ log, topics, surroundings, onError });
  opened.defer(() => publisher.close());
  const { bus, relay } = openOffice(options, { ...base, opened });
  const actions = new BusActions({ bus, witness: publisher, zone, surroundings });
  const customers = settings.hasCustomers ? invite(options, { actions, zone }) : undefined;
  opened.defer(() => customers?.stop());
  const counts = new StoreCounts({ streams, zone, surroundings: clock });
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
    witness: settings.time === 'stream' ? blindWitness : publisher,
    relay,
    customers,
    settings,
    instance,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** What everything else rests on. */
interface Base {
  readonly sql: Sql;
  readonly log: Log;
  readonly topics: ShopTopics;
  readonly cache: ProductCache;
  readonly onError: (error: unknown) => void;
}

async function openBase(options: WorldOptions, opening: Opening): Promise<Base> {
  const { config, logger } = options;
  const { sql, log } = await openStorage(options, opening);
  const onError = (error: unknown): void => logger.error({ err: error }, 'a part has failed');
  return { sql, log, topics: shopTopics(config.topicPrefix), cache: await fillCache(sql), onError };
}

async function openStreams(
  { config, surroundings, logger, onPart }: WorldOptions,
  { log, topics, directory, settings, opened }: Base & Opening,
): Promise<StreamsKeeper> {
  const startedMs = performance.now();
  const streams = opened.use(
    new StreamsKeeper({
      log,
      topics,
      applicationId: config.applicationId,
      zones: settings.zones,
      time: settings.time,
      lateWindowMs: config.lateWindow,
      commitIntervalMs: config.commitInterval,
      instances: config.instances,
      stateDirectory: config.stateDir ?? join(directory, 'state'),
      surroundings,
      logger,
    }),
  );
  await streams.start();
  const who = config.instances === 1 ? instance : `${instance} … ${instanceId(config.instances)}`;
  const text = `${who}, exactly-once, commit ${config.commitInterval} ms`;
  onPart({ name: 'streams', text, ms: performance.now() - startedMs });
  return streams;
}

/** Who answers requests, and who carries what they decide into the log. */
function openOffice(
  { surroundings, onPart }: WorldOptions,
  { sql, log, topics, cache, onError, opened }: Base & Pick<Opening, 'opened'>,
): { readonly bus: InProcessBus; readonly relay: Relay } {
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
  relay.start();
  const expiry = startExpiry(sql, surroundings, onError);
  opened.defer(() => expiry.stop());
  onPart({ name: 'bus', text: 'in process', ms: 0 });
  return { bus, relay };
}

function invite(
  { config, surroundings, logger }: WorldOptions,
  { actions, zone }: { readonly actions: BusActions; readonly zone: string },
): SimulatedCustomers {
  const seed = config.seed ?? surroundings.nowMs() % 1_000_000;
  const onFailure = (error: unknown): void =>
    logger.debug({ err: error }, 'an action of a customer has failed');
  return new SimulatedCustomers({ actions, surroundings, zone, seed, onFailure }, config);
}

/** Lists need the names of everything on the shelves. */
async function fillCache(sql: Sql): Promise<ProductCache> {
  const cache = new ProductCache((id) => sql.reads.product(id));
  cache.put(await sql.reads.products({ limit: 10_000 }));
  return cache;
}
