import type { Log } from 'logpose';
import type { Surroundings } from '../domain/surroundings.ts';
import { readToEnd } from '../read-to-end.ts';
import type { ShopTopics } from '../topics.ts';
import { Pace, type PaceOptions } from './pace.ts';
import { ReplayBatch, type ReplayProgress, type RowSelection } from './replay-batch.ts';
import type { SourceFile } from './source-file.ts';

/** How a file is replayed: at which speed, in which zone, from when to when. */
export interface ReplayOptions extends PaceOptions, RowSelection {
  readonly surroundings: Pick<Surroundings, 'nowMs' | 'after'>;
  /** Rows in one transaction. Default 4,000. */
  readonly maxBatchRows?: number;
  /** Ends the replay behind what is committed; the next one goes on there. */
  readonly signal?: AbortSignal;
  /** Told after each commit. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/**
 * Writes a file's events to their topics, each exactly once.
 *
 * Events and the position behind them are one transaction, so that a replay that is killed goes on
 * where the log says, without loss and without doubles. A replay of the same file that still runs
 * elsewhere is fenced.
 *
 * @throws {ReplayRowError} When a row cannot be an event.
 */
export async function replayFile(
  parts: { readonly log: Log; readonly topics: ShopTopics; readonly file: SourceFile },
  options: ReplayOptions,
): Promise<ReplayProgress> {
  const { log, topics, file } = parts;
  await using producer = log.producer({ transactionalId: `shop-replay-${file.sha256}` });
  // The id is taken over before the position is read: then nobody else can move it any more.
  await producer.transaction(async () => undefined);
  const start = await positionOf(log, topics, file.sha256);
  const batch = new ReplayBatch(file, topics, options);
  const pace = new Pace(options, options.surroundings);
  const commit = async (): Promise<void> => {
    if (batch.size === 0) return;
    await producer.transaction((tx) => batch.send(tx));
    options.onProgress?.(batch.progress);
  };

  for await (const row of file.rows()) {
    if (options.signal?.aborted === true) break;
    const event = batch.read(row);
    if (event === undefined || batch.nextRow <= start) continue;
    const waitMs = pace.waitMs(event.occurredAt);
    if (waitMs > minWaitMs) {
      await commit();
      await pace.wait(waitMs);
    }
    batch.add(event);
    if (batch.size >= (options.maxBatchRows ?? defaultBatchRows)) await commit();
  }
  await commit();
  return batch.progress;
}

const defaultBatchRows = 4_000;
/** Shorter waits are not worth a commit of their own. */
const minWaitMs = 20;

async function positionOf(log: Log, topics: ShopTopics, sha256: string): Promise<number> {
  let nextRow = 0;
  await readToEnd(log, topics.replayPosition, ({ key, value }) => {
    if (key === sha256) nextRow = value.nextRow;
  });
  return nextRow;
}
