import { must } from '../../base/assert.ts';
import { Heap } from '../../base/heap.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import type { FetchedBatches } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { AnyProcessor } from '../../topology/topology.ts';
import type { Counter } from '../metrics.ts';
import { sealInto } from './changelogs.ts';
import { writeCommitMetadata } from './commit-metadata.ts';
import { IdleRule } from './idle-rule.ts';
import type { TaskInside } from './node-context.ts';
import { openInside, queueParts } from './open-inside.ts';
import { PartitionQueue } from './partition-queue.ts';
import { compile, type Pipeline } from './pipeline.ts';
import type { TaskCommit, TaskInput, TaskParts } from './task-parts.ts';
import type { TaskState } from './task-state.ts';

/**
 * One subtopology on one partition: takes records from its queues in the order of their timestamps
 * and drives each through the compiled plan. Synchronous from end to end.
 *
 * A task whose transaction did not commit is thrown away: its stores are rolled back
 * (`OpenStore.rollback`) and a new task is opened over them at the last committed offsets.
 *
 * A method that throws leaves the task unusable but for `close`.
 */
export class Task {
  readonly id: string;
  readonly #parts: TaskParts;
  readonly #inside: TaskInside;
  readonly #state: TaskState;
  readonly #pipeline: Pipeline;
  readonly #idle: IdleRule;
  readonly #processed: Counter;
  readonly #queues = new Map<string, PartitionQueue>();
  /** Queues that have records, the earliest first. */
  readonly #waiting = new Heap<PartitionQueue>((left, right) => left.timestamp < right.timestamp);

  private constructor(parts: TaskParts) {
    parts.hand.observed.rollback();
    this.id = parts.id;
    this.#parts = parts;
    this.#inside = openInside(parts);
    this.#state = this.#inside.state;
    this.#idle = new IdleRule(parts);
    this.#processed = parts.counters.counter(processedRecords, { task: parts.id });
    this.#pipeline = compile(this.#inside);
    for (const input of parts.inputs) this.addInput(input);
    // Schedules begin when time is restored.
    for (const { name } of parts.subtopology.nodes) this.#inside.schedules.begin(name);
  }

  /** Builds pipelines and processors anew; time and processor metadata come from the inputs. */
  static open(parts: TaskParts): Task {
    return new Task(parts);
  }

