import type { Log, Producer, RecordPosition } from 'logpose';
import type { Surroundings } from '../domain/surroundings.ts';
import type { EventOf } from '../events/event-schemas.ts';
import { sendEvent } from '../events/send-event.ts';
import { uuidV7 } from '../events/uuid-v7.ts';
import type { ShopTopics } from '../topics.ts';
import type { Sighting, WaitForLog, Witness } from './counts.ts';

/** How long a reader waits for the log to take a view. */
export const maxAppendWaitMs = 50;
/** Events on their way to the log; what comes beyond is dropped, and counted. */
export const maxQueuedEvents = 10_000;

/** What the publisher needs. */
export interface PublisherParts {
  readonly log: Log;
  readonly topics: ShopTopics;
  readonly surroundings: Surroundings;
  /** Told when the log refuses an event for good. */
  readonly onError: (error: unknown) => void;
}

/** Writes the facts that no row of SQL stands behind straight to the log. */
export class EventPublisher implements Witness {
  readonly #parts: PublisherParts;
  readonly #producer: Producer;
  #queued = 0;
  #dropped = 0;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#producer = parts.log.producer();
  }

  /** Events that were given up because too many were on their way, or the log refused them. */
  get dropped(): number {
    return this.#dropped;
  }

  async viewed(
    code: string,
    { waitMs = maxAppendWaitMs, ...from }: Sighting & WaitForLog,
  ): Promise<RecordPosition | undefined> {
    const sent = this.#send(this.#common('product.viewed', code, from));
    return sent && this.#within(waitMs, sent);
  }

  presence(code: string, kind: 'here' | 'away', from: Required<Sighting>): void {
    const { visitorId } = from;
    if (visitorId === undefined) return;
    void this.#send({ ...this.#common('presence', code, from), visitorId, kind });
  }

  /** Resolves when the log has everything. */
  close(): Promise<void> {
    return this.#producer.close();
  }

  #common<const T extends 'product.viewed' | 'presence'>(
    type: T,
    productCode: string,
    { visitorId, source = 'api' }: Sighting,
  ) {
    const { surroundings } = this.#parts;
    return {
      v: 1 as const,
      id: uuidV7(surroundings),
      type,
      occurredAt: surroundings.nowMs(),
      source,
      productCode,
      ...(visitorId === undefined ? {} : { visitorId }),
    };
  }

  #send(
    event: EventOf<'product.viewed'> | EventOf<'presence'>,
  ): Promise<RecordPosition | undefined> | undefined {
    if (this.#queued >= maxQueuedEvents) {
      this.#dropped++;
      return undefined;
    }
    this.#queued++;
    return sendEvent(this.#producer, this.#parts.topics.events, event)
      .catch((error: unknown) => {
        this.#dropped++;
        this.#parts.onError(error);
        return undefined;
      })
      .finally(() => this.#queued--);
  }

  async #within(
    waitMs: number,
    sent: Promise<RecordPosition | undefined>,
  ): Promise<RecordPosition | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#parts.surroundings.after(waitMs, () => resolve(undefined));
    try {
      return await Promise.race([sent, late]);
    } finally {
      cancel();
    }
  }
}
