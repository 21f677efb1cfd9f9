import { join } from 'node:path';
import type { Log } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { system } from '../domain/surroundings.ts';
import { bindWorld, refuseIncomplete } from '../one-world.ts';
import { type ShopStreams, shopStreams } from '../streams/app.ts';
import { settle } from '../streams/settle.ts';
import { allTopics, ensureTopics, type ShopTopics, shopTopics } from '../topics.ts';

/** Where a world of old events lives. */
export interface ReplayWorldOptions {
  /** The world's own directory: log and state are below it. */
  readonly directory: string;
  readonly prefix: string;
  readonly applicationId: string;
  /** The zone whose days are counted. */
  readonly zone: string;
}

/** A world of old events: its log, and its streams, running. */
export interface ReplayWorld extends AsyncDisposable {
  readonly log: Log;
  readonly topics: ShopTopics;
  readonly streams: ShopStreams;
  /** Tells its log from every other. */
  readonly logId: string | undefined;
  /** Resolves when everything in the log has been counted. */
  settle(): Promise<void>;
}

/**
 * Opens a world whose events are old: nothing in it is deleted by its time, days end and viewers go
 * by event time.
 *
 * @throws {ConfigError} When another process has it open.
 * @throws {MixedWorldError} When its log is not the one that was made there.
 */
export async function openReplayWorld(options: ReplayWorldOptions): Promise<ReplayWorld> {
  const { directory, prefix, applicationId, zone } = options;
  await using opened = new AsyncDisposableStack();
  await refuseIncomplete(directory, 'none');
  const log = opened.use(await openEmbeddedLog({ directory: join(directory, 'log') }));
  const topics = shopTopics(prefix);
  await ensureTopics(log, allTopics(topics, { keep: 'for-ever' }));
  const logId = await bindWorld({ log, topics, directory });
  const streams = shopStreams({
    log,
    topics,
    applicationId,
    zones: [zone],
    time: 'stream',
    stateDirectory: join(directory, 'state'),
  });
  opened.use(streams.app);
  await streams.app.start();
  const parts = opened.move();
  return {
    log,
    topics,
    streams,
    logId,
    settle: () => settle({ log, topics, streams, surroundings: system }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
