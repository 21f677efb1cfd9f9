import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { BatchBuilder } from '../../src/log/batch-builder.ts';
import { BatchColumns, decodeBatch } from '../../src/log/batch-columns.ts';
import type { CommittedOffset, FetchedBatches } from '../../src/log/log-port.ts';
import { noHeaders, type RecordHeaders } from '../../src/record/headers.ts';
import type { OutputTopic } from '../../src/record/topic.ts';
import type { FailurePolicies } from '../../src/runtime/failure-policy.ts';
import { Counters } from '../../src/runtime/metrics.ts';
import { RecordInHand } from '../../src/runtime/task/record-in-hand.ts';
import { RecordWriter, recordFormat } from '../../src/runtime/task/record-writer.ts';
import { Task } from '../../src/runtime/task/task.ts';
import type { DroppedRecord, TaskInput, TaskStore } from '../../src/runtime/task/task-parts.ts';
import { type FilledBatch, TransactionOutput } from '../../src/runtime/task/transaction-output.ts';
import { changelogTopicName, topicNaming } from '../../src/runtime/topic-names.ts';
import { readCron } from '../../src/schedule/cron.ts';
import { openStore } from '../../src/store/open-store.ts';
import { MemoryEngine } from '../../src/store-memory/memory-engine.ts';
import { ManualClock } from '../../src/testing.ts';
import type { AnyStoreDefinition, AnyValue, Topology } from '../../src/topology/topology.ts';

export interface RigOptions extends FailurePolicies {
  readonly emit?: 'each-commit' | 'each-change';
  readonly maxTaskIdleMs?: number;
  readonly maxBufferedBytes?: number;
  /** Partitions of topics that are written to. Default 1; undefined is what it says. */
  readonly partitionsOf?: (topic: string) => number | undefined;
}

/** A record of a topic in memory. */
export interface LoggedRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

const id = 'rig';

/**
 * Runs a topology as one task against topics in memory, with commits and aborts as a worker makes
 * them: what is not committed is nowhere, and after an abort the task is opened anew.
 */
export class TaskRig {
  readonly topology: Topology;
  readonly clock = new ManualClock();
  readonly counters = new Counters();
  readonly dropped: DroppedRecord[] = [];
  readonly hand = new RecordInHand();
  readonly output: TransactionOutput;
  /** What is known of where inputs end; default: where their records in memory end. */
  knownEnd: (topic: string) => number | undefined;
  task: Task;
  readonly #options: RigOptions;
  readonly #topics = new Map<string, LoggedRecord[]>();
  readonly #appendedTo = new Set<string>();
  readonly #committed = new Map<string, CommittedOffset>();
  readonly #stores: ReadonlyMap<string, TaskStore>;
  #prepared: Prepared | undefined;

