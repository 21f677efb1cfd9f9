import { ConfigError } from '../errors/config-errors.ts';
import { ProduceError } from '../errors/record-errors.ts';
import { checkedTime } from '../record/event-time.ts';
import { noHeaders, type RecordHeaders } from '../record/headers.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { InputTopic, OutputTopic } from '../record/topic.ts';
import type { FailurePolicies } from '../runtime/failure-policy.ts';
import { Counters, type Metric } from '../runtime/metrics.ts';
import { RecordWriter, recordFormat } from '../runtime/task/record-writer.ts';
import {
  type AnyStore,
  type ReadonlyStoreOf,
  requireHandle,
  type StoreHandle,
  type StoreKind,
} from '../store/store-handle.ts';
import { problemOfTopology } from '../topology/problem-of-topology.ts';
import type { AnyValue, Topology } from '../topology/topology.ts';
import { DriverTask } from './driver-task.ts';
import { DriverTopics, encodedOf } from './driver-topics.ts';
import { ManualClock } from './manual-clock.ts';

/** How a driver runs a topology. */
export interface TestDriverOptions extends FailurePolicies {
  /** `'one-task'` (default): as the JVM's driver. `'as-deployed'`: a task per partition. */
  readonly layout?: 'one-task' | 'as-deployed';
  /** Default 1. */
  readonly partitions?: number;
  /** `'each'` (default): after each record. */
  readonly commit?: 'each' | 'manual';
  /** When tables send updates on, where their store does not say. Default `'each-commit'`. */
  readonly emit?: 'each-commit' | 'each-change';
  /** Wall clock at the beginning, default 0. */
  readonly startMs?: number;
}

/** What `send` may be told besides key and value. */
export interface SendOptions {
  /** Default: the wall clock. */
  readonly timestampMs?: number;
  readonly headers?: RecordHeaders;
  readonly partition?: number;
}

/**
 * Runs a topology without a log, one record at a time, on a clock of its own.
 *
 * The whole topology is one task. A record is processed to its end, with all that it leads to on
 * topics that the topology itself reads, before `send` returns. The wall clock moves only when it
 * is told to. Internal topics have the prefix `test-driver-`.
 */
export class TestDriver implements Disposable {
  readonly #topics = new DriverTopics();
  readonly #counters = new Counters();
  readonly #clock: ManualClock;
  readonly #commits: 'each' | 'manual';
  readonly #driven: DriverTask;
  readonly #writer = new RecordWriter();
  readonly #hasPolicies: boolean;

