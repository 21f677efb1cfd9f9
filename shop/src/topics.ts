import {
  bytes,
  int32,
  int64,
  json,
  type Log,
  type NewTopic,
  nullable,
  type Topic,
  topic,
  utf8,
} from 'logpose';
import type { EventOf, EventType, ShopEvent } from './events/event-schemas.ts';
import { defaultTopicPrefix, topicNameOf } from './events/event-topics.ts';
import { parseAnyEvent } from './events/parse-any-event.ts';
import { parseEvent } from './events/parse-event.ts';
import {
  type DailyRow,
  dailyRowSerde,
  type OutboxPosition,
  outboxPositionSerde,
  type ProductStats,
  productStatsSerde,
  type Ranking,
  type ReplayPosition,
  type ReservationsNow,
  rankingSerde,
  replayPositionSerde,
  reservationsNowSerde,
  type Tick,
  tickSerde,
} from './streams/rows.ts';

/** The topic of each event type. Keyed by product code; a record's time is the event's. */
export type EventTopics = { readonly [T in EventType]: Topic<string, EventOf<T>> };

/** Every topic of the shop, typed. */
export interface ShopTopics {
  readonly events: EventTopics;
  /** Views of a treasure, ever: eight bytes. */
  readonly viewCount: Topic<string, number>;
  readonly stats: Topic<string, ProductStats>;
  readonly reservationsNow: Topic<string, ReservationsNow>;
  readonly viewers: Topic<string, number>;
  /** Keyed `code|day|zone`, in the partition of the code. */
  readonly daily: Topic<string, DailyRow>;
  /** Keyed by `rankingKey`. */
  readonly ranking: Topic<string, Ranking>;
  readonly ticker: Topic<string, Tick>;
  /** Events that came after their day could no longer change. */
  readonly late: Topic<string, ShopEvent>;
  /** Records that could not be used, as bytes, with the reason in their headers. */
  readonly dead: Topic<Uint8Array | null, Uint8Array | null>;
  readonly outboxPosition: Topic<string, OutboxPosition>;
  /** Keyed by the file's hash. */
  readonly replayPosition: Topic<string, ReplayPosition>;
}

/** The typed handles of one world. Creates nothing. */
export function shopTopics(prefix: string = defaultTopicPrefix): ShopTopics {
  const named = <V>(name: string, value: Topic<string, V>['value']): Topic<string, V> =>
    topic(`${prefix}.${name}`, { key: utf8, value });
  return {
    events: eventTopicsOf(prefix),
    viewCount: named('product.view.count', int64),
    stats: named('product.stats', productStatsSerde),
    reservationsNow: named('product.reservations', reservationsNowSerde),
    viewers: named('product.viewers', int32),
    daily: named('product.daily', dailyRowSerde),
    ranking: named('ranking', rankingSerde),
    ticker: named('ticker', tickSerde),
    late: named('late', json(parseAnyEvent)),
    dead: topic(`${prefix}.dead`, { key: nullable(bytes), value: nullable(bytes) }),
    outboxPosition: named('outbox.position', outboxPositionSerde),
    replayPosition: named('replay.position', replayPositionSerde),
  };
}

/** How a world's topics are made. */
export interface TopicSettings {
  /** Of every topic that is keyed by product code. Default 3. */
  readonly partitions?: number;
  /** Default 1. */
  readonly replicationFactor?: number;
  /** Of views, in milliseconds. Default 14 days. */
  readonly viewRetentionMs?: number;
  /** Of orders and reservations, in milliseconds. Default: for ever. */
  readonly orderRetentionMs?: number;
  /** `'for-ever'` where events are old, as in a replay: nothing is deleted by its time. */
  readonly keep?: 'as-told' | 'for-ever';
}

/** What each topic of the shop is created with. */
export function allTopics(topics: ShopTopics, settings: TopicSettings = {}): readonly NewTopic[] {
  const { events } = topics;
  const wanted: readonly Wanted[] = [
    deleted(events['product.viewed'], settings.viewRetentionMs ?? 14 * dayMs),
    deleted(events.presence, dayMs),
    ...ledgerTypes.map((type) => deleted(events[type], settings.orderRetentionMs ?? forEver)),
    compacted(events['product.changed']),
    compacted(topics.viewCount),
    compacted(topics.stats),
    compacted(topics.reservationsNow),
    compacted(topics.viewers),
    { topic: topics.daily, cleanup: 'compact-and-delete', retentionMs: 400 * dayMs },
    { ...compacted(topics.ranking), partitions: 1 },
    deleted(topics.ticker, hourMs),
    deleted(topics.late, 30 * dayMs),
    deleted(topics.dead, 30 * dayMs),
    { ...compacted(topics.outboxPosition), partitions: 1 },
    { ...compacted(topics.replayPosition), partitions: 1 },
  ];
  return wanted.map((one) => newTopic(one, settings));
}

