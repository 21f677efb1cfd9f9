import type { StoreDamagedError } from '../../errors/store-errors.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { Fetcher } from './fetcher.ts';
import type { WorkerParts } from './settings.ts';
import { type SharedByTasks, TaskSlot } from './task-slot.ts';

/** A slot on whose task a failure happened, and the failure. */
export interface TaskFailure {
  readonly slot: TaskSlot;
  readonly error: unknown;
}

/** Who hears of a task set's progress. */
export interface TaskSetListeners {
  /** A task has been opened. */
  opened(): void;
  /** A task could not be opened; it is tried again at the next `open`. */
  notOpened(failure: TaskFailure): void;
}

/** The tasks of a worker: opens them, a few at a time, and opens them anew. */
export class TaskSet {
  readonly slots: readonly TaskSlot[];
  /** Whose task was worked on last: what is thrown then happened there. */
  current: TaskSlot | undefined = undefined;
  readonly #parts: WorkerParts;
  readonly #fetcher: Fetcher;
  readonly #listeners: TaskSetListeners;
  readonly #stopping = new AbortController();
  readonly #byInput = new Map<string, TaskSlot>();
  readonly #waiting: TaskSlot[] = [];
  /** Slots that are waiting to be opened or being opened. */
  readonly #opening = new Set<TaskSlot>();
  readonly #active = new Set<Promise<void>>();

  constructor(
    parts: WorkerParts,
    shared: SharedByTasks & { readonly fetcher: Fetcher },
    listeners: TaskSetListeners,
  ) {
    this.#parts = parts;
    this.#fetcher = shared.fetcher;
    this.#listeners = listeners;
    this.slots = parts.tasks.map((plan) => new TaskSlot(parts, plan, shared));
    for (const slot of this.slots) {
      for (const { topic, partition } of slot.plan.inputs) {
        this.#byInput.set(partitionKey(topic, partition), slot);
      }
    }
  }

  /** Whether every task is open, its stores restored. */
  get isComplete(): boolean {
    return this.slots.every((slot) => slot.task !== undefined);
  }

  /** The slot whose task reads a partition. */
  reading({ topic, partition }: TopicPartition): TaskSlot | undefined {
    return this.#byInput.get(partitionKey(topic, partition));
  }

  /** The next offset behind what is committed of an input; undefined: not known yet. */
  readonly committedOffset = (input: TopicPartition): number | undefined =>
    this.reading(input)?.committedOffset(input);

  /** The offset that is processed next; undefined: its task is not open. */
  readonly processedOffset = (input: TopicPartition): number | undefined =>
    this.reading(input)?.processedOffset(input);

  /** Begins to open every slot that has no task. Each starts as soon as its stores are restored. */
  open(): void {
    for (const slot of this.slots) {
      if (slot.task === undefined && !this.#opening.has(slot)) {
        this.#enqueue(slot);
      }
    }
  }

  /** Throws every open task away and opens it anew at what is committed. */
  async reopen(): Promise<void> {
    const slots = this.slots.filter((slot) => slot.task !== undefined);
    for (const slot of slots) slot.closeTask();
    for (const slot of slots) {
      await slot.stores.open(this.#stopping.signal);
      await this.#openTask(slot);
    }
    this.open();
  }

  /** Begins to rebuild a store whose files are damaged; the other tasks go on. */
  rebuild(slot: TaskSlot, { store }: Pick<StoreDamagedError, 'store'>): void {
    slot.closeTask();
    slot.stores.distrust(store);
    if (!this.#opening.has(slot)) this.#enqueue(slot);
  }

  /** Ends every restoring. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting.length = 0;
    await Promise.all(this.#active);
  }

  async close(how: 'clean' | 'abandoned'): Promise<void> {
    for (const slot of this.slots) slot.closeTask();
    const closed = await Promise.allSettled(this.slots.map((slot) => slot.stores.close(how)));
    for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason;
  }

  #enqueue(slot: TaskSlot): void {
    this.#opening.add(slot);
    this.#waiting.push(slot);
    this.#openNext();
  }

  #openNext(): void {
    while (this.#active.size < this.#parts.settings.maxRestoringTasks) {
      const slot = this.#waiting.shift();
      if (slot === undefined) return;
      const active = this.#run(slot).finally(() => {
        this.#active.delete(active);
        this.#openNext();
      });
      this.#active.add(active);
    }
  }

  async #run(slot: TaskSlot): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await slot.stores.open(signal);
      if (signal.aborted) return;
      await this.#openTask(slot);
      this.#opening.delete(slot);
      this.#listeners.opened();
    } catch (error) {
      this.#opening.delete(slot);
      if (!signal.aborted) this.#listeners.notOpened({ slot, error });
    }
  }

  async #openTask(slot: TaskSlot): Promise<void> {
    await this.#fetcher.assign(await slot.openTask());
  }
}
