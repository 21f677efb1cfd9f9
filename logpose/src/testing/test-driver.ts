import { ConfigError } from '../errors/config-errors.ts';
import { ProduceError } from '../errors/record-errors.ts';
import { checkedTime } from '../record/event-time.ts';
import { noHeaders, type RecordHeaders } from '../record/headers.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { InputTopic, OutputTopic } from '../record/topic.ts';
import type { FailurePolicies } from '../runtime/failure-policy.ts';
import { Counters, type Metric } from '../runtime/metrics.ts';
import { type RecordFormat, RecordWriter, recordFormat } from '../runtime/task/record-writer.ts';
import {
  type AnyStore,
  type ReadonlyStoreOf,
  requireHandle,
  type StoreHandle,
  type StoreKind,
} from '../store/store-handle.ts';
import { problemOfTopology } from '../topology/problem-of-topology.ts';
import type { AnyValue, Topology } from '../topology/topology.ts';
import { driverInternalsOf, holdsBack } from './driver-internals.ts';
import { driverPlan } from './driver-plan.ts';
import { DriverTasks } from './driver-tasks.ts';
import { type DriverTopic, DriverTopics, encodedOf } from './driver-topics.ts';
import { ManualClock } from './manual-clock.ts';

/** How a driver runs a topology. */
export interface TestDriverOptions extends FailurePolicies {
  /** `'one-task'` (default): as the JVM's driver. `'as-deployed'`: a task per partition. */
  readonly layout?: 'one-task' | 'as-deployed';
  /** Of every topic, unless `repartition` was given another number. At least 1, the default. */
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
  /** Default: the one that the default partitioner chooses for the key. */
  readonly partition?: number;
}

/**
 * Runs a topology without a log, one record at a time, on a clock of its own.
 *
 * With `layout: 'one-task'` the whole topology is one task. With `'as-deployed'` there is a task
 * per subtopology and partition, as in an application: each has its own stores, stream time and
 * punctuations, and what goes from one to another is hashed over the partitions of a topic.
 *
 * A record is processed to its end, with all that it leads to on topics that the topology itself
 * reads, before `send` returns. What tasks write is there at once, committed or not. Tasks that
 * have records take turns by their number, a record each. The wall clock moves only when it is
 * told to. Internal topics have the prefix `test-driver-`.
 */
export class TestDriver implements Disposable {
  readonly #topics: DriverTopics;
  readonly #counters = new Counters();
  readonly #clock: ManualClock;
  readonly #commits: 'each' | 'manual';
  readonly #tasks: DriverTasks;
  readonly #writer = new RecordWriter();
  readonly #hasPolicies: boolean;
  #isClosed = false;
  #isHoldingBack = false;

