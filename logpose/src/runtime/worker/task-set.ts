import type { StoreDamagedError } from '../../errors/store-errors.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import type { Fetcher } from './fetcher.ts';
import type { WorkerParts } from './settings.ts';
import { SlotOpenings } from './slot-openings.ts';
import type { FreedStores } from './standby/standbys.ts';
import type { PlannedTask } from './task-plan.ts';
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
  /** The stores of a task that was taken out could not be closed in order. */
  notClosed(error: unknown): void;
}

/** The tasks that a worker has now: opens them, a few at a time, opens them anew, lets them go. */
export class TaskSet {
  /** Whose task was worked on last: what is thrown then happened there. */
  current: TaskSlot | undefined = undefined;
  #slots: readonly TaskSlot[] = [];
  readonly #parts: WorkerParts;
  readonly #shared: SharedByTasks;
  readonly #fetcher: Fetcher;
  readonly #listeners: TaskSetListeners;
  readonly #byInput = new Map<string, TaskSlot>();
  readonly #openings: SlotOpenings;
  /** Of each task that was taken out, its stores' end. */
  readonly #leaving = new Map<TaskSlot, Promise<void>>();
  /** When the stores that slots came to are free. */
  readonly #arriving = new WeakMap<TaskSlot, Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor(
    parts: WorkerParts,
    shared: SharedByTasks & { readonly fetcher: Fetcher },
    listeners: TaskSetListeners,
  ) {
    this.#parts = parts;
    this.#shared = shared;
    this.#fetcher = shared.fetcher;
    this.#listeners = listeners;
    this.#openings = new SlotOpenings({
      maxOpening: parts.settings.maxRestoringTasks,
      open: (slot, signal) => this.#openSlot(slot, signal),
      opened: () => listeners.opened(),
      failed: (slot, error) => listeners.notOpened({ slot, error }),
    });
  }

  /** Another list whenever tasks come or go. */
  get slots(): readonly TaskSlot[] {
    return this.#slots;
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

  /**
   * Takes tasks in; `open` begins to open them.
   *
   * @param freed - Stores that are there already, or when files are free.
   */
  add(plans: readonly PlannedTask[], freed: (taskId: string) => FreedStores): void {
    const slots = plans.map((plan) => {
      const { stores, freed: isFree } = freed(plan.id);
      const slot = new TaskSlot(this.#parts, plan, { ...this.#shared, stores });
      // Those that leave later may wait for this one.
      this.#arriving.set(slot, Promise.all([isFree, this.left(plan.id)]));
      return slot;
    });
    this.#slots = [...this.#slots, ...slots];
    for (const slot of slots) {
      for (const { topic, partition } of slot.plan.inputs) {
        this.#byInput.set(partitionKey(topic, partition), slot);
      }
    }
  }

  /**
   * Lets tasks go, with what they did not commit. Their stores are closed in the background; a task
   * that comes back waits for that.
   */
  remove(slots: readonly TaskSlot[]): void {
    this.#takeOut(slots);
    for (const slot of slots) {
      const closed = this.#close(slot).finally(() => this.#leaving.delete(slot));
      this.#leaving.set(slot, closed);
    }
  }

  /** Lets a task go as `remove` does, but not its stores: somebody else goes on with them. */
  release(slot: TaskSlot): FreedStores {
    this.#takeOut([slot]);
    return { stores: slot.stores, freed: this.#cancel(slot) };
  }

  /** Begins to open every slot that has no task. Each starts as soon as its stores are restored. */
  open(): void {
    for (const slot of this.slots) {
      if (slot.task === undefined && !slot.isRevoked) this.#openings.add(slot);
    }
  }

  /** Throws every open task away and opens it anew at what is committed. */
  async reopen(): Promise<void> {
    const slots = this.slots.filter((slot) => slot.task !== undefined);
    for (const slot of slots) slot.closeTask();
    for (const slot of slots.filter(({ isRevoked }) => !isRevoked)) {
      await slot.stores.open(this.#stopping.signal);
      await this.#openTask(slot);
    }
    this.open();
  }

  /** Begins to rebuild a store whose files are damaged; the other tasks go on. */
  rebuild(slot: TaskSlot, { store }: Pick<StoreDamagedError, 'store'>): void {
    if (!this.slots.includes(slot) || slot.isRevoked) return;
    slot.closeTask();
    slot.stores.distrust(store);
    this.#openings.add(slot);
  }

  /** Ends every restoring. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#openings.stop();
  }

  async close(how: 'clean' | 'abandoned'): Promise<void> {
    for (const slot of this.slots) slot.closeTask();
    const slots = [...this.slots, ...(how === 'abandoned' ? this.#leaving.keys() : [])];
    const closed = await Promise.allSettled([
      ...slots.map((slot) => slot.stores.close(how)),
      ...this.#leaving.values(),
    ]);
    for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #openSlot(slot: TaskSlot, signal: AbortSignal): Promise<void> {
    await this.#arriving.get(slot);
    if (signal.aborted) return;
    await slot.stores.open(signal);
    if (signal.aborted) return;
    await this.#openTask(slot);
  }

  #takeOut(slots: readonly TaskSlot[]): void {
    this.#slots = this.#slots.filter((slot) => !slots.includes(slot));
    if (this.current !== undefined && slots.includes(this.current)) this.current = undefined;
    for (const slot of slots) {
      slot.isRevoked = true;
      this.#forget(slot);
    }
  }

  /** Resolves when no task is writing down where its inputs begin. */
  async pinned(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.pinned()));
  }

  /** Resolves when an earlier stay of a task has let go of its files. */
  async left(taskId: string): Promise<void> {
    const earlier = [...this.#leaving].filter(([{ plan }]) => plan.id === taskId);
    await Promise.all(earlier.map(([, closed]) => closed));
  }

  async #openTask(slot: TaskSlot): Promise<void> {
    await this.#fetcher.assign(await slot.openTask());
  }

  /** Resolves when nobody here uses the slot's stores. */
  async #cancel(slot: TaskSlot): Promise<void> {
    await this.#openings.cancel(slot);
    await this.#arriving.get(slot);
    // It may have come further meanwhile.
    this.#forget(slot);
  }

  async #close(slot: TaskSlot): Promise<void> {
    await this.#cancel(slot);
    try {
      await slot.stores.close('clean');
    } catch (error) {
      this.#listeners.notClosed(error);
    }
  }

  #forget(slot: TaskSlot): void {
    slot.closeTask();
    const { inputs } = slot.plan;
    this.#fetcher.unassign(inputs);
    for (const { topic, partition } of inputs) {
      const key = partitionKey(topic, partition);
      if (this.#byInput.get(key) === slot) this.#byInput.delete(key);
    }
  }
}
