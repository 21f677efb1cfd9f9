import { setTimeout as sleep } from 'node:timers/promises';
import { type StorePosition, StoreUnavailableError, type SubscriptionEvent } from 'logpose';
import type { FollowedTopic, ReadProgress } from './topic-reader.ts';

/** How each subscription begins. */
export interface FollowFrom {
  readonly all: true;
  readonly from?: StorePosition;
  readonly signal: AbortSignal;
}

/** Which store, and who is told. */
export interface StoreFollowerOptions<V> {
  /** Subscribes on an instance that lives now; asked again whenever a subscription has ended. */
  readonly subscribe: (from: FollowFrom) => AsyncIterable<SubscriptionEvent<string, V>>;
  /** Where the rows are kept. */
  readonly rows: Map<string, V>;
  /** A row is new, another or gone. */
  readonly onChange: (key: string) => void;
  /** The store cannot be followed at all. */
  readonly onError: (error: unknown) => void;
}

/** An instance that ends is left for another after this long, doubling while there is none. */
const firstRetryMs = 50;
const maxRetryMs = 1_000;

/**
 * Keeps the rows of a store of the streams, whichever instance tells of them: when one ends, goes
 * on behind the last position on another. The rows stay as they are while there is none.
 */
export class StoreFollower<V> implements FollowedTopic {
  readonly ready: Promise<void>;
  readonly #options: StoreFollowerOptions<V>;
  readonly #closed = new AbortController();
  readonly #running: Promise<void>;
  readonly #onReady: () => void;
  #isReady = false;
  #position: StorePosition | undefined;
  #retryMs = firstRetryMs;

  constructor(options: StoreFollowerOptions<V>) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#onReady = resolve;
    this.#running = this.#follow().catch((error: unknown) => {
      this.#isReady = false;
      options.onError(error);
    });
  }

  /** False until the first snapshot, and again when the store cannot be followed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The first snapshot comes as a whole. */
  get progress(): ReadProgress {
    return { passed: this.#isReady ? 1 : 0, total: 1 };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      await this.#followOne(signal);
      // What ends the wait early is the end of everything.
      await sleep(this.#retryMs, undefined, { signal }).catch(() => undefined);
      this.#retryMs = Math.min(this.#retryMs * 2, maxRetryMs);
    }
  }

  async #followOne(signal: AbortSignal): Promise<void> {
    const from = this.#position;
    const begin: FollowFrom = { all: true, signal, ...(from === undefined ? {} : { from }) };
    try {
      for await (const event of this.#options.subscribe(begin)) {
        this.#retryMs = firstRetryMs;
        this.#take(event);
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }

  #take(event: SubscriptionEvent<string, V>): void {
    this.#position = event.position;
    if (event.kind === 'change') {
      this.#put(event.key, event.value);
      return;
    }
    const there = new Map(event.rows);
    for (const key of [...this.#options.rows.keys()]) {
      if (!there.has(key)) this.#put(key, undefined);
    }
    for (const [key, { value }] of there) this.#put(key, value);
    this.#isReady = true;
    this.#onReady();
  }

  #put(key: string, value: V | undefined): void {
    const { rows, onChange } = this.#options;
    if (value === undefined) rows.delete(key);
    else rows.set(key, value);
    onChange(key);
  }
}