  /** @throws {ConfigError} For what cannot be driven, with every reason. */
  constructor(topology: Topology, options: TestDriverOptions = {}) {
    const none = problemOfTopology(topology);
    const problems = [...(none === undefined ? [] : [none]), ...problemsOf(options)];
    if (problems.length > 0) throw new ConfigError(problems);
    const { commit = 'each', emit = 'each-commit', startMs = 0 } = options;
    this.#commits = commit;
    const { onDecodeError, onProcessError, onProduceError } = options;
    this.#hasPolicies = (onDecodeError ?? onProcessError ?? onProduceError) !== undefined;
    this.#clock = new ManualClock(startMs);
    this.#driven = new DriverTask({
      topology,
      clock: this.#clock,
      topics: this.#topics,
      counters: this.#counters,
      settings: {
        emit,
        maxTaskIdleMs: 0,
        maxBufferedBytes: Number.POSITIVE_INFINITY,
        policies: options,
        crc: 'trusted',
      },
    });
  }

  /**
   * Processes one record to its end. A null value is a tombstone.
   *
   * @throws {ConfigError} When the topology does not read the topic.
   * @throws {DecodeError} When a record fails and its policy says so; so do the others.
   * @throws {ProcessError} When user code threw.
   * @throws {ProduceError} When a record cannot be encoded or written.
   */
  send<K, V>(
    topic: OutputTopic<K, V>,
    key: NoInfer<K>,
    value: NoInfer<V> | null,
    options?: SendOptions,
  ): void;
  send<K, V>(
    topic: OutputTopic<K, V>,
    ...[key, value, options = {}]: [key: K, value: V | null, options?: SendOptions]
  ): void {
    const { timestampMs: timestamp = this.#clock.nowMs(), headers = noHeaders } = options;
    const { partition = 0 } = options;
    if (partition !== 0) throw new ConfigError([`topic ${topic.name} has one partition: 0`]);
    this.#requireRead(topic.name);
    const encoded = this.#encoded(topic, { key, value, timestamp, headers });
    this.#driven.task.add(this.#topics.topic(topic.name).fetched(encoded));
    this.#drain();
    this.#run();
  }

  /**
   * What was written since the last read, as `[key, value]`; null for a tombstone.
   *
   * @throws {ConfigError} When the topology has nothing to do with the topic.
   */
  read<K, V>(topic: InputTopic<K, V>): [key: K, value: V | null][] {
    return this.readRecords(topic).map(({ key, value }) => [key, value]);
  }

  /** The same with times and headers. */
  readRecords<K, V>(topic: InputTopic<K, V>): StreamRecord<K, V | null>[] {
    const name = nameOf(topic);
    this.#requireKnown(name);
    const unread = this.#topics.topic(name).takeUnread();
    return unread.map(({ key, value, timestamp, headers }) => {
      // A key is null only where its type says so: then the topic is nullable.
      const readKey: AnyValue = key === null ? null : topic.key.decode(key, 0, key.length);
      const readValue = value === null ? null : topic.value.decode(value, 0, value.length);
      return { key: readKey, value: readValue, timestamp, headers };
    });
  }

  /**
   * Reads a store as it is now, committed or not.
   *
   * @throws {ConfigError} When the topology has no such store.
   */
  store<Kind extends StoreKind, K, V>(
    handle: StoreHandle<Kind, K, V>,
  ): ReadonlyStoreOf<Kind, K, V> {
    requireHandle(handle);
    const view: AnyValue = this.#driven.store(handle.name).view('current');
    return view;
  }

  /** What was written to the store's changelog topic. */
  changelog(handle: AnyStore): readonly StreamRecord<Uint8Array, Uint8Array | null>[] {
    requireHandle(handle);
    const topic = this.#driven.changelogOf(handle.name);
    if (topic === undefined) return [];
    return this.#topics.topic(topic).records.flatMap((record) => {
      const { key } = record;
      return key === null ? [] : [{ ...record, key }];
    });
  }

  /** Moves the wall clock and runs what becomes due by it. */
  advanceWallClockMs(ms: number): void {
    this.#clock.advance(ms);
    this.#driven.task.punctuate();
    this.#commitIfDue();
    this.#drain();
    this.#run();
  }

  /** Commits, and processes what that sends on. */
  commit(): void {
    this.#commit();
    this.#drain();
    this.#run();
  }

  /** What was counted, as `app.metrics()` has it. */
  metrics(): readonly Metric[] {
    return this.#counters.snapshot();
  }

  [Symbol.dispose](): void {
    this.#driven.task.close();
  }

  #run(): void {
    while (this.#driven.task.process(1) > 0) {
      this.#commitIfDue();
      this.#drain();
    }
  }

  #commitIfDue(): void {
    if (this.#commits === 'each' || this.#driven.task.commitRequested) this.#commit();
  }

  #commit(): void {
    this.#driven.task.prepareCommit();
    this.#driven.task.settled();
  }

  /** Hands the topology what it wrote to topics that it reads. */
  #drain(): void {
    for (const { topic, record } of this.#topics.takeWritten()) {
      if (!this.#driven.reads(topic)) continue;
      this.#driven.task.add(this.#topics.topic(topic).fetched(encodedOf(record)));
    }
  }

  #requireRead(topic: string): void {
    if (this.#driven.reads(topic)) return;
    throw new ConfigError([`the topology does not read topic ${topic}`]);
  }

  /** Where dead letters go, policies say only when there are some. */
  #requireKnown(topic: string): void {
    const isWritten = this.#hasPolicies || this.#driven.writes(topic);
    if (isWritten || this.#driven.reads(topic)) return;
    throw new ConfigError([`the topology neither writes nor reads topic ${topic}`]);
  }

  #encoded(topic: OutputTopic<AnyValue, AnyValue>, record: StreamRecord<unknown, unknown>) {
    try {
      checkedTime(record.timestamp);
      return this.#writer.encode(record, recordFormat(topic, 'refused'));
    } catch (cause) {
      throw new ProduceError(topic.name, { code: 'ENCODE_FAILED' }, cause);
    }
  }
}

function* problemsOf({ layout = 'one-task', partitions = 1 }: TestDriverOptions) {
  if (layout !== 'one-task') yield `layout '${layout}' is not offered yet: use 'one-task'`;
  if (partitions !== 1) yield `layout 'one-task' has one partition per topic, not ${partitions}`;
}

function nameOf<K, V>(topic: InputTopic<K, V>): string {
  if ('name' in topic && typeof topic.name === 'string') return topic.name;
  throw new ConfigError(['only a topic with a name can be read, not a pattern']);
}
