import { ConfigError } from '../errors/config-errors.ts';
import { type Decoder, type Encoder, isSerde, type Serde } from '../serde/serde.ts';
import type { StreamRecord } from './stream-record.ts';

/** What can be read: one topic or all topics of a pattern. */
export interface InputTopic<out K, out V> {
  readonly key: Decoder<K>;
  readonly value: Decoder<V>;
}

/** What records of K and V can be written to. A topic of wider types is one. */
export interface OutputTopic<in K, in V> {
  readonly name: string;
  readonly key: Encoder<K>;
  readonly value: Encoder<V>;
}

/** A topic and the serdes of its records: the one place where the types of a chain come from. */
export interface Topic<in out K, in out V> extends InputTopic<K, V>, OutputTopic<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor<K, V>;
}

/** All topics whose names match, present and future, read as one stream. */
export interface TopicPattern<in out K, in out V> extends InputTopic<K, V> {
  readonly pattern: RegExp;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor<K, V>;
}

/**
 * Event time of a record, in milliseconds since 1970; `record.timestamp` is the log's. Negative:
 * the record is dropped and counted. Must be synchronous and pure.
 */
export type TimestampExtractor<K, V> = (value: V, key: K, record: StreamRecord<K, V>) => number;

/** What `topic` is told. */
export interface TopicOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** Default: the timestamp in the log. */
  readonly timestamp?: TimestampExtractor<K, V>;
}

/**
 * Describes a topic; creates nothing.
 *
 * Keys and values are never null unless their serde is `nullable(…)`.
 *
 * @throws {ConfigError} When Kafka would refuse the name, or a serde is missing.
 * @example const orders = topic('orders', { key: utf8, value: json(parseOrder) });
 */
export function topic<K, V>(name: string, options: TopicOptions<K, V>): Topic<K, V> {
  const problem = problemOfName(name);
  if (problem !== undefined) throw new ConfigError([`a topic's name ${problem}`]);
  requireSerdes(`topic('${name}'`, options);
  return Object.freeze({ name, ...options });
}

/**
 * Describes all topics whose names match from beginning to end.
 *
 * @example topicPattern(/orders-.+/, { key: utf8, value: json(parseOrder) })
 */
export function topicPattern<K, V>(
  pattern: RegExp,
  options: TopicOptions<K, V>,
): TopicPattern<K, V> {
  requireSerdes(`topicPattern(${pattern}`, options);
  return Object.freeze({ pattern, ...options });
}

/** Types ask for them too, but Node takes types away without reading them. */
function requireSerdes(
  call: string,
  options: { readonly key: unknown; readonly value: unknown } | undefined,
): void {
  const missing = (['key', 'value'] as const).filter((part) => !isSerde(options?.[part]));
  if (missing.length === 0) return;
  const what = missing.map((part) => `a ${part} serde`).join(' and ');
  throw new ConfigError([`${call}) needs ${what}: write ${call}, { key: utf8, value: utf8 })`]);
}

/**
 * Whether a pattern means the topic of that name: it must cover the whole name, whatever its flags
 * say of where to search.
 */
export function matchesTopic(pattern: RegExp, name: string): boolean {
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, '')).test(name);
}

/** Why Kafka would refuse `name` for a topic, store or processor; undefined when it would not. */
export function problemOfName(name: string): string | undefined {
  if (typeof name !== 'string' || name === '') return 'must not be empty';
  if (name === '.' || name === '..') return `must not be "${name}"`;
  if (name.length > maxNameLength) {
    return `must have at most ${maxNameLength} characters, and "${name}" has ${name.length}`;
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `may have letters, digits, ".", "_" and "-" only, unlike "${name}"`;
  }
  return undefined;
}

const maxNameLength = 249;

/** Asks for the name Kafka Streams on the JVM would generate. It changes when the topology does. */
export const generated: unique symbol = Symbol('generated');

/** The name of something that outlives the process: a store, a changelog, a repartition topic. */
export type DurableName = string | typeof generated;
