import { bytes, type Log, nullable, type RecordPosition, type StoreHandle, topic } from 'logpose';
import type { Surroundings } from '../domain/surroundings.ts';
import type { ShopTopics } from '../topics.ts';
import type { ShopStreams } from './app.ts';
import { minPublishIntervalMs } from './ranking/publisher.ts';

/** The streams have not come to rest in time. */
export class NotSettledError extends Error {
  override readonly name = 'NotSettledError';
}

/** Whose streams, and how long to wait for them. */
export interface SettleOptions {
  readonly log: Log;
  readonly topics: ShopTopics;
  readonly streams: ShopStreams;
  readonly surroundings: Pick<Surroundings, 'nowMs' | 'after'>;
  /** Default 300,000. */
  readonly timeoutMs?: number;
}

/**
 * Resolves when all that is in the log now has been counted and committed, through every
 * repartition topic, and the rankings have been told. Nobody may write meanwhile.
 *
 * @throws {NotSettledError} When it takes longer than `timeoutMs`.
 */
export async function settle(options: SettleOptions): Promise<void> {
  const { log, topics, streams, surroundings } = options;
  const { applicationId: id, stores } = streams;
  const untilMs = surroundings.nowMs() + (options.timeoutMs ?? 300_000);
  const counted = async <V>(names: readonly string[], store: Rows<V>): Promise<void> =>
    waitForStore(options, { untilMs, store, after: await lastPositions(log, names) });

  const { 'product.changed': _, 'stock.adjusted': stock, ...events } = topics.events;
  const names = Object.values(events).map(({ name }) => name);
  await counted(names, stores.views);
  await counted([stock.name], stores.stockAdjustments);
  await counted([`${id}-reservation-by-id-repartition`], stores.reservations);
  await counted([`${id}-reservation-by-product-repartition`], stores.reservationsNow);
  const candidates = ['rank-candidates', 'rank-candidates-now'].map(
    (name) => `${id}-${name}-repartition`,
  );
  // Lists wait for their turn: they are all out when nothing has come for two turns.
  let before = '';
  for (;;) {
    const last = JSON.stringify(await lastPositions(log, [...candidates, topics.ranking.name]));
    if (last === before) break;
    before = last;
    await counted(candidates, stores.rankings);
    await pause(surroundings, 2 * minPublishIntervalMs + quietMs);
  }
}

type Rows<V> = StoreHandle<'timestamped-key-value', string, V>;

/** Room for a commit behind a list's turn. */
const quietMs = 200;

interface Wait<V> {
  readonly untilMs: number;
  readonly store: Rows<V>;
  readonly after: readonly RecordPosition[];
}

async function waitForStore<V>(
  { streams, surroundings }: SettleOptions,
  wait: Wait<V>,
): Promise<void> {
  const { after } = wait;
  for (;;) {
    const timeoutMs = Math.min(5_000, wait.untilMs - surroundings.nowMs());
    if (timeoutMs <= 0) throw new NotSettledError(`store ${wait.store.name} is still behind`);
    const answer = await streams.app.store(wait.store).get('', { after, timeoutMs });
    if (answer.state === 'found' || answer.state === 'absent') return;
    if (streams.app.state === 'failed') throw new NotSettledError('the streams have failed');
    // Such an answer may come at once: the streams need their turn.
    await pause(surroundings, quietMs);
  }
}

function pause(surroundings: SettleOptions['surroundings'], ms: number): Promise<void> {
  return new Promise((resolve) => void surroundings.after(ms, resolve));
}

/** The last record of each partition that has any; of topics that are there. */
async function lastPositions(
  log: Log,
  names: readonly string[],
): Promise<readonly RecordPosition[]> {
  const described = await log.admin.describeTopics(names.map((name) => ({ name })));
  const assignment = described.flatMap((found) =>
    Array.from({ length: found?.partitions ?? 0 }, (_none, partition) => ({
      topic: topic(found?.name ?? '', { key: nullable(bytes), value: nullable(bytes) }),
      partition,
    })),
  );
  await using consumer = log.consumer({ assignment });
  const ends = await consumer.endOffsets();
  return ends.flatMap((end) => (end.offset === 0 ? [] : [{ ...end, offset: end.offset - 1 }]));
}