  /** @throws {ConfigError} For what cannot be driven, with every reason. */
  constructor(topology: Topology, options: TestDriverOptions = {}) {
    const none = problemOfTopology(topology);
    const problems = [...(none === undefined ? [] : [none]), ...problemsOf(options)];
    if (problems.length > 0) throw new ConfigError(problems);
    const { commit = 'each', emit = 'each-commit', startMs = 0 } = options;
    const { layout = 'one-task', partitions = 1 } = options;
    const plan = driverPlan(topology, { layout, partitions });
    const { onDecodeError, onProcessError, onProduceError } = options;
    this.#commits = commit;
    this.#hasPolicies = (onDecodeError ?? onProcessError ?? onProduceError) !== undefined;
    const clock = new ManualClock(startMs);
    this.#clock = clock;
    this.#topics = new DriverTopics({
      partitionsOf: (topic) => plan.partitionsOf(topic),
      random: () => clock.random(),
    });
    this.#tasks = new DriverTasks(plan, {
      topology,
      clock,
      topics: this.#topics,
      counters: this.#counters,
      settings: {
        emit,
        maxTaskIdleMs: driverInternalsOf(options).maxTaskIdleMs ?? 0,
        maxBufferedBytes: Number.POSITIVE_INFINITY,
        policies: options,
        crc: 'trusted',
      },
    });
    holdsBack(this, (sending) => this.#holdBack(sending));
  }

  /**
   * Processes one record to its end. A null value is a tombstone.
   *
   * @throws {ConfigError} When the topology does not read the topic, the topic has no such
   *   partition, or the driver is closed.
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
    this.#requireOpen();
    this.#requireRead(topic.name);
    const to = this.#topics.topic(topic.name);
    if (options.partition !== undefined) requirePartition(to, options.partition);
    const format = recordFormat(topic, 'refused');
    const encoded = this.#encoded(topic.name, { key, value, timestamp, headers }, format);
    const partition = options.partition ?? this.#writer.partitionByKey(format, to);
    this.#tasks.add(to.fetched(partition, encoded));
    if (!this.#isHoldingBack) this.#processAll();
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
   * Over several partitions: a key is looked for where the default partitioner puts it, as readers
   * of an application do; a scan shows the rows of all of them, ascending by encoded key.
   *
   * @throws {ConfigError} When the topology has no such store.
   */
  store<Kind extends StoreKind, K, V>(
    handle: StoreHandle<Kind, K, V>,
  ): ReadonlyStoreOf<Kind, K, V> {
    requireHandle(handle);
    const view: AnyValue = this.#tasks.store(handle);
    return view;
  }

  /** What was written to the store's changelog topic, in order, over all of its partitions. */
  changelog(handle: AnyStore): readonly StreamRecord<Uint8Array, Uint8Array | null>[] {
    requireHandle(handle);
    const topic = this.#tasks.changelogOf(handle);
    if (topic === undefined) return [];
    return this.#topics.topic(topic).records.flatMap((record) => {
      const { key } = record;
      return key === null ? [] : [{ ...record, key }];
    });
  }

  /**
   * Moves the wall clock and runs what becomes due by it.
   *
   * @throws {ConfigError} When the driver is closed.
   */
  advanceWallClockMs(ms: number): void {
    this.#requireOpen();
    this.#clock.advance(ms);
    this.#tasks.punctuate();
    this.#commitIfDue();
    this.#processAll();
  }

  /**
   * Commits all tasks, and processes what that sends on.
   *
   * @throws {ConfigError} When the driver is closed.
   */
  commit(): void {
    this.#requireOpen();
    this.#tasks.commit();
    this.#processAll();
  }

  /** What was counted, as `app.metrics()` has it. */
  metrics(): readonly Metric[] {
    return this.#counters.snapshot();
  }

  /** Closes the tasks. What was written can still be read. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#tasks.close();
  }

  #holdBack(sending: () => void): void {
    this.#isHoldingBack = true;
    try {
      sending();
    } finally {
      this.#isHoldingBack = false;
    }
    this.#processAll();
  }

  #processAll(): void {
    this.#drain();
    this.#tasks.run(() => {
      this.#commitIfDue();
      this.#drain();
    });
  }

  #commitIfDue(): void {
    if (this.#commits === 'each' || this.#tasks.commitRequested) this.#tasks.commit();
  }

  /** Hands the topology what it wrote to topics that it reads. */
  #drain(): void {
    for (const { topic, partition, record } of this.#topics.takeWritten()) {
      if (!this.#tasks.reads(topic)) continue;
      this.#tasks.add(this.#topics.topic(topic).fetched(partition, encodedOf(record)));
    }
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new ConfigError(['the driver is closed']);
  }

  #requireRead(topic: string): void {
    if (this.#tasks.reads(topic)) return;
    throw new ConfigError([`the topology does not read topic ${topic}`]);
  }

  /** Where dead letters go, policies say only when there are some. */
  #requireKnown(topic: string): void {
    const isWritten = this.#hasPolicies || this.#tasks.writes(topic);
    if (isWritten || this.#tasks.reads(topic)) return;
    throw new ConfigError([`the topology neither writes nor reads topic ${topic}`]);
  }

  #encoded(topic: string, record: StreamRecord<unknown, unknown>, format: RecordFormat) {
    try {
      checkedTime(record.timestamp);
      return this.#writer.encode(record, format);
    } catch (cause) {
      throw new ProduceError(topic, { code: 'ENCODE_FAILED' }, cause);
    }
  }
}

function* problemsOf({ layout = 'one-task', partitions = 1 }: TestDriverOptions) {
  if (layout !== 'one-task' && layout !== 'as-deployed') {
    yield `layout is '${layout}' and must be 'one-task' or 'as-deployed'`;
  }
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    yield `partitions is ${partitions} and must be a whole number, at least 1`;
  }
}

function requirePartition({ name, partitions }: DriverTopic, partition: number): void {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
  const has = partitions === 1 ? 'one partition: 0' : `partitions 0 to ${partitions - 1}`;
  throw new ConfigError([`topic ${name} has ${has}; there is no partition ${partition}`]);
}

function nameOf<K, V>(topic: InputTopic<K, V>): string {
  if ('name' in topic && typeof topic.name === 'string') return topic.name;
  throw new ConfigError(['only a topic with a name can be read, not a pattern']);
}
