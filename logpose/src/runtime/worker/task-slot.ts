import { must } from '../../base/assert.ts';
import { ProcessError } from '../../errors/record-errors.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import { StoreUnavailableError } from '../../errors/store-errors.ts';
import type { MemberIdentity } from '../../log/group-port.ts';
import type { CommittedOffset, OffsetRange } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { TaskOutput } from '../task/output.ts';
import { Task } from '../task/task.ts';
import type { TaskInput } from '../task/task-parts.ts';
import { topicNaming } from '../topic-names.ts';
import type { WorkerParts } from './settings.ts';
import type { PlannedInput, PlannedTask } from './task-plan.ts';
import { TaskStores } from './task-stores.ts';

/** What the tasks of a worker share. */
export interface SharedByTasks {
  readonly output: TaskOutput;
  readonly maxBufferedBytes: number;
  readonly endOffset: (input: TopicPartition) => number | undefined;
  /** In whose name progress is committed. */
  member(): MemberIdentity | undefined;
}

/**
 * The place of one task in a worker: its stores, which stay, and the task opened over them, which
 * is thrown away with every transaction that does not commit.
 */
export class TaskSlot {
  readonly plan: PlannedTask;
  readonly stores: TaskStores;
  /** Undefined while its stores are restored and while it is opened anew. */
  task: Task | undefined = undefined;
  /** It is another member's next: nothing more is processed, and what was is to be committed. */
  isRevoked = false;
  #pinning: Promise<void> | undefined = undefined;
  /** By `partitionKey`: the next offset behind what is committed. */
  readonly #committed = new Map<string, RecordPosition>();
  readonly #parts: WorkerParts;
  readonly #shared: SharedByTasks;

  /** @param stores - Where the task comes to stores that are there already. */
  constructor(
    parts: WorkerParts,
    plan: PlannedTask,
    { stores, ...shared }: SharedByTasks & { readonly stores?: TaskStores | undefined },
  ) {
    this.#parts = parts;
    this.plan = plan;
    this.#shared = shared;
    this.stores = stores ?? new TaskStores(parts, plan);
  }

  /** Opens a task at the committed offsets and returns where to fetch from. */
  async openTask(): Promise<readonly RecordPosition[]> {
    const inputs = await this.#startingPoints();
    // Somebody may have met damage meanwhile: then the store is read anew first.
    if (this.stores.ready.size < this.plan.stores.length) {
      const names = this.plan.stores.map(({ definition }) => definition.name).join(', ');
      throw new StoreUnavailableError(names, 'restoring', { why: 'its files are damaged' });
    }
    const { topology, applicationId, compressions, readCron, surroundings } = this.#parts;
    const { settings, policies, counters, listeners } = this.#parts;
    const repartition = new Set(topology.repartitionTopics.map(({ name }) => name));
    this.task = Task.open({
      id: this.plan.id,
      subtopology: this.plan.subtopology,
      inputs,
      stores: this.stores.ready,
      hand: this.stores.hand,
      output: this.#shared.output,
      topicName: topicNaming(applicationId, topology),
      isInternal: (planned) => repartition.has(planned),
      settings: {
        emit: settings.emit,
        maxTaskIdleMs: settings.maxTaskIdleMs,
        maxBufferedBytes: this.#shared.maxBufferedBytes,
        policies,
      },
      compressions,
      readCron,
      clock: surroundings,
      counters,
      listeners,
      endOffset: this.#shared.endOffset,
    });
    return inputs.map(({ topic, partition, startOffset: offset }) => ({
      topic,
      partition,
      offset,
    }));
  }

  /** Throws the task away, with what it did not commit. */
  closeTask(): void {
    const { task } = this;
    this.task = undefined;
    try {
      task?.close();
    } catch (cause) {
      // It is let go of all the same, and what it did is committed or not.
      this.#parts.listeners.recovered(new ProcessError(this.plan.id, undefined, cause));
    }
  }

  /** Whether it writes down where its inputs begin: until it has, nobody else may have them. */
  get isPinning(): boolean {
    return this.#pinning !== undefined;
  }

  /** Resolves when nothing is being written down, well or not. */
  async pinned(): Promise<void> {
    await this.#pinning?.catch(() => undefined);
  }

  /** Next offset behind what is committed of each input. */
  get committed(): readonly RecordPosition[] {
    return [...this.#committed.values()];
  }

  /** Undefined: the task does not read that partition, or is not open yet. */
  committedOffset({ topic, partition }: TopicPartition): number | undefined {
    return this.#committed.get(partitionKey(topic, partition))?.offset;
  }

  /** The offset that the task processes next; undefined as `committedOffset`. */
  processedOffset(input: TopicPartition): number | undefined {
    return this.task
      ?.positions()
      .find((each) => each.topic === input.topic && each.partition === input.partition)?.offset;
  }

  /** The task's part of a commit is definite. */
  settled(offsets: readonly CommittedOffset[]): void {
    this.task?.settled();
    for (const position of offsets) this.#setCommitted(position);
  }

  #setCommitted({ topic, partition, offset }: RecordPosition): void {
    this.#committed.set(partitionKey(topic, partition), { topic, partition, offset });
  }

  async #startingPoints(): Promise<readonly TaskInput[]> {
    const { inputs } = this.plan;
    const { log, applicationId } = this.#parts;
    const committed = await log.admin.committedOffsets(applicationId, inputs);
    const ranges = await log.admin.offsetRanges(inputs);
    const starts = inputs.map((input, at) => {
      const start = startOf(input, committed[at] ?? none, ranges[at]);
      return { topic: input.topic, partition: input.partition, source: input.source, ...start };
    });
    const begun = starts.filter((_, at) => begins(inputs[at], committed[at]));
    // Who has it next may have begun.
    if (begun.length > 0 && !this.isRevoked) {
      this.#pinning = this.#pin(begun).finally(() => {
        this.#pinning = undefined;
      });
      await this.#pinning;
    }
    for (const { startOffset, ...input } of starts) {
      this.#setCommitted({ ...input, offset: startOffset });
    }
    return starts;
  }

  /**
   * An end moves: where an input that is read from its end begins is written down, so that whoever
   * has the task next goes on from there.
   */
  async #pin(starts: readonly TaskInput[]): Promise<void> {
    const { log, applicationId } = this.#parts;
    const offsets = starts.map(({ topic, partition, startOffset: offset }) => {
      return { topic, partition, offset, metadata: '' };
    });
    const member = must(this.#shared.member(), 'tasks are had by members');
    await log.admin.commitOffsets({ groupId: applicationId, member, offsets });
  }
}

type Progress = Pick<CommittedOffset, 'offset' | 'metadata'>;

const none: Progress = { offset: -1, metadata: '' };

function begins(input: PlannedInput | undefined, committed: Progress | undefined): boolean {
  return input?.from === 'latest' && committed === undefined;
}

/** Progress; where there is none, or its records are gone, as the source says. */
function startOf(
  input: PlannedInput,
  { offset, metadata }: Progress,
  range: OffsetRange | undefined,
): Pick<TaskInput, 'startOffset' | 'metadata'> {
  const { startOffset = 0, endOffset = 0 } = range ?? {};
  if (offset >= startOffset) return { startOffset: offset, metadata };
  return { startOffset: input.from === 'earliest' ? startOffset : endOffset, metadata };
}
