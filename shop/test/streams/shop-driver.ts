import { noHeaders, type RecordHeaders } from 'logpose';
import { TestDriver, type TestDriverOptions } from 'logpose/testing';
import type { EventOf, EventType, ShopEvent } from '../../src/events/event-schemas.ts';
import { sendEvent } from '../../src/events/send-event.ts';
import { type ShopTopologyOptions, shopTopology } from '../../src/streams/topology.ts';
import { shopTopics } from '../../src/topics.ts';

/** Noon of a summer's day in Seoul, in 2026. */
export const noon = Date.parse('2026-06-01T12:00:00+09:00');

/** What a test may leave out of an event, by its type. */
export type Told<T extends EventType> = Partial<EventOf<T>>;

/** The shop's topology in a driver, and short ways to tell it what happened. */
export class ShopDriver implements Disposable {
  readonly topics = shopTopics();
  readonly stores;
  readonly driver: TestDriver;
  #ids = 0;
  #nowMs: number;

  constructor(
    options: Partial<ShopTopologyOptions> & { startMs?: number } & TestDriverOptions = {},
  ) {
    const { topology, stores } = shopTopology({ topics: this.topics, ...options });
    this.#nowMs = options.startMs ?? noon;
    this.stores = stores;
    this.driver = new TestDriver(topology, {
      startMs: this.#nowMs,
      onDecodeError: () => ({ deadLetter: this.topics.dead }),
      ...(options.emit === undefined ? {} : { emit: options.emit }),
      ...(options.commit === undefined ? {} : { commit: options.commit }),
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  viewed(code: string, told: Told<'product.viewed'> = {}): void {
    this.send({ ...this.#common(code), type: 'product.viewed', ...told });
  }
  ordered(code: string, told: Told<'order.created'> = {}): void {
    const fields = { orderId: '1', quantity: 1, unitPrice: 1_000 };
    this.send({ ...this.#common(code), type: 'order.created', ...fields, ...told });
  }
  orderCancelled(code: string, told: Told<'order.cancelled'> = {}): void {
    const fields = { quantity: 1, unitPrice: 1_000 };
    this.send({ ...this.#common(code), type: 'order.cancelled', ...fields, ...told });
  }
  reserved(
    code: string,
    reservationId: string | undefined,
    told: Told<'reservation.created'> = {},
  ) {
    const fields = { quantity: 1, unitPrice: 1_000, ...idOf(reservationId) };
    this.send({ ...this.#common(code), type: 'reservation.created', ...fields, ...told });
  }
  confirmed(code: string, reservationId: string, told: Told<'reservation.confirmed'> = {}): void {
    const fields = { quantity: 1, reservationId };
    this.send({ ...this.#common(code), type: 'reservation.confirmed', ...fields, ...told });
  }
  cancelled(
    code: string,
    reservationId: string | undefined,
    told: Told<'reservation.cancelled'> = {},
  ): void {
    const fields = { quantity: 1, reason: 'CUSTOMER', ...idOf(reservationId) } as const;
    this.send({ ...this.#common(code), type: 'reservation.cancelled', ...fields, ...told });
  }
  adjusted(code: string, told: Told<'stock.adjusted'> = {}): void {
    const fields = { delta: -1, reason: 'damage' } as const;
    this.send({ ...this.#common(code), type: 'stock.adjusted', ...fields, ...told });
  }
  present(
    code: string,
    kind: 'here' | 'away',
    ...[visitorId, occurredAt = this.#nowMs]: [visitorId: string, occurredAt?: number]
  ): void {
    this.send({ ...this.#common(code), type: 'presence', kind, visitorId, occurredAt });
  }

  send(event: ShopEvent): void {
    const { driver } = this;
    void sendEvent<void>(
      {
        async send(topic, { key, value, timestamp, headers = noHeaders }) {
          const time = timestamp === undefined ? {} : { timestampMs: timestamp };
          driver.send(topic, key, value, { ...time, headers });
        },
      },
      this.topics.events,
      event,
    );
  }

  /** Moves the wall clock, and with it what the next events take for now. */
  advance(ms: number): void {
    this.#nowMs += ms;
    this.driver.advanceWallClockMs(ms);
  }

  #common(productCode: string) {
    this.#ids++;
    const id = `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
    return { v: 1, id, occurredAt: this.#nowMs, source: 'api', productCode } as const;
  }

  [Symbol.dispose](): void {
    this.driver[Symbol.dispose]();
  }
}

/** Headers as an object, for comparing. */
export function headersOf(headers: RecordHeaders | readonly []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...headers].map(([name, value]) => [name, new TextDecoder().decode(value)]),
  );
}

function idOf(reservationId: string | undefined) {
  return reservationId === undefined ? {} : { reservationId };
}
