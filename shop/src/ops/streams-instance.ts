import type { StreamsApp } from 'logpose';
import type { Logger } from 'pino';
import type { Surroundings } from '../domain/surroundings.ts';
import { type ShopStreams, type ShopStreamsOptions, shopStreams } from '../streams/app.ts';
import type { InstanceReport, InstanceState } from './instances.ts';

/** What an instance runs with, and who is told of its failures. */
export interface StreamsInstanceOptions extends ShopStreamsOptions {
  readonly id: string;
  readonly surroundings: Pick<Surroundings, 'after'>;
  readonly logger: Logger;
}

const firstRetryMs = 1_000;
const maxRetryMs = 30_000;
/** How long one that was killed stays away: long enough to see that the others do its work. */
export const killedForMs = 5_000;

/**
 * One instance of the streams, which is started again when it has failed (a full disk, say) or was
 * killed, from its last commit.
 */
export class StreamsInstance implements AsyncDisposable {
  readonly id: string;
  readonly #options: StreamsInstanceOptions;
  readonly #logger: Logger;
  readonly #lags = new Map<string, number>();
  #streams: ShopStreams;
  #tasks: readonly string[] = [];
  #retryMs = firstRetryMs;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  constructor(options: StreamsInstanceOptions) {
    this.#options = options;
    this.id = options.id;
    this.#logger = options.logger.child({ instance: options.id });
    this.#streams = shopStreams(options);
  }

  get streams(): ShopStreams {
    return this.#streams;
  }

  get state(): InstanceState {
    const { state } = this.#streams.app;
    if (state === 'created') return 'starting';
    return state === 'starting' || state === 'rebalancing' || state === 'running' ? state : 'down';
  }

  report(): InstanceReport {
    const restoreLag = this.#lags.values().reduce((sum, lag) => sum + lag, 0);
    return { id: this.id, state: this.state, tasks: this.#tasks, restoreLag };
  }

  /** @throws {TopologyError} @throws {ConfigError} When it cannot be started at all. */
  async start(): Promise<void> {
    const logger = this.#logger;
    const { app } = this.#streams;
    app.on('error', (error) => logger.error({ err: error }, 'streams'));
    app.on('dropped', (dropped) => logger.warn({ dropped }, 'records left out'));
    app.on('restore', ({ store, partition, lag }) => this.#lags.set(`${store}/${partition}`, lag));
    app.on('rebalance', ({ tasks }) => {
      this.#has(tasks);
    });
    app.on('state', ({ from, to }) => {
      logger.info({ from, to }, 'streams');
      if (to === 'failed') this.#failed();
      if (to === 'running') this.#runs();
    });
    await app.start();
  }

  /** Ends it without warning; nothing more is committed. False: it is down already. */
  kill(): boolean {
    if (this.#isClosed || this.state === 'down') return false;
    this.#logger.warn('killed');
    this.#startAgain(killedForMs);
    this.#streams.app.abandon();
    this.#has([]);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#streams.app.close();
  }

  #has(tasks: readonly string[]): void {
    this.#tasks = tasks;
    // What is being restored says so again at its next records.
    this.#lags.clear();
  }

  #runs(): void {
    this.#lags.clear();
    this.#retryMs = firstRetryMs;
  }

  #failed(): void {
    this.#has([]);
    this.#startAgain(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, maxRetryMs);
  }

  #startAgain(afterMs: number): void {
    if (this.#isClosed) return;
    const ended = this.#streams.app;
    this.#cancel?.();
    this.#cancel = this.#options.surroundings.after(afterMs, () => {
      void this.#replace(ended);
    });
  }

  async #replace(ended: StreamsApp): Promise<void> {
    try {
      // Nothing of it is left at work when this resolves.
      await ended.close();
      if (this.#isClosed) return;
      this.#streams = shopStreams(this.#options);
      await this.start();
    } catch (error) {
      // The state 'failed' has planned the next try already, unless it could not even be made.
      this.#logger.error({ err: error }, 'streams cannot be started');
    }
  }
}
