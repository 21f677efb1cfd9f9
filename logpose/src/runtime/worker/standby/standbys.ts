import { setImmediate } from 'node:timers/promises';
import { PositionOutOfRangeError } from '../../../errors/log-errors.ts';
import { StoreDamagedError } from '../../../errors/store-errors.ts';
import { StreamsError } from '../../../errors/streams-error.ts';
import type { FetchedBatches, LogConsumer } from '../../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../../record/topic-partition.ts';
import type { WorkerParts } from '../settings.ts';
import { Signal } from '../signal.ts';
import type { PlannedTask } from '../task-plan.ts';
import { TaskStores } from '../task-stores.ts';
import { StandbySlot } from './standby-slot.ts';

/** Stores that go from one place in a worker to another. */
export interface FreedStores {
  /** Undefined: none are there, they are to be opened. */
  readonly stores: TaskStores | undefined;
  /** Resolves when nobody uses them any more. */
  readonly freed: Promise<void>;
}

/** Who hears of what happens to standbys. */
export interface StandbyListeners {
  /** It is no further behind than a task may be that moves there. */
  caughtUp(slot: StandbySlot): void;
  /** Something went wrong, and is tried again. */
  recovered(error: StreamsError): void;
  /** A mistake of ours. */
  failed(error: unknown): void;
}

const pollTimeoutMs = 30_000;
// Decoded in one go: a few milliseconds between two turns of the tasks.
const maxPartitionBytes = 128 * 1024;
const maxRetryDelayMs = 3200;

/**
 * The standbys of a worker: one consumer reads all their changelogs, one batch at a time, a turn of
 * the event loop each, so that tasks go first. Whatever fails is tried again for as long as the
 * worker is open: tasks do not depend on it.
 */
export class Standbys {
  #slots: readonly StandbySlot[] = [];
  readonly #parts: WorkerParts;
  readonly #listeners: StandbyListeners;
  readonly #places = new Map<string, StandbySlot>();
  readonly #caughtUp = new WeakSet<StandbySlot>();
  /** Of each that was taken out, its stores' end. */
  readonly #leaving = new Map<StandbySlot, Promise<void>>();
  /** When the stores that slots came to are free. */
  readonly #arriving = new WeakMap<StandbySlot, Promise<unknown>>();
  readonly #signal: Signal;
  #consumer: LogConsumer | undefined = undefined;
  #isStopped = false;

  constructor(parts: WorkerParts, listeners: StandbyListeners) {
    this.#parts = parts;
    this.#listeners = listeners;
    this.#signal = new Signal(parts.surroundings);
  }

  /** Another list whenever standbys come or go. */
  get slots(): readonly StandbySlot[] {
    return this.#slots;
  }

