import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bytes,
  type Log,
  nullable,
  type OutputTopic,
  type Producer,
  StreamsApp,
  StreamsBuilder,
  topic,
} from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import type { Product } from '../../src/domain/product.ts';
import { type Surroundings, system } from '../../src/domain/surroundings.ts';
import type { LiveSocket } from '../../src/live/live-connection.ts';
import { LiveHub, type LiveVisit } from '../../src/live/live-hub.ts';
import type { InstanceReport } from '../../src/ops/instances.ts';
import { ProductCache } from '../../src/sql/product-cache.ts';
import type { Witness } from '../../src/stats/counts.ts';
import { LiveLists } from '../../src/stats/live-lists.ts';
import { allTopics, ensureTopics, type ShopTopics, shopTopics } from '../../src/topics.ts';

/** Noon of 2026-02-16 in Seoul. */
export const noonMs = Date.parse('2026-02-16T03:00:00Z');

/** Live data over a real log, with a clock that is moved by hand. */
export interface LiveKit extends AsyncDisposable {
  readonly hub: LiveHub;
  readonly lists: LiveLists;
  readonly topics: ShopTopics;
  readonly cache: ProductCache;
  /** The stream instances, as they are told; a test changes them. */
  readonly instances: InstanceReport[];
  /** What the hub has told of presence. */
  readonly presence: string[];
  /** What the lists could not read. */
  readonly errors: readonly unknown[];
  /** Writes one record, and resolves when the lists have it. */
  tell<V>(topic: OutputTopic<string, V>, key: string, value: NoInfer<V>): Promise<void>;
  /** Moves the clock in steps of 100 ms and fires what is due. */
  advance(ms: number): void;
  /** Writes records that no reader of the topic understands. */
  poison(topicName: string): Promise<void>;
  until(condition: () => boolean): Promise<void>;
  connect(visitorId?: string): TestPage;
}

/** With `begun`, the lists may still be reading what is there. */
export async function openLive(
  options: { readonly lists?: 'read' | 'begun' } = {},
): Promise<LiveKit> {
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'shop-live-'));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const log = opened.use(await openEmbeddedLog({ directory, fsync: 'never' }));
  const topics = shopTopics();
  await ensureTopics(log, allTopics(topics));
  const streams = tablesOf(log, topics);
  opened.use(streams.app);
  await streams.app.start();
  const clock = new HandClock();
  const { surroundings } = clock;
  const cache = new ProductCache(async () => undefined);
  cache.put([coral, { ...coral, id: 8, code: '8' }]);
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const zone = 'Asia/Seoul';
  const lists = new LiveLists({ log, topics, streams, cache, zone, surroundings, onError });
  opened.defer(() => lists.close());
  if (options.lists !== 'begun') await lists.whenReady();
  const presence: string[] = [];
  const witness: Witness = {
    viewed: async () => undefined,
    presence: (code, kind, { visitorId }) => presence.push(`${visitorId} ${kind} ${code}`),
  };
  const instances: InstanceReport[] = [];
  const hub = new LiveHub({
    lists,
    cache,
    witness,
    instance: 'crew-1',
    zone,
    surroundings,
    instances: { report: () => instances },
  });
  opened.defer(() => hub.close());
  const producer = opened.use(log.producer());
  const parts = opened.move();
  return {
    hub,
    lists,
    topics,
    cache,
    instances,
    presence,
    errors,
    tell: teller(log, producer, lists),
    advance: (ms) => clock.advance(ms),
    poison: (topicName) => poison(producer, topicName),
    until,
    connect: (visitorId = 'ada') => new TestPage(hub, visitorId),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Stores that hold what is written to the topics of their results. */
function tablesOf(log: Log, topics: ShopTopics) {
  const builder = new StreamsBuilder();
  const stats = builder.table(topics.stats, { name: 'stats' });
  const reservationsNow = builder.table(topics.reservationsNow, { name: 'reservations-now' });
  const app = new StreamsApp({
    id: 'live-kit',
    topology: builder.build(),
    log,
  });
  return { app, stores: { stats, reservationsNow } };
}

async function poison(producer: Producer, topicName: string): Promise<void> {
  const raw = topic(topicName, { key: nullable(bytes), value: nullable(bytes) });
  const text = (words: string) => new TextEncoder().encode(words);
  await producer.send(raw, { key: null, value: text('{}') });
  await producer.send(raw, { key: text('7'), value: null });
  await producer.send(raw, { key: text('7'), value: text('{"v":') });
}

async function until(condition: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 10_000; !condition(); ) {
    if (Date.now() > endMs) throw new Error('it has not come to that within 10 s');
    await new Promise(setImmediate);
  }
}

function teller(_log: Log, producer: Producer, lists: LiveLists): LiveKit['tell'] {
  return async (topic, key, value) => {
    const seen = new Promise<void>((resolve) => {
      lists.onChange((change) => {
        const isOfStore = change.list === 'product' && change.position === undefined;
        if (change.position?.topic === topic.name || isOfStore) resolve();
      });
    });
    await producer.send(topic, { key, value });
    await seen;
  };
}

/** A page on the other end of a line. */
export class TestPage implements LiveSocket {
  readonly frames: TestFrame[] = [];
  bufferedAmount = 0;
  closed: string | undefined;
  pings = 0;
  readonly #visit: LiveVisit;

  constructor(hub: LiveHub, visitorId: string) {
    this.#visit = hub.open(this, visitorId);
  }

  send(text: string): void {
    this.frames.push(JSON.parse(text));
  }

  ping(): void {
    this.pings++;
  }

  close(code: number, reason: string): void {
    this.closed ??= `${code} ${reason}`;
  }

  terminate(): void {
    this.closed ??= 'terminated';
  }

  say(frame: unknown): void {
    this.#visit.receive(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  answerPing(): void {
    this.#visit.pong();
  }

  leave(): void {
    this.#visit.closed();
  }

  /** The frames since the last call, hello left out. */
  take(): readonly TestFrame[] {
    return this.frames.splice(0).filter(({ op }) => op !== 'hello');
  }
}

export interface TestFrame {
  readonly op: string;
  readonly ch?: string;
  readonly key?: string;
  readonly seq?: number;
  readonly data?: unknown;
  readonly [name: string]: unknown;
}

class HandClock {
  #nowMs = noonMs;
  readonly #timers = new Map<() => void, number>();

  get surroundings(): Surroundings {
    return {
      ...system,
      nowMs: () => this.#nowMs,
      after: (delayMs, run) => {
        const timer = (): void => run();
        this.#timers.set(timer, this.#nowMs + delayMs);
        return () => this.#timers.delete(timer);
      },
    };
  }

  advance(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.#nowMs += Math.min(left, 100);
      for (const [timer, dueMs] of [...this.#timers]) {
        if (dueMs > this.#nowMs) continue;
        this.#timers.delete(timer);
        timer();
      }
    }
  }
}

const coral: Product = {
  id: 7,
  code: '7',
  name: '산호 왕관',
  nameEn: 'Coral Crown',
  category: 'jewels',
  price: 870_000,
  quantity: 20,
  stocked: 20,
  stockVersion: 1,
  createdAtMs: noonMs,
  updatedAtMs: noonMs,
};
