import type { RecordPosition } from '../../../errors/record-position.ts';
import { StoreDamagedError } from '../../../errors/store-errors.ts';
import type { FetchedBatches } from '../../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../../record/topic-partition.ts';
import type { AnyOpenStore } from '../../task/task-parts.ts';
import { RestoredWrites } from '../restore.ts';
import type { WorkerParts } from '../settings.ts';
import type { PlannedTask } from '../task-plan.ts';
import type { FollowedStore, TaskStores } from '../task-stores.ts';

/** A standby's store as readers find it. */
export type FoundStandby =
  | {
      readonly state: 'ready';
      readonly store: AnyOpenStore;
      /** Aborted when the store can be read no longer. */
      readonly closing: AbortSignal;
      readonly changelog: TopicPartition;
      /** The next record of the changelog that it has not. */
      readonly changelogOffset: number;
      /** Changelog records that it is behind, as far as is known. */
      readonly lag: number;
    }
  /** It is still far from the end, or begins. */
  | { readonly state: 'restoring'; readonly lag: number };

/**
 * The place of a standby in a worker: the stores of a task that another member processes, kept
 * close to the ends of their changelogs.
 *
 * Stores outlive it: they come from the task that was here before, and go to the one that will be.
 */
export class StandbySlot {
  readonly plan: PlannedTask;
  readonly stores: TaskStores;
  readonly #parts: WorkerParts;
  readonly #followed = new Map<string, Followed>();
  readonly #stopped = new AbortController();
  #closing = new AbortController();
  #applying: Promise<void> = Promise.resolve();
  #beginning: Promise<unknown> = Promise.resolve();

  readonly #damaged: (error: StoreDamagedError) => void;

  constructor(parts: WorkerParts, plan: PlannedTask, { stores, damaged }: StandbySlotOf) {
    this.#parts = parts;
    this.plan = plan;
    this.stores = stores;
    this.#damaged = damaged;
  }

  /** Changelog records that it is behind, as far as is known; undefined: not begun. */
  get lag(): number | undefined {
    if (this.#followed.size === 0) return undefined;
    return [...this.#followed.values()].reduce((sum, each) => sum + lagOf(each), 0);
  }

  /** Aborted when it is a standby no longer. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  /** Undefined: the task has no such store. */
  find(name: string): FoundStandby | undefined {
    if (!this.plan.stores.some(({ definition }) => definition.name === name)) return undefined;
    const followed = this.#followed.values().find(({ store }) => store.definition.name === name);
    const store = followed && this.#reader(followed);
    if (followed === undefined || store === undefined) return { state: 'restoring', lag: 0 };
    return {
      state: 'ready',
      store,
      closing: this.#closing.signal,
      changelog: followed.store.changelog,
      changelogOffset: followed.offset,
      lag: lagOf(followed),
    };
  }

  /**
   * Looks at what the stores have, and returns where their changelogs are to be read on.
   *
   * @throws As `TaskStores.follow`.
   */
  begin(): Promise<readonly RecordPosition[]> {
    const begun = this.#begin();
    this.#beginning = begun.catch(() => undefined);
    return begun;
  }

  async #begin(): Promise<readonly RecordPosition[]> {
    this.pause();
    await this.#applying;
    const stores = await this.stores.follow();
    if (this.stopped.aborted) return [];
    const nowMs = this.#parts.surroundings.nowMs();
    for (const store of stores) {
      const { from, endOffset, changelog } = store;
      const isAtEnd = from.offset >= endOffset;
      this.#followed.set(partitionKey(changelog.topic, changelog.partition), {
        store,
        offset: from.offset,
        endOffset,
        completeAtMs: isAtEnd ? nowMs : from.flushedAtMs,
        reader: undefined,
      });
    }
    return stores.map(({ changelog, from }) => ({ ...changelog, offset: from.offset }));
  }

  /**
   * Writes batches of a changelog into the engine.
   *
   * @param askedAtMs - When the log was asked for them: what came since may not be among them.
   * @returns False when it has to begin anew: it was behind for longer than the changelog keeps
   *   deletions, and may have missed some.
   * @throws {StoreUnavailableError} {@link StoreDamagedError} {@link LogDamagedError}
   */
  async take(fetched: FetchedBatches, askedAtMs: number): Promise<boolean> {
    const followed = this.#followed.get(partitionKey(fetched.topic, fetched.partition));
    // What was on its way when reading stopped.
    if (followed === undefined || fetched.fromOffset !== followed.offset) return true;
    const nowMs = this.#parts.surroundings.nowMs();
    if (nowMs - followed.completeAtMs > followed.store.deleteRetentionMs) return false;
    if (fetched.nextOffset >= fetched.endOffset) followed.completeAtMs = askedAtMs;
    const applied = this.#apply(followed, fetched);
    this.#applying = applied.catch(() => undefined);
    await applied;
    return true;
  }

  /** The log was asked for what there is behind, and has said where changelogs end. */
  knowEnds(endOf: (changelog: TopicPartition) => number | undefined, askedAtMs: number): void {
    for (const followed of this.#followed.values()) {
      const endOffset = endOf(followed.store.changelog);
      if (endOffset === undefined) continue;
      followed.endOffset = Math.max(followed.offset, endOffset);
      if (lagOf(followed) === 0) followed.completeAtMs = askedAtMs;
    }
  }

  /** Readers are sent away, until it begins anew. */
  pause(): void {
    this.#followed.clear();
    this.#closing.abort();
    this.#closing = new AbortController();
  }

  /** Resolves when it uses its stores no more: for who goes on with them. */
  async left(): Promise<void> {
    await this.stop();
    await this.#beginning;
  }

  /** It is a standby no longer. Resolves when nothing is being written. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.pause();
    await this.#applying;
  }

  /** Undefined: it meets damage. */
  #reader(followed: Followed): AnyOpenStore | undefined {
    try {
      // Opened anew whenever rows have come: what it knows of time is what it opens over.
      followed.reader ??= followed.store.open();
      return followed.reader;
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      this.#damaged(error);
      return undefined;
    }
  }

  async #apply(followed: Followed, fetched: FetchedBatches): Promise<void> {
    const { store } = followed;
    const { compressions } = this.#parts;
    const { changelog, engine } = store;
    const writes = new RestoredWrites({ changelog, compressions, store: store.rows });
    await writes.take(fetched);
    const { nextOffset, endOffset } = fetched;
    // As old as what it is complete up to: deletions behind that may be gone soon.
    const flushedAtMs = followed.completeAtMs;
    await engine.apply(writes.list, { ...store.from, offset: nextOffset, flushedAtMs });
    followed.offset = nextOffset;
    followed.endOffset = Math.max(nextOffset, endOffset);
    followed.reader = undefined;
  }
}

/** What a standby is made with. */
export interface StandbySlotOf {
  readonly stores: TaskStores;
  /** Called when whoever looks for a store meets damage in it. */
  damaged(error: StoreDamagedError): void;
}

/** A changelog that is being read. */
interface Followed {
  readonly store: FollowedStore;
  offset: number;
  endOffset: number;
  /** When it was at the end last. */
  completeAtMs: number;
  reader: AnyOpenStore | undefined;
}

function lagOf({ offset, endOffset }: Followed): number {
  return Math.max(0, endOffset - offset);
}
