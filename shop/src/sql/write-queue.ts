import type { Kysely } from 'kysely';
import { must } from '../domain/assert.ts';
import type { CommandOutcome, CommandRequest } from '../domain/command.ts';
import { refused } from '../domain/refusal.ts';
import { keyTextOf } from './idempotency.ts';
import { refusalCodeOf } from './sql-failure.ts';
import type { Tables } from './tables.ts';
import { type CommittedBatch, type WriteContext, writeBatch } from './write-batch.ts';

/** Commands that may wait; one more is refused as `busy`. */
export const maxQueuedWrites = 2_000;
/** Commands of one transaction. */
export const maxBatchWrites = 100;
/**
 * Between the beginnings of two transactions: what comes meanwhile shares the next one. Each costs
 * the embedded database milliseconds of our thread, nearly the same for one command as for ten.
 */
export const minBatchIntervalMs = 12;

/**
 * Groups concurrent commands into one transaction: while one commits, the next fills.
 *
 * A command costs about ten statements alone and a hundred cost about ten together, which is what
 * lets the embedded database, with its one connection on our thread, keep up.
 */
export class WriteQueue {
  readonly #db: Kysely<Tables>;
  readonly #context: WriteContext;
  readonly #listeners = new Set<(committed: CommittedBatch) => void>();
  #waiting: Pending[] = [];
  #running: Promise<void> | undefined;
  #lastBeginMs = Number.NEGATIVE_INFINITY;

  constructor(db: Kysely<Tables>, context: WriteContext) {
    this.#db = db;
    this.#context = context;
  }

  /** Resolves when the decision is committed, in the order of the calls. */
  submit(request: CommandRequest): Promise<CommandOutcome> {
    if (this.#waiting.length >= maxQueuedWrites) return Promise.resolve(refused('busy'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Calls back after each commit that changed something. */
  onCommitted(listener: (committed: CommittedBatch) => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    // What arrives in the same turn belongs to the same batch.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      await this.#turn();
      await this.#write(this.#take());
    }
    this.#running = undefined;
  }

  /** The first command for a while is written at once. */
  async #turn(): Promise<void> {
    const { nowMs, after } = this.#context.surroundings;
    const sinceMs = nowMs() - this.#lastBeginMs;
    if (sinceMs >= 0 && sinceMs < minBatchIntervalMs) {
      await new Promise<void>((resolve) => {
        after(minBatchIntervalMs - sinceMs, resolve);
      });
    }
    this.#lastBeginMs = nowMs();
  }

  /** The next batch; a second request of one key waits for the answer of the first. */
  #take(): readonly Pending[] {
    const taken: Pending[] = [];
    const left: Pending[] = [];
    const keys = new Set<string>();
    for (const pending of this.#waiting) {
      const { idempotency } = pending.request;
      const key = idempotency && keyTextOf(idempotency);
      const fits = taken.length < maxBatchWrites && (key === undefined || !keys.has(key));
      if (key !== undefined) keys.add(key);
      (fits ? taken : left).push(pending);
    }
    this.#waiting = left;
    return taken;
  }

  async #write(batch: readonly Pending[]): Promise<void> {
    const requests = batch.map(({ request }) => request);
    let committed: CommittedBatch;
    try {
      committed = await writeBatch(this.#db, requests, this.#context);
    } catch (error) {
      return this.#recover(batch, error);
    }
    for (const [n, { resolve }] of batch.entries()) {
      resolve(must(committed.outcomes[n], 'each request has its outcome'));
    }
    if (committed.events > 0) this.#tell(committed);
  }

  /** What is committed stays committed, whatever becomes of those who are told. */
  #tell(committed: CommittedBatch): void {
    for (const listener of this.#listeners) {
      try {
        listener(committed);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  /** One bad command must not fail the others of its batch, so they are tried one by one. */
  async #recover(batch: readonly Pending[], error: unknown): Promise<void> {
    const code = refusalCodeOf(error);
    const [first] = batch;
    if (code === 'sql-unavailable') {
      for (const { resolve } of batch) resolve(refused(code));
    } else if (batch.length > 1) {
      for (const pending of batch) await this.#write([pending]);
    } else if (code !== undefined) {
      first?.resolve(refused(code));
    } else {
      first?.reject(error);
    }
  }
}

interface Pending {
  readonly request: CommandRequest;
  readonly resolve: (outcome: CommandOutcome) => void;
  readonly reject: (error: unknown) => void;
}
