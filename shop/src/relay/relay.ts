import type { Log, TransactionalProducer } from 'logpose';
import type { Surroundings } from '../domain/surroundings.ts';
import type { ShopEvent } from '../events/event-schemas.ts';
import { parseAnyEvent } from '../events/parse-any-event.ts';
import { sendEvent } from '../events/send-event.ts';
import type { OutboxRow, OutboxRows } from '../sql/outbox-rows.ts';
import type { OutboxPosition } from '../streams/rows.ts';
import type { ShopTopics } from '../topics.ts';
import { LedgerMismatchError, recoverBatch, relayKey } from './recover-batch.ts';

/** Events of one batch. */
export const maxBatchEvents = 500;
/** How often the outbox is looked at when nobody says that something is there. */
export const pollMs = 250;
/** Between two batches: more events travel together, and a round costs two transactions of SQL. */
export const minRoundMs = 20;
const firstRetryMs = 500;
const maxRetryMs = 10_000;

/** Where a relay is in its round. A test ends the process at each of them. */
export type RelayPoint = 'selected' | 'sent' | 'committed' | 'settled';

/** Another relay has settled what this one had sent. */
export class OtherRelayError extends Error {
  override readonly name = 'OtherRelayError';

  constructor() {
    super('another relay has taken over the outbox');
  }
}

/** What a relay carries from where to where. */
export interface RelayParts {
  readonly log: Log;
  readonly topics: ShopTopics;
  readonly outbox: OutboxRows;
  readonly surroundings: Surroundings;
  /** Fences every other relay of the world. Default `shop-outbox-relay`. */
  readonly transactionalId?: string;
  readonly onError: (error: unknown) => void;
  /** Called at each point of each round; the round goes on when it resolves. */
  readonly onPoint?: (point: RelayPoint) => Promise<void>;
}

/** What a relay has done. */
export interface RelayReport {
  readonly batches: number;
  readonly events: number;
  /** From the commit in SQL to the commit in the log, of the last batch's first event. */
  readonly lastDelayMs: number;
}

/**
 * Carries the outbox into the log: each event once, per treasure in the order of the books.
 *
 * A batch is one log transaction of its events and of a record that names them; then SQL forgets
 * them. Whatever dies in between, the next start finds out what was done by comparing the two.
 */
export class Relay {
  readonly #parts: RelayParts;
  #running: Promise<void> | undefined;
  #isStopped = false;
  readonly #stopped = Promise.withResolvers<void>();
  #wake: (() => void) | undefined;
  #isAwake = false;
  #report: RelayReport = { batches: 0, events: 0, lastDelayMs: 0 };

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  get report(): RelayReport {
    return this.#report;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something is in the outbox: does not wait for the next look. */
  wake(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  /** Resolves when the batch in hand is settled. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopped.resolve();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    let retryMs = firstRetryMs;
    while (!this.#isStopped) {
      const before = this.#report.batches;
      try {
        const outcome = await this.#parts.outbox.exclusively(() => this.#relay());
        // Another relay is at work: it may die.
        if (outcome === 'taken') await this.#backOff(maxRetryMs);
      } catch (error) {
        this.#parts.onError(error);
        // Trying again cannot mend this one.
        if (error instanceof LedgerMismatchError) return;
        retryMs = this.#report.batches > before ? firstRetryMs : Math.min(retryMs * 2, maxRetryMs);
        await this.#backOff(retryMs);
      }
    }
  }

  /** Until stopped, or until something fails: then the outcome of its last batch is unknown. */
  async #relay(): Promise<void> {
    const { log, topics, outbox, transactionalId = 'shop-outbox-relay' } = this.#parts;
    await using producer = log.producer({ transactionalId });
    // The first transaction fences whoever is still sending; only then can the log be compared.
    await producer.transaction(async () => undefined);
    let last = await recoverBatch(log, topics, outbox);
    while (!this.#isStopped) {
      this.#isAwake = false;
      const rows = await outbox.next(maxBatchEvents);
      if (rows.length === 0) {
        await this.#sleep(pollMs);
        continue;
      }
      const startedMs = this.#parts.surroundings.nowMs();
      last = await this.#carry(producer, rows, last);
      const leftMs = minRoundMs - (this.#parts.surroundings.nowMs() - startedMs);
      if (leftMs > 0 && rows.length < maxBatchEvents) await this.#pause(leftMs);
    }
  }

  async #carry(
    producer: TransactionalProducer,
    rows: readonly OutboxRow[],
    last: OutboxPosition,
  ): Promise<OutboxPosition> {
    const { topics, outbox, surroundings, onPoint } = this.#parts;
    await onPoint?.('selected');
    const events = rows.map(({ value }) => parseAnyEvent(value));
    const position = nextPosition(last, rows, events);
    await producer.transaction(async (tx) => {
      for (const event of events) void sendEvent(tx, topics.events, event);
      await tx.send(topics.outboxPosition, { key: relayKey, value: position });
      await onPoint?.('sent');
    });
    await onPoint?.('committed');
    if (!(await outbox.settle(position.batch, position.ids))) throw new OtherRelayError();
    await onPoint?.('settled');
    this.#report = {
      batches: this.#report.batches + 1,
      events: this.#report.events + rows.length,
      lastDelayMs: surroundings.nowMs() - (rows[0]?.createdAtMs ?? 0),
    };
    return position;
  }

  /** Until something is there, at most `delayMs`. */
  async #sleep(delayMs: number): Promise<void> {
    if (this.#isAwake) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const cancel = this.#parts.surroundings.after(delayMs, resolve);
    await promise;
    this.#wake = undefined;
    cancel();
  }

  /** Whatever is in the outbox has to wait; only stopping ends it earlier. */
  async #backOff(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#parts.surroundings.after(delayMs, resolve);
    await Promise.race([promise, this.#stopped.promise]);
    cancel();
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.surroundings.after(delayMs, resolve);
    });
  }
}

function nextPosition(
  last: OutboxPosition,
  rows: readonly OutboxRow[],
  events: readonly ShopEvent[],
): OutboxPosition {
  const ids = rows.map(({ id }) => id);
  const orders = events.map((event) => numberIn('orderId' in event ? event.orderId : undefined));
  const reservations = events.map((event) =>
    numberIn('reservationId' in event ? event.reservationId : undefined),
  );
  return {
    batch: last.batch + 1,
    ids,
    maxOrderId: Math.max(last.maxOrderId, ...orders),
    maxReservationId: Math.max(last.maxReservationId, ...reservations),
    maxOutboxId: Math.max(last.maxOutboxId, ...ids),
  };
}

function numberIn(id: string | undefined): number {
  return id === undefined ? 0 : Number(id);
}