  constructor(topology: Topology, options: RigOptions = {}) {
    this.topology = topology;
    this.#options = options;
    const partitionsOf = options.partitionsOf ?? (() => 1);
    this.output = new TransactionOutput({ partitionsOf, random: () => this.clock.random() });
    this.knownEnd = (topic) => this.topic(topic).length;
    this.#stores = new Map(
      topology.stores.map(({ definition }) => [definition.name, opened(definition, this.hand)]),
    );
    this.task = this.#open();
  }

  /** The committed records of a topic, over all partitions. */
  topic(name: string): LoggedRecord[] {
    const records = this.#topics.get(name) ?? [];
    this.#topics.set(name, records);
    return records;
  }

  /** Appends to a topic. The task has it once it is fetched. */
  append<K, V>(
    topic: OutputTopic<K, V>,
    key: K,
    [value, timestamp, headers = noHeaders]: [V | null, number, RecordHeaders?],
  ): void {
    this.#appendedTo.add(topic.name);
    this.topic(topic.name).push(encoded(topic, { key, value, timestamp, headers }));
  }

  /** Hands the task everything of one topic, or of all, that it does not have. */
  fetch(only?: string): void {
    for (const { topic } of this.#inputs()) {
      if (only !== undefined && only !== topic) continue;
      const fetched = this.#fetched(topic);
      if (fetched !== undefined) this.task.add(fetched);
    }
  }

  prepare(): void {
    const { offsets } = this.task.prepareCommit();
    this.#prepared = { batches: this.output.take(), offsets };
  }

  settle(): void {
    const { batches = [], offsets = [] } = this.#prepared ?? {};
    for (const { topic, batch } of batches) this.topic(topic).push(...recordsOf(batch));
    for (const offset of offsets) this.#committed.set(offset.topic, offset);
    this.#prepared = undefined;
    this.task.settled();
  }

  /** Whether a commit is prepared and not settled. */
  get isCommitting(): boolean {
    return this.#prepared !== undefined;
  }

  commit(): void {
    this.prepare();
    this.settle();
  }

  /** Drops all that is not committed and opens the task anew. */
  abort(): void {
    this.#prepared = undefined;
    this.output.take();
    this.task.close();
    for (const { store } of this.#stores.values()) store.rollback();
    this.task = this.#open();
    this.fetch();
  }

  committedOffset(topic: string): CommittedOffset | undefined {
    return this.#committed.get(topic);
  }

  /** A store's rows by view, or everything in it as text. */
  store(name: string): TaskStore['store'] {
    const store = this.#stores.get(name);
    if (store === undefined) throw new Error(`no store ${name}`);
    return store.store;
  }

  /** All that is committed: rows, topics that were written to, offsets. To be compared. */
  snapshot(): Readonly<Record<string, readonly string[]>> {
    const topics = [...this.#topics].filter(([name]) => !this.#appendedTo.has(name));
    const lines: Record<string, readonly string[]> = {};
    for (const [name, records] of topics.sort()) lines[name] = records.map(show);
    for (const [name, { store }] of this.#stores) lines[`store ${name}`] = [...rowsOf(store)];
    lines['offsets'] = [...this.#committed.values()].map((each) => JSON.stringify(each)).sort();
    return lines;
  }

  #open(): Task {
    const { emit = 'each-commit', maxTaskIdleMs = 0 } = this.#options;
    const { maxBufferedBytes = Number.POSITIVE_INFINITY } = this.#options;
    const { nodes, stores, repartitionTopics } = this.topology;
    return Task.open({
      id: '0_0',
      subtopology: { id: 0, nodes, stores },
      inputs: [...this.#inputs()],
      stores: this.#stores,
      hand: this.hand,
      output: this.output,
      topicName: topicNaming(id, this.topology),
      isInternal: (planned) => repartitionTopics.some(({ name }) => name === planned),
      settings: { emit, maxTaskIdleMs, maxBufferedBytes, policies: this.#options },
      compressions: builtInCompressions,
      readCron,
      clock: this.clock,
      counters: this.counters,
      listeners: { dropped: (drop) => this.dropped.push(drop) },
      endOffset: ({ topic }) => this.knownEnd(topic),
    });
  }

  *#inputs(): Generator<TaskInput> {
    for (const node of this.topology.nodes) {
      if (node.kind !== 'source' || !('topics' in node.input)) continue;
      for (const planned of node.input.topics) {
        const topic = topicNaming(id, this.topology)(planned);
        const { offset: startOffset = 0, metadata = '' } = this.#committed.get(topic) ?? {};
        yield { topic, partition: 0, source: node.name, startOffset, metadata };
      }
    }
  }

  #fetched(topic: string): FetchedBatches | undefined {
    const records = this.topic(topic);
    const fromOffset = this.task.fetchOffset({ topic, partition: 0 });
    if (fromOffset >= records.length) return undefined;
    return batchOf({ topic, records, fromOffset });
  }
}

interface Prepared {
  readonly batches: readonly FilledBatch[];
  readonly offsets: readonly CommittedOffset[];
}

/** A fetched batch of a topic's records from `fromOffset` on. */
export function batchOf(fetch: {
  readonly topic: string;
  readonly records: readonly LoggedRecord[];
  readonly fromOffset: number;
}): FetchedBatches {
  const { topic, records, fromOffset } = fetch;
  const batch = new BatchBuilder();
  for (const { key, value, timestamp, headers } of records.slice(fromOffset)) {
    batch.add({
      keyBytes: key ?? new Uint8Array(),
      keyStart: 0,
      keyLength: key?.length ?? -1,
      valueBytes: value ?? new Uint8Array(),
      valueStart: 0,
      valueLength: value?.length ?? -1,
      timestamp,
      headers,
    });
  }
  const bytes = batch.build({ baseOffset: fromOffset });
  const endOffset = records.length;
  return { topic, partition: 0, bytes, fromOffset, nextOffset: endOffset, endOffset };
}

function opened(definition: AnyStoreDefinition, hand: RecordInHand): TaskStore {
  const engine = new MemoryEngine();
  const store: AnyValue = openStore({ definition, engine, timeMs: hand.timeMs, inHand: hand });
  return { store, changelog: { topic: changelogTopicName(id, definition), partition: 0 } };
}

function encoded<K, V>(
  topic: OutputTopic<K, V>,
  record: {
    readonly key: K;
    readonly value: V | null;
    readonly timestamp: number;
    readonly headers: RecordHeaders;
  },
): LoggedRecord {
  const { timestamp, headers } = record;
  const bytes = new RecordWriter().encode(record, recordFormat(topic, 'refused'));
  const { keyBytes, keyLength, valueBytes, valueStart, valueLength } = bytes;
  const key = keyLength < 0 ? null : new Uint8Array(keyBytes.subarray(0, keyLength));
  const value =
    valueLength < 0
      ? null
      : new Uint8Array(valueBytes.subarray(valueStart, valueStart + valueLength));
  return { key, value, timestamp, headers };
}

/** The records of a filled batch. */
export function recordsOf(batch: BatchBuilder): LoggedRecord[] {
  const columns = new BatchColumns();
  const bytes = new Uint8Array(batch.build());
  decodeBatch(bytes, 0, columns, { topic: 't', partition: 0, compressions: {} });
  return Array.from({ length: columns.count }, (_, at) => ({
    key: slice(bytes, columns.keyStart[at], columns.keyLength[at]),
    value: slice(bytes, columns.valueStart[at], columns.valueLength[at]),
    timestamp: columns.timestamps[at] ?? 0,
    headers: columns.headers(at),
  }));
}

function slice(bytes: Uint8Array, start = 0, length = -1): Uint8Array | null {
  return length < 0 ? null : bytes.slice(start, start + length);
}

/** `key = value @time`, bytes as latin1 text. */
export function show({ key, value, timestamp, headers }: LoggedRecord): string {
  const names = [...headers].map(([name, bytes]) => ` ${name}:${Buffer.from(bytes)}`).join('');
  return `${text(key)} = ${text(value)} @${timestamp}${names}`;
}

function text(bytes: Uint8Array | null): string {
  return bytes === null ? 'null' : JSON.stringify(Buffer.from(bytes).toString('latin1'));
}

function* rowsOf(store: TaskStore['store']): Generator<string> {
  const view: AnyValue = store.view('committed');
  const rows = 'fetchAll' in view ? view.fetchAll() : view.range();
  for (const [key, value] of rows) yield `${JSON.stringify(key)} = ${JSON.stringify(value)}`;
}
