import type { StreamsApp } from 'logpose';
import type { Logger } from 'pino';
import type { Surroundings } from '../domain/surroundings.ts';
import { type ShopStreams, type ShopStreamsOptions, shopStreams } from '../streams/app.ts';
import type { ShopStores } from '../streams/topology.ts';

/** What the streams run with, and who is told of their failures. */
export interface StreamsKeeperOptions extends ShopStreamsOptions {
  readonly surroundings: Pick<Surroundings, 'after'>;
  readonly logger: Logger;
}

const firstRetryMs = 1_000;
const maxRetryMs = 30_000;

/**
 * Keeps the streams running. When they have failed (a full disk, say) they are started again, from
 * their last commit; until then counts are said to be unavailable, and the shop goes on selling.
 */
export class StreamsKeeper implements AsyncDisposable {
  readonly #options: StreamsKeeperOptions;
  #streams: ShopStreams;
  #retryMs = firstRetryMs;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  constructor(options: StreamsKeeperOptions) {
    this.#options = options;
    this.#streams = shopStreams(options);
  }

  get app(): StreamsApp {
    return this.#streams.app;
  }

  get stores(): ShopStores {
    return this.#streams.stores;
  }

  /** @throws {TopologyError} @throws {ConfigError} When they cannot be started at all. */
  async start(): Promise<void> {
    const { logger } = this.#options;
    const { app } = this.#streams;
    app.on('error', (error) => logger.error({ err: error }, 'streams'));
    app.on('dropped', (dropped) => logger.warn({ dropped }, 'records left out'));
    app.on('state', ({ from, to }) => {
      logger.info({ from, to }, 'streams');
      if (to === 'failed') this.#startAgain();
      if (to === 'running') this.#retryMs = firstRetryMs;
    });
    await app.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#streams.app.close();
  }

  #startAgain(): void {
    if (this.#isClosed) return;
    const failed = this.#streams.app;
    this.#cancel = this.#options.surroundings.after(this.#retryMs, () => {
      void this.#replace(failed);
    });
    this.#retryMs = Math.min(this.#retryMs * 2, maxRetryMs);
  }

  async #replace(failed: StreamsApp): Promise<void> {
    try {
      await failed.close();
      if (this.#isClosed) return;
      this.#streams = shopStreams(this.#options);
      await this.start();
    } catch (error) {
      // The state 'failed' has planned the next try already, unless it could not even be made.
      this.#options.logger.error({ err: error }, 'streams cannot be started');
    }
  }
}
