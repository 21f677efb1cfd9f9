import type { Surroundings } from '../domain/surroundings.ts';
import {
  type Bus,
  BusError,
  type BusReply,
  defaultTimeoutMs,
  type Leave,
  maxBusBytes,
  maxInFlight,
  type RequestOptions,
  type Responder,
} from './bus.ts';

/** What the bus of one process is made with. */
export interface InProcessBusOptions {
  readonly surroundings: Pick<Surroundings, 'nowMs' | 'after'>;
  /** The name that answers carry. */
  readonly instance: string;
  /** Told when a listener throws, or a responder does. */
  readonly onError: (error: unknown) => void;
}

/** The bus without a server. Bodies still cross as bytes, so that nothing is shared. */
export class InProcessBus implements Bus {
  readonly #options: InProcessBusOptions;
  readonly #stations = new Map<string, Station>();
  readonly #listeners = new Map<string, Set<(body: unknown) => void>>();
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: InProcessBusOptions) {
    this.#options = options;
  }

  async request(subject: string, body: unknown, options: RequestOptions = {}): Promise<BusReply> {
    const station = this.#stations.get(subject);
    const responder = station?.next();
    if (this.#closed || station === undefined || responder === undefined) {
      throw new BusError('no-responder', subject);
    }
    const bytes = encode(subject, body);
    if (station.inFlight >= maxInFlight) throw new BusError('busy', subject);
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const deadlineMs = this.#options.surroundings.nowMs() + timeoutMs;
    const headers = { ...options.headers, 'Deadline-Ms': String(deadlineMs) };
    const answer = this.#run(subject, station, async () => {
      // As with a server between, the responder runs in a turn of its own.
      await Promise.resolve();
      if (this.#options.surroundings.nowMs() > deadlineMs) throw new Error('nobody waits any more');
      return encodeAnswer(await responder({ body: decode(bytes), headers }));
    });
    return { body: decode(await this.#within(timeoutMs, answer, subject)), answeredBy: this.#name };
  }

  respond(subject: string, responder: Responder): Leave {
    const station = this.#stations.get(subject) ?? new Station();
    this.#stations.set(subject, station);
    return station.join(responder);
  }

  broadcast(subject: string, body: unknown): void {
    const bytes = encode(subject, body);
    for (const listener of this.#listeners.get(subject) ?? []) {
      queueMicrotask(() => {
        try {
          listener(decode(bytes));
        } catch (error) {
          this.#options.onError(error);
        }
      });
    }
  }

  listen(subject: string, listener: (body: unknown) => void): Leave {
    const listeners = this.#listeners.get(subject) ?? new Set();
    this.#listeners.set(subject, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }

  get #name(): string {
    return this.#options.instance;
  }

  /** In flight until it is done, also when nobody waits any more. */
  #run(subject: string, station: Station, answer: () => Promise<string>): Promise<string> {
    station.inFlight++;
    const running = answer()
      .catch((error: unknown) => {
        this.#options.onError(error);
        throw new BusError('responder-failed', subject, { cause: error });
      })
      .finally(() => {
        station.inFlight--;
        this.#running.delete(running);
      });
    this.#running.add(running);
    return running;
  }

  async #within(timeoutMs: number, answer: Promise<string>, subject: string): Promise<string> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#options.surroundings.after(timeoutMs, () => {
      reject(new BusError('responder-timeout', subject));
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      cancel();
    }
  }
}

/** The responders of one subject, in turn. */
class Station {
  inFlight = 0;
  readonly #responders: Responder[] = [];
  #turn = 0;

  join(responder: Responder): Leave {
    this.#responders.push(responder);
    return () => {
      const at = this.#responders.indexOf(responder);
      if (at >= 0) this.#responders.splice(at, 1);
    };
  }

  next(): Responder | undefined {
    return this.#responders[this.#turn++ % this.#responders.length];
  }
}

function encode(subject: string, body: unknown): string {
  const text = JSON.stringify(body ?? null);
  // A character is at most three bytes of UTF-8, so that most bodies need no counting.
  const isLarge = text.length * 3 > maxBusBytes && Buffer.byteLength(text) > maxBusBytes;
  if (isLarge) throw new BusError('too-large', subject);
  return text;
}

function encodeAnswer(answer: unknown): string {
  return JSON.stringify(answer ?? null);
}

function decode(text: string): unknown {
  return JSON.parse(text);
}
