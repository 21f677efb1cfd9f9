import { type Log, StreamsApp } from 'logpose';
import type { ShopTopics } from '../topics.ts';
import { type ShopStores, type ShopTopologyOptions, shopTopology } from './topology.ts';

/** The application's id unless it is told otherwise. */
export const defaultApplicationId = 'onepiece-stream-aggregator';

/** Where a world's streams run, and what its topology depends on. */
export interface ShopStreamsOptions extends ShopTopologyOptions {
  readonly log: Log;
  readonly topics: ShopTopics;
  readonly applicationId?: string;
  /** Default: state in memory. */
  readonly stateDirectory?: string;
  /** In milliseconds. Default 100. */
  readonly commitIntervalMs?: number;
}

/** The running streams and the handles of what they know. */
export interface ShopStreams {
  readonly app: StreamsApp;
  readonly applicationId: string;
  readonly stores: ShopStores;
}

/**
 * The shop's streams, not started yet: exactly-once; what cannot be read goes to `.dead` and the
 * rest goes on.
 */
export function shopStreams(options: ShopStreamsOptions): ShopStreams {
  const { log, topics, applicationId = defaultApplicationId, stateDirectory } = options;
  const { topology, stores } = shopTopology(options);
  const { commitIntervalMs } = options;
  const app = new StreamsApp({
    id: applicationId,
    topology,
    log,
    onDecodeError: () => ({ deadLetter: topics.dead }),
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
    ...(commitIntervalMs === undefined ? {} : { commitIntervalMs }),
  });
  return { app, applicationId, stores };
}