/** A world's topics are not as this program needs them; `problems` names each difference. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`topics differ from what the shop needs: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/**
 * Creates the topics that are missing and compares the others.
 *
 * @throws {TopicMismatchError} When a topic has another number of partitions or another clean-up.
 */
export async function ensureTopics(log: Log, wanted: readonly NewTopic[]): Promise<void> {
  const found = await log.admin.describeTopics(wanted.map(({ topic }) => topic));
  const missing = wanted.filter((_topic, n) => found[n] === undefined);
  if (missing.length > 0) await log.admin.createTopics(missing);
  const problems = wanted.flatMap((one, n) => differencesOf(one, found[n]));
  if (problems.length > 0) throw new TopicMismatchError(problems);
}

function differencesOf(wanted: NewTopic, found: FoundTopic): readonly string[] {
  if (found === undefined) return [];
  const { name } = wanted.topic;
  const problems: string[] = [];
  if (found.partitions !== wanted.partitions) {
    problems.push(`${name} has ${found.partitions} partitions instead of ${wanted.partitions}`);
  }
  const policy = (wanted.cleanup ?? 'delete').replace('-and-', ',');
  const foundPolicy = found.config['cleanup.policy'] ?? policy;
  if (foundPolicy !== policy) problems.push(`${name} has clean-up ${foundPolicy}, not ${policy}`);
  return problems;
}

type FoundTopic = Awaited<ReturnType<Log['admin']['describeTopics']>>[number];

interface Wanted {
  readonly topic: { readonly name: string };
  readonly cleanup: NonNullable<NewTopic['cleanup']>;
  readonly retentionMs?: number;
  readonly partitions?: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Kafka's word for no retention by time. */
const forEver = -1;

const ledgerTypes = [
  'order.created',
  'order.cancelled',
  'reservation.created',
  'reservation.confirmed',
  'reservation.cancelled',
  'stock.adjusted',
] as const satisfies readonly EventType[];

function eventTopicsOf(prefix: string): EventTopics {
  const of = <T extends EventType>(type: T): Topic<string, EventOf<T>> =>
    topic(topicNameOf(type, prefix), {
      key: utf8,
      value: json(parseEvent(type)),
      timestamp: occurredAtOf,
    });
  return {
    'product.viewed': of('product.viewed'),
    'order.created': of('order.created'),
    'order.cancelled': of('order.cancelled'),
    'reservation.created': of('reservation.created'),
    'reservation.confirmed': of('reservation.confirmed'),
    'reservation.cancelled': of('reservation.cancelled'),
    'stock.adjusted': of('stock.adjusted'),
    'product.changed': of('product.changed'),
    presence: of('presence'),
  };
}

function occurredAtOf(event: { readonly occurredAt: number }): number {
  return event.occurredAt;
}

function deleted(of: { readonly name: string }, retentionMs: number): Wanted {
  return { topic: of, cleanup: 'delete', retentionMs };
}

function compacted(of: { readonly name: string }): Wanted {
  return { topic: of, cleanup: 'compact' };
}

function newTopic(wanted: Wanted, settings: TopicSettings): NewTopic {
  const { partitions = 3, replicationFactor = 1, keep = 'as-told' } = settings;
  // A compacted and deleted topic that keeps for ever is a compacted one.
  const cleanup = keep === 'for-ever' && wanted.cleanup !== 'delete' ? 'compact' : wanted.cleanup;
  const retentionMs = keep === 'for-ever' ? forEver : wanted.retentionMs;
  return {
    topic: { name: wanted.topic.name },
    partitions: wanted.partitions ?? partitions,
    replicationFactor,
    cleanup,
    ...(cleanup === 'compact' || retentionMs === undefined ? {} : { retentionMs }),
  };
}
