import { must } from '../../base/assert.ts';
import { Heap } from '../../base/heap.ts';
import type { FetchedBatches } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import { writeCommitMetadata } from './commit-metadata.ts';
import { Failures } from './failures.ts';
import { IdleRule } from './idle-rule.ts';
import { PartitionQueue } from './partition-queue.ts';
import { compile, type Pipeline } from './pipeline.ts';
import { Punctuations } from './punctuations.ts';
import type { TaskCommit, TaskInput, TaskParts } from './task-parts.ts';
import { TaskState } from './task-state.ts';

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
  readonly #state: TaskState;
  readonly #failures: Failures;
  readonly #pipeline: Pipeline;
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #waiting = new Heap<PartitionQueue>((left, right) => left.timestamp < right.timestamp);
  readonly #idle: IdleRule;

  private constructor(parts: TaskParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#state = new TaskState(parts, new Punctuations(), new Punctuations());
    this.#failures = new Failures(parts, this.#state);
    this.#pipeline = compile(parts, this.#state, this.#failures);
    this.#idle = new IdleRule(parts);
    for (const input of parts.inputs) this.addInput(input);
  }

  /** Builds pipelines and processors anew; time and processor metadata come from the inputs. */
  static open(parts: TaskParts): Task {
    return new Task(parts);
  }

  /** One more partition to read, for topics that turned up. */
  addInput(input: TaskInput): void {
    const entry = must(this.#pipeline.sources.get(input.source), 'inputs name source nodes');
    const queue = new PartitionQueue(input, entry, this.#parts, this.#failures);
    this.#queues.set(partitionKey(input.topic, input.partition), queue);
    this.#state.restoreTime(queue.partitionTimeMs);
    this.#state.restoreMetadata(queue.processorMetadata);
  }

  /**
   * Queues fetched batches behind those already there.
   *
   * @throws {DecodeError} When the first record of an empty queue cannot be read and the policy
   *   says to fail. {@link LogDamagedError} when its bytes are damaged.
   */
  add(fetched: FetchedBatches): void {
    const queue = this.#queue(fetched);
    const wasEmpty = queue.isEmpty;
    queue.add(fetched);
    if (wasEmpty && !queue.isEmpty) this.#waiting.push(queue);
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
    if (this.#waiting.size === 0) return false;
    if (this.#waiting.size === this.#queues.size) return this.#idle.allQueued();
    return this.#idle.ready(this.#queues.values());
  }

  /**
   * Processes at most so many records, the earliest timestamp first, and the stream-time
   * punctuations that become due behind each. Returns how many; fewer when it is not `ready`.
   *
   * Queues with equal timestamps take turns as on the JVM: they stand in a binary heap.
   *
   * @throws {DecodeError} {@link ProcessError} {@link ProduceError} As the policies say.
   */
  process(maxRecords: number): number {
    let processed = 0;
    while (processed < maxRecords && this.ready()) {
      this.#processNext();
      processed++;
    }
    return processed;
  }

  /** Runs what is due by the wall clock, and by stream time. Once per loop. */
  punctuate(): void {
    this.#state.punctuateWallClock(this.#parts.clock.nowMs());
    this.#state.punctuateStreamTime();
  }

  /** When the next wall-clock punctuation is due; undefined: never. */
  get nextWallClockMs(): number | undefined {
    return this.#state.wallClock.nextMs;
  }

  /** Whether a processor asked for a commit since the last one. */
  get commitRequested(): boolean {
    return this.#state.commitRequested;
  }

  /** Whether there is anything to commit. */
  get dirty(): boolean {
    return this.#state.dirty || [...this.#queues.values()].some((queue) => queue.moved);
  }

  /** Greatest timestamp processed; undefined before the first record. */
  get streamTimeMs(): number | undefined {
    return this.#state.streamTimeMs();
  }

  /** Next offset to process of each input: what a commit now would write down. */
  positions(): readonly (TopicPartition & { readonly offset: number })[] {
    return [...this.#queues.values()].map(({ input: { topic, partition }, offset }) => {
      return { topic, partition, offset };
    });
  }

  /**
   * The synchronous half of a commit. Tables send their updates on, in store order, until no row is
   * unsent; the generation is closed; its rows are written to the changelogs in the task's output.
   *
   * Afterwards the task may go on with the next generation. Exactly one of these follows before the
   * next `prepareCommit`: `settled`, or the end of the task.
   */
  prepareCommit(): TaskCommit {
    const state = this.#state;
    const generation = state.generation();
    state.leaveRecord();
    this.#pipeline.flushTables();
    state.nextGeneration();
    for (const { store, changelog } of this.#pipeline.changelogs) store.seal(changelog);
    const offsets = this.#offsets();
    state.committed();
    return { offsets, generation };
  }

  /** The prepared commit is definite: its rows count as committed. */
  settled(): void {
    for (const { store } of this.#parts.stores.values()) store.settle();
  }

  /** Runs what processors have to do at the end. Idempotent. */
  close(): void {
    this.#state.close();
  }
}
