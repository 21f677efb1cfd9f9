import { assert, must } from '../../base/assert.ts';
import { LogUnavailableError } from '../../errors/log-errors.ts';
import { StoreDamagedError } from '../../errors/store-errors.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import { openStore } from '../../store/open-store.ts';
import type { Checkpoint, StoreEngine, TaskEngines } from '../../store/store-engine.ts';
import { RecordInHand } from '../task/record-in-hand.ts';
import type { AnyOpenStore, TaskStore } from '../task/task-parts.ts';
import { type ChangelogNow, deleteRetentionMs, problemOfCheckpoint } from './checkpoint-rules.ts';
import { restore } from './restore.ts';
import type { WorkerParts } from './settings.ts';
import type { PlannedTask, PlannedTaskStore } from './task-plan.ts';

/** A store that is restored, and up to where. */
interface ReadyStore extends TaskStore {
  /** What the engine will be complete up to; undefined without a changelog. */
  reached: Checkpoint | undefined;
  /** Aborted when the store can be read no longer. */
  readonly closing: AbortController;
}

/** A store as readers find it. */
export type FoundStore =
  | {
      readonly state: 'ready';
      readonly store: AnyOpenStore;
      readonly closing: AbortSignal;
      /** Where what is committed ends in the changelog; undefined without one. */
      readonly changelogOffset: number | undefined;
    }
  | { readonly state: 'restoring'; readonly lag: number };

/** A store whose changelog somebody reads into its engine. */
export interface FollowedStore {
  readonly definition: PlannedTaskStore['definition'];
  readonly changelog: TopicPartition;
  readonly engine: StoreEngine;
  /** Knows the form of the rows. */
  readonly rows: AnyOpenStore;
  /** Where to read on, and what the checkpoints say besides. */
  readonly from: Checkpoint;
  readonly endOffset: number;
  /** For how long the changelog keeps deletions. */
  readonly deleteRetentionMs: number;
  /** The store as it is now, for reading. */
  open(): AnyOpenStore;
}

const noChangelog: Omit<Checkpoint, 'flushedAtMs'> = { topicId: '', leaderEpoch: -1, offset: 0 };

/** The stores of one task and their engines. They outlive the tasks that are opened over them. */
export class TaskStores {
  readonly #parts: WorkerParts;
  readonly #plan: PlannedTask;
  readonly #ready = new Map<string, ReadyStore>();
  readonly #lags = new Map<string, number>();
  /** Stores that are to be thrown away. */
  readonly #damaged = new Set<string>();
  #engines: TaskEngines | undefined = undefined;
  #hand = new RecordInHand();
  #isOpening = false;
  #isClosed = false;
  #durable: Promise<void> = Promise.resolve();
  #flushing: Promise<void> | undefined = undefined;
  readonly #abandoned = Promise.withResolvers<never>();

  constructor(parts: WorkerParts, plan: PlannedTask) {
    this.#parts = parts;
    this.#plan = plan;
    this.#abandoned.promise.catch(() => undefined);
  }

  /** What the tasks over them have in hand: the same for as long as they are this member's. */
  get hand(): RecordInHand {
    return this.#hand;
  }

  /** The restored stores, for a task. */
  get ready(): ReadonlyMap<string, TaskStore> {
    return this.#ready;
  }