  /** One more partition to read, for topics that turned up. */
  addInput(input: TaskInput): void {
    const entry = this.#observed(
      must(this.#pipeline.get(input.source), 'inputs name source nodes'),
    );
    const queue = new PartitionQueue(queueParts({ input, entry }, this.#inside));
    this.#queues.set(partitionKey(input.topic, input.partition), queue);
    this.#state.advanceStreamTime(queue.partitionTimeMs);
    this.#state.kept.restore(queue.restored.processorTimes);
  }

  /**
   * Queues fetched batches behind those already there.
   *
   * @throws {DecodeError} When the first record of an empty queue cannot be read and the policy
   *   says to fail.
   * @throws {LogDamagedError} When its bytes are damaged.
   */
  add(fetched: FetchedBatches): void {
    const queue = this.#queue(fetched);
    const wasEmpty = queue.record === undefined;
    queue.add(fetched);
    if (wasEmpty && queue.record !== undefined) this.#waiting.push(queue);
  }

  /** Whether an input's queue holds `maxBufferedBytes`: pause its fetch until this is false. */
  isFull(input: TopicPartition): boolean {
    return this.#queue(input).bufferedBytes >= this.#parts.settings.maxBufferedBytes;
  }

  /** Where to fetch on: behind everything queued. */
  fetchOffset(input: TopicPartition): number {
    return this.#queue(input).nextOffset;
  }

  /** Whether anything is queued, ready or not. */
  get hasRecords(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Whether the next record may be processed: every input has a record queued, or those that do not
   * have been waited for as `maxTaskIdleMs` says.
   */
  ready(): boolean {
    const { size } = this.#waiting;
    if (size === 0) return false;
    return size === this.#queues.size || this.#idle.allows(this.#queues.values());
  }

  /**
   * Processes at most so many records, the earliest timestamp first, and the stream-time
   * punctuations that become due behind each. Returns how many; fewer when it is not `ready`.
   *
   * Queues with equal timestamps take turns as on the JVM: they stand in a binary heap.
   *
   * @throws {DecodeError} When the policy says to fail; so do the others.
   * @throws {ProcessError} When user code threw.
   * @throws {ProduceError} When a record cannot be written.
   */
  process(maxRecords: number): number {
    let processed = 0;
    while (processed < maxRecords && this.ready()) {
      this.#processNext();
      processed++;
    }
    this.#processed.value += processed;
    return processed;
  }

  /** Runs what is due by the wall clock. Once per loop. */
  punctuate(): void {
    this.#state.punctuateWallClock();
  }

  /** When the next wall-clock punctuation is due; infinite without one. */
  get nextWallClockMs(): number {
    return this.#state.wallClock.nextAtMs;
  }

  /** Whether a processor asked for a commit since the last one. */
  get commitRequested(): boolean {
    return this.#state.commitRequested;
  }

  /** Whether there is anything to commit. */
  get isDirty(): boolean {
    if (this.#state.touched || this.#state.kept.isChanged) return true;
    return [...this.#queues.values()].some((queue) => queue.offset !== queue.committedOffset);
  }

  /** Greatest timestamp processed; undefined before the first record. */
  get streamTimeMs(): number | undefined {
    return this.#state.streamTimeMs();
  }

  /** Next offset to process of each input: what a commit now would write down. */
  positions(): readonly RecordPosition[] {
    return [...this.#queues.values()].map(({ input: { topic, partition }, offset }) => {
      return { topic, partition, offset };
    });
  }

  /**
   * The synchronous half of a commit. Tables send their updates on, in store order, until no row is
   * unsent; the generation is closed; its rows are written to the changelogs in the task's output.
   *
   * Afterwards the task may go on with the next generation. Before the next `prepareCommit` comes
   * `settled`, or the end of the task.
   *
   * @throws {ProcessError} When user code threw on an update.
   * @throws {ProduceError} When a record cannot be written.
   */
  prepareCommit(): TaskCommit {
    const { hand, stores, subtopology, output } = this.#parts;
    hand.release(this.#state.streamTimeMs() ?? 0);
    this.#flushTables();
    hand.generation++;
    hand.observed.seal();
    for (const { definition } of subtopology.stores) {
      const store = stores.get(definition.name);
      sealInto(must(store, 'a task has the stores of its subtopology'), output);
    }
    this.#state.commitRequested = false;
    this.#state.touched = false;
    return { offsets: [...this.#takeOffsets()] };
  }

  /** The prepared commit is definite: its rows count as committed. */
  settled(): void {
    for (const { store } of this.#parts.stores.values()) store.settle();
    this.#parts.hand.observed.settle();
  }

  /**
   * Runs what processors have to do at the end. Idempotent.
   *
   * @throws What the first of them threw, once all have run.
   */
  close(): void {
    this.#parts.listeners.observer?.closed(this.id);
    const failed: unknown[] = [];
    for (const run of this.#state.takeClosing()) {
      try {
        run();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  }

  #processNext(): void {
    const waiting = this.#waiting;
    // A queue that stands alone keeps its place.
    const alone = waiting.size === 1;
    const queue = must(alone ? waiting.peek() : waiting.pop(), 'a ready task has records');
    const record = must(queue.record, 'a waiting queue has a record');
    const { timestamp } = record;
    const { hand } = this.#parts;
    if (timestamp > queue.partitionTimeMs) queue.partitionTimeMs = timestamp;
    this.#state.advanceStreamTime(timestamp);
    hand.source = queue;
    hand.timestamp = timestamp;
    hand.key = record.key;
    hand.keySlot = queue.keySlot;
    queue.entry(record);
    hand.source = undefined;
    queue.advance();
    if (queue.record === undefined && alone) waiting.pop();
    else if (queue.record !== undefined && !alone) waiting.push(queue);
    this.#state.punctuateStreamTime();
  }

  /** Costs nothing where nobody watches. */
  #observed(entry: AnyProcessor): AnyProcessor {
    const { id, hand, listeners } = this.#parts;
    const { observer } = listeners;
    if (observer === undefined) return entry;
    return (record) => {
      observer.taken(id, must(hand.source, 'a record is in hand').position());
      entry(record);
    };
  }

  #flushTables(): void {
    const { tables, parts } = this.#inside;
    let unsent = true;
    while (unsent) {
      unsent = false;
      for (const { definition } of parts.subtopology.stores) {
        if (tables.get(definition.name)?.flush() === true) unsent = true;
      }
    }
  }

  *#takeOffsets(): Generator<TaskCommit['offsets'][number]> {
    const { times: processorTimes, isChanged } = this.#state.kept.take();
    for (const queue of this.#queues.values()) {
      const { offset, input } = queue;
      if (offset === queue.committedOffset && !isChanged) continue;
      queue.committedOffset = offset;
      const { topic, partition } = input;
      const partitionTimeMs = queue.partitionTimeMs < 0 ? undefined : queue.partitionTimeMs;
      const metadata = writeCommitMetadata({ partitionTimeMs, processorTimes });
      yield { topic, partition, offset, metadata };
    }
  }

  #queue({ topic, partition }: TopicPartition): PartitionQueue {
    return must(this.#queues.get(partitionKey(topic, partition)), 'a task reads its inputs only');
  }
}

/** Name of the counter of records that tasks processed. */
const processedRecords = 'processed-records';