  /** Begins to keep a task's stores warm, or goes on with those that its task had here. */
  add(plan: PlannedTask, { stores, freed }: FreedStores): void {
    if (this.#isStopped) return;
    const slot: StandbySlot = new StandbySlot(this.#parts, plan, {
      stores: stores ?? new TaskStores(this.#parts, plan),
      damaged: (error) => this.damaged(slot, error),
    });
    this.#slots = [...this.#slots, slot];
    const arrived = Promise.all([freed, this.#left(plan.id)]);
    this.#arriving.set(slot, arrived);
    void arrived.then(() => this.#begin(slot));
  }

  /** Hands a task's stores to the task, where it is a standby here. */
  release(taskId: string): FreedStores {
    const slot = this.#slots.find(({ plan }) => plan.id === taskId);
    return {
      stores: slot?.stores,
      freed: slot === undefined ? this.#left(taskId) : this.#takeAway(slot),
    };
  }

  /** Lets go of standbys; their stores are closed in the background. */
  remove(slots: readonly StandbySlot[]): void {
    for (const slot of slots) {
      const closed = this.#close(slot).finally(() => this.#leaving.delete(slot));
      this.#leaving.set(slot, closed);
    }
  }

  /** A store's files are damaged: it is read from the beginning. */
  damaged(slot: StandbySlot, error: StoreDamagedError): void {
    if (slot.stopped.aborted) return;
    this.#again(slot, error);
  }

  async close(how: 'clean' | 'abandoned'): Promise<void> {
    this.#isStopped = true;
    this.#signal.notify();
    this.#consumer?.wake();
    this.#consumer?.close();
    const slots = [...this.#slots, ...(how === 'abandoned' ? this.#leaving.keys() : [])];
    await Promise.all(slots.map((slot) => this.#takeOut(slot)));
    const closed = await Promise.allSettled([
      ...slots.map(({ stores }) => stores.close(how)),
      ...this.#leaving.values(),
    ]);
    for (const outcome of closed) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Resolves when an earlier stay of a task has let go of its files. */
  async #left(taskId: string): Promise<void> {
    const earlier = [...this.#leaving].filter(([{ plan }]) => plan.id === taskId);
    await Promise.all(earlier.map(([, closed]) => closed));
  }

  async #close(slot: StandbySlot): Promise<void> {
    await this.#takeAway(slot);
    try {
      await slot.stores.close('clean');
    } catch (error) {
      this.#report(error);
    }
  }

  /** Resolves when nobody here uses the slot's stores. */
  async #takeAway(slot: StandbySlot): Promise<void> {
    await this.#takeOut(slot);
    await this.#arriving.get(slot);
    await slot.left();
  }

  async #takeOut(slot: StandbySlot): Promise<void> {
    this.#slots = this.#slots.filter((each) => each !== slot);
    this.#unassign(slot);
    await slot.stop();
  }

  async #begin(slot: StandbySlot): Promise<void> {
    for (let failures = 0; !slot.stopped.aborted; failures++) {
      try {
        this.#assign(slot, await slot.begin());
        return;
      } catch (error) {
        if (!this.#mayGoOn(slot, error)) return;
        await this.#pause(slot, failures);
      }
    }
  }

  /** Begins a slot anew: what it has is looked at again, and thrown away where it has to be. */
  #again(slot: StandbySlot, error?: unknown): void {
    this.#unassign(slot);
    slot.pause();
    if (error !== undefined && !this.#mayGoOn(slot, error)) return;
    void this.#pause(slot, error === undefined ? 0 : 1).then(() => this.#begin(slot));
  }

  #assign(slot: StandbySlot, positions: Awaited<ReturnType<StandbySlot['begin']>>): void {
    if (slot.stopped.aborted || this.#isStopped || positions.length === 0) return;
    for (const { topic, partition } of positions) {
      this.#places.set(partitionKey(topic, partition), slot);
    }
    if (this.#consumer === undefined) {
      this.#consumer = this.#parts.log.consumer({ maxPartitionBytes, isolation: 'read-committed' });
      void this.#run(this.#consumer);
    }
    this.#consumer.assign(positions);
    this.#consumer.wake();
    this.#signal.notify();
    this.#checkLag(slot);
  }

  #unassign(slot: StandbySlot): void {
    const changelogs = slot.plan.stores.flatMap(({ changelog }) => changelog ?? []);
    const held = changelogs.filter((each) => this.#slotOf(each) === slot);
    for (const { topic, partition } of held) this.#places.delete(partitionKey(topic, partition));
    if (held.length > 0 && !this.#isStopped) this.#consumer?.unassign(held);
  }

  async #run(consumer: LogConsumer): Promise<void> {
    for (let failures = 0; !this.#isStopped; ) {
      if (this.#places.size === 0) {
        await this.#signal.wait(Number.POSITIVE_INFINITY);
        continue;
      }
      try {
        await this.#read(consumer);
        failures = 0;
      } catch (error) {
        if (this.#isStopped) return;
        if (!this.#isOnePartitions(error)) this.#report(error);
        await this.#signal.wait(this.#delayMs(failures++));
      }
    }
  }

  async #read(consumer: LogConsumer): Promise<void> {
    const askedAtMs = this.#parts.surroundings.nowMs();
    const fetched = await consumer.poll(pollTimeoutMs);
    for (const each of fetched) {
      if (this.#isStopped) return;
      await this.#take(each, askedAtMs);
      await setImmediate();
    }
    if (this.#isStopped) return;
    for (const slot of this.#slots) slot.knowEnds((each) => consumer.endOffset(each), askedAtMs);
  }

  async #take(fetched: FetchedBatches, askedAtMs: number): Promise<void> {
    const slot = this.#slotOf(fetched);
    if (slot === undefined) return;
    try {
      if (await slot.take(fetched, askedAtMs)) this.#checkLag(slot);
      else this.#again(slot);
    } catch (error) {
      if (!slot.stopped.aborted) this.#again(slot, error);
    }
  }

  /** Whether a failed poll is a matter of one partition; then its slot begins anew. */
  #isOnePartitions(error: unknown): boolean {
    const slot =
      error instanceof PositionOutOfRangeError ? this.#slotOf(error.position) : undefined;
    if (slot === undefined) return false;
    this.#again(slot, error);
    return true;
  }

  #checkLag(slot: StandbySlot): void {
    const { lag } = slot;
    const { acceptableLag } = this.#parts.assignment;
    if (lag === undefined || lag > acceptableLag || this.#caughtUp.has(slot)) return;
    this.#caughtUp.add(slot);
    this.#listeners.caughtUp(slot);
  }

  #slotOf({ topic, partition }: TopicPartition): StandbySlot | undefined {
    return this.#places.get(partitionKey(topic, partition));
  }

  #mayGoOn(slot: StandbySlot, error: unknown): boolean {
    if (slot.stopped.aborted) return false;
    if (error instanceof StoreDamagedError) slot.stores.distrust(error.store);
    return this.#report(error);
  }

  #report(error: unknown): boolean {
    if (error instanceof StreamsError) this.#listeners.recovered(error);
    else this.#listeners.failed(error);
    return error instanceof StreamsError;
  }

  #delayMs(failures: number): number {
    return Math.min(maxRetryDelayMs, this.#parts.settings.retryDelayMs * 2 ** failures);
  }

  /** Ends early when the slot is stopped. */
  async #pause(slot: StandbySlot, failures: number): Promise<void> {
    const { surroundings } = this.#parts;
    if (slot.stopped.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    const cancel = surroundings.after(this.#delayMs(failures), end);
    slot.stopped.addEventListener('abort', end);
    await promise;
    cancel();
    slot.stopped.removeEventListener('abort', end);
  }
}