  get unflushedBytes(): number {
    let bytes = 0;
    for (const { store } of this.#ready.values()) bytes += store.unflushedBytes;
    return bytes;
  }

  /** Changelog records still to be read. */
  get lag(): number {
    return [...this.#lags.values()].reduce((sum, lag) => sum + lag, 0);
  }

  /** Undefined: the task has no such store. */
  find(name: string): FoundStore | undefined {
    const ready = this.#ready.get(name);
    if (ready !== undefined) {
      const { store, closing, reached } = ready;
      return {
        state: 'ready',
        store,
        closing: closing.signal,
        changelogOffset: reached?.offset,
      };
    }
    const isPlanned = this.#plan.stores.some(({ definition }) => definition.name === name);
    return isPlanned ? { state: 'restoring', lag: this.#lags.get(name) ?? 0 } : undefined;
  }

  /**
   * Opens the engines, drops what is not committed and brings every store up to the end of its
   * changelog: one that is new, one whose changelog has more than it knows of (the end of a
   * transaction in doubt). May be called again when it failed: it goes on where it was.
   */
  async open(signal: AbortSignal): Promise<void> {
    const { stores } = this.#plan;
    if (stores.length === 0 || !(await this.#openEngines())) return;
    await this.#discardDamaged();
    for (const { store } of this.#ready.values()) store.rollback();
    const changelogs = await this.#changelogs(stores);
    const behind = stores.filter((planned) => !this.#isUpToDate(planned, changelogs.get(planned)));
    if (behind.length === 0) return;
    await this.flush();
    for (const { definition } of behind) this.#close(definition.name);
    await this.#bringUp(behind, signal);
  }

  /**
   * Leaves the stores to somebody who reads their changelogs into their engines: what is not
   * committed is dropped, and who reads them here is sent away. Returns where to read on; empty
   * when they were closed meanwhile. Another `open` brings them up to the end.
   *
   * @throws {StoreUnavailableError} When what is committed cannot be written; it stays.
   * @throws {LogUnavailableError}
   */
  async follow(): Promise<readonly FollowedStore[]> {
    const { stores } = this.#plan;
    if (!(await this.#openEngines())) return [];
    await this.#discardDamaged();
    for (const { store } of this.#ready.values()) store.rollback();
    await this.flush();
    for (const { definition } of stores) this.#close(definition.name);
    // What an earlier task here has seen is not what the next one will go on from.
    this.#hand = new RecordInHand();
    const changelogs = await this.#changelogs(stores);
    const followed: FollowedStore[] = [];
    for (const planned of stores) {
      const now = changelogs.get(planned);
      if (now !== undefined) followed.push(await this.#followed(planned, now));
    }
    return followed;
  }

  /** A store's files are damaged: the next `open` reads its changelog from the beginning. */
  distrust(name: string): void {
    this.#close(name);
    this.#damaged.add(name);
  }

  /**
   * A commit is definite: its rows have been settled.
   *
   * @param endOf - The changelogs' new ends; undefined: nothing was written to it.
   */
  committed(endOf: (topic: string) => number | undefined, durable: Promise<void>): void {
    for (const ready of this.#ready.values()) {
      const offset = ready.changelog && endOf(ready.changelog.topic);
      if (offset === undefined || ready.reached === undefined) continue;
      ready.reached = { ...ready.reached, offset };
      this.#durable = durable;
    }
  }

  /**
   * Writes what is committed into the engines, once the log has made it durable. One at a time; a
   * call while another is at work joins it.
   *
   * @throws {StoreUnavailableError} When an engine cannot write; the rows stay in memory.
   */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** `'clean'`: everything committed is in the engines. */
  async close(how: 'clean' | 'abandoned'): Promise<void> {
    this.#isClosed = true;
    for (const { closing } of this.#ready.values()) closing.abort();
    if (how === 'abandoned') this.#abandoned.reject(new Error('the stores are given up'));
    try {
      await this.#flushing?.catch(() => undefined);
      if (how === 'clean') await this.flush();
    } finally {
      this.#ready.clear();
      const engines = this.#engines;
      this.#engines = undefined;
      await engines?.close(how);
    }
  }

  async #flush(): Promise<void> {
    const flushedAtMs = this.#parts.surroundings.nowMs();
    const durable = Promise.race([this.#durable, this.#abandoned.promise]);
    // With nothing to flush nobody waits for it.
    durable.catch(() => undefined);
    const flushes = [...this.#ready.values()]
      .filter(({ store }) => store.unflushedBytes > 0)
      .map(({ store, reached = noChangelog }) => store.flush({ ...reached, flushedAtMs }, durable));
    // All of them end before the first failure is told: none may be at work when engines close.
    const outcomes = await Promise.allSettled(flushes);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** False: somebody has closed them meanwhile. */
  async #openEngines(): Promise<boolean> {
    assert(!this.#isOpening, 'engines are opened once at a time');
    this.#isOpening = true;
    try {
      return this.#engines !== undefined || (await this.#openFiles());
    } finally {
      this.#isOpening = false;
    }
  }

  async #openFiles(): Promise<boolean> {
    const { engines, directoryOf } = this.#parts;
    const { id, stores } = this.#plan;
    const names = stores.map(({ definition }) => definition.name);
    const directory = directoryOf(id);
    const opened = this.#isClosed ? undefined : await engines.open({ directory, stores: names });
    // Whoever closed meanwhile found nothing to close.
    if (this.#isClosed) {
      await opened?.close('abandoned');
      return false;
    }
    this.#engines = opened;
    this.#tellDiscarded(names, directory ?? '', opened?.discarded);
    return true;
  }

  async #followed(
    { definition, changelog }: PlannedTaskStore,
    now: ChangelogNow,
  ): Promise<FollowedStore> {
    const engine = this.#engine(definition.name);
    const open = () => this.#openOver(definition, engine);
    return {
      definition,
      changelog: must(changelog, 'who has no changelog has nothing to follow'),
      engine,
      rows: open(),
      from: await this.#from(engine, definition.name, now),
      endOffset: now.range.endOffset,
      deleteRetentionMs: deleteRetentionMs(now.topic),
      open,
    };
  }

  /** Where an engine's changelog is to be read on. What cannot be gone on with is thrown away. */
  async #from(engine: StoreEngine, name: string, now: ChangelogNow): Promise<Checkpoint> {
    const { topic, range, nowMs } = now;
    const { checkpoint } = engine;
    if (checkpoint !== undefined && problemOfCheckpoint(checkpoint, now) !== undefined) {
      await this.#opened().discard(name);
    }
    return {
      topicId: topic.topicId,
      leaderEpoch: range.leaderEpoch,
      offset: engine.checkpoint?.offset ?? range.startOffset,
      flushedAtMs: engine.checkpoint?.flushedAtMs ?? nowMs,
    };
  }

  async #discardDamaged(): Promise<void> {
    for (const name of this.#damaged) {
      this.#close(name);
      await this.#flushing?.catch(() => undefined);
      await this.#opened().discard(name);
      this.#damaged.delete(name);
    }
  }

  #isUpToDate({ definition }: PlannedTaskStore, now: ChangelogNow | undefined): boolean {
    const ready = this.#ready.get(definition.name);
    const reached = ready?.reached;
    if (reached === undefined || now === undefined) return ready !== undefined;
    const { endOffset, leaderEpoch } = now.range;
    return reached.offset === endOffset && reached.leaderEpoch === leaderEpoch;
  }

  async #bringUp(stores: readonly PlannedTaskStore[], signal: AbortSignal): Promise<void> {
    const changelogs = await this.#changelogs(stores);
    for (const planned of stores) {
      const now = changelogs.get(planned);
      this.#lags.set(planned.definition.name, now === undefined ? 0 : now.range.endOffset);
    }
    for (const planned of stores) {
      const reached = await this.#restore(planned, changelogs.get(planned), signal);
      if (signal.aborted) return;
      this.#add(planned, reached);
    }
  }

  async #restore(
    { definition, changelog }: PlannedTaskStore,
    now: ChangelogNow | undefined,
    signal: AbortSignal,
  ): Promise<Checkpoint | undefined> {
    if (now === undefined || changelog === undefined) return undefined;
    const { name } = definition;
    const engine = this.#engine(name);
    const from = { ...(await this.#from(engine, name, now)), flushedAtMs: now.nowMs };
    const offset = await restore({
      log: this.#parts.log,
      compressions: this.#parts.compressions,
      changelog,
      engine,
      store: this.#openOver(definition, engine),
      from,
      endOffset: now.range.endOffset,
      progress: (lag) => this.#progress(name, lag),
      signal,
    });
    return { ...from, offset };
  }

  #tellDiscarded(names: readonly string[], directory: string, damage: string | undefined): void {
    if (damage === undefined) return;
    const error = new StoreDamagedError(names.join(', '), directory, { damage });
    this.#parts.listeners.recovered(error);
  }

  #progress(store: string, lag: number): void {
    this.#lags.set(store, lag);
    this.#parts.listeners.restoring({ store, partition: this.#plan.partition, lag });
  }

  #add({ definition, changelog }: PlannedTaskStore, reached: Checkpoint | undefined): void {
    const { name } = definition;
    const store = this.#openOver(definition, this.#engine(name));
    this.#lags.set(name, 0);
    this.#ready.set(name, { store, changelog, reached, closing: new AbortController() });
  }

  #close(name: string): void {
    this.#ready.get(name)?.closing.abort();
    this.#ready.delete(name);
  }

  #openOver(definition: PlannedTaskStore['definition'], engine: StoreEngine): AnyOpenStore {
    return openStore({ definition, engine, timeMs: this.#hand.timeMs, inHand: this.#hand });
  }

  async #changelogs(
    stores: readonly PlannedTaskStore[],
  ): Promise<ReadonlyMap<PlannedTaskStore, ChangelogNow>> {
    const { admin } = this.#parts.log;
    const kept = stores.filter(({ changelog }) => changelog !== undefined);
    const partitions = kept.flatMap(({ changelog }) => changelog ?? []);
    const topics = await admin.describeTopics(partitions.map(({ topic }) => topic));
    const ranges = await admin.offsetRanges(partitions);
    const nowMs = this.#parts.surroundings.nowMs();
    return new Map(
      kept.map((planned, at) => {
        const topic = topics[at];
        if (topic === undefined) {
          const name = planned.changelog?.topic;
          throw new LogUnavailableError(`the changelog ${name} is not there any more`);
        }
        const range = must(ranges[at], 'one range per partition is asked for');
        return [planned, { topic, range, nowMs }];
      }),
    );
  }

  #engine(name: string): StoreEngine {
    return this.#opened().engine(name);
  }

  #opened(): TaskEngines {
    return must(this.#engines, 'engines are used while they are open');
  }
}
