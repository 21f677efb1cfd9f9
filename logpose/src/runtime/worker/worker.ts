import { setImmediate } from 'node:timers/promises';
import type { RecordPosition } from '../../errors/record-position.ts';
import { StoreDamagedError } from '../../errors/store-errors.ts';
import { StreamsError } from '../../errors/streams-error.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import { Membership } from '../group/membership.ts';
import type { GrantedShare } from '../group/shares.ts';
import { WorkSharing } from '../group/work-sharing.ts';
import { TransactionOutput } from '../task/transaction-output.ts';
import { Commits } from './commits.ts';
import { Failures, type WorkerFailure } from './failures.ts';
import { bytesPerInput, Fetcher } from './fetcher.ts';
import { Flusher } from './flusher.ts';
import { HandOver } from './hand-over.ts';
import { PositionWaits, type WaitOutcome } from './position-waits.ts';
import { RepartitionPurge } from './purge.ts';
import { Retries, recoveryFrom } from './recovery.ts';
import type { WorkerParts } from './settings.ts';
import { Signal } from './signal.ts';
import { Slices } from './slices.ts';
import type { StandbySlot } from './standby/standby-slot.ts';
import { Standbys } from './standby/standbys.ts';
import { type TaskFailure, TaskSet } from './task-set.ts';
import type { TaskSlot } from './task-slot.ts';
import { TopicCounts } from './topic-counts.ts';

/** Whether the group is told that a worker ends: else it finds out when the session is over. */
export type LeaveGroup = 'yes' | 'no';

/**
 * Runs tasks: fetches, processes in slices, commits, flushes and purges, one transactional producer
 * for all of them. Which tasks, the group of the application says, in which it is one member.
 *
 * Any end of a commit but a definite success, and any failure that can be survived, drops what is
 * not committed and opens every task anew at its committed offsets (I7).
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #signal: Signal;
  /** Notified when nothing is to be tried again. */
  readonly #stopping: Signal;
  readonly #topics: TopicCounts;
  readonly #output: TransactionOutput;
  readonly #fetcher: Fetcher;
  readonly #tasks: TaskSet;
  readonly #standbys: Standbys;
  readonly #slices: Slices;
  readonly #commits: Commits;
  readonly #flusher: Flusher;
  readonly #purge: RepartitionPurge;
  readonly #waits: PositionWaits;
  readonly #retries: Retries;
  readonly #sharing: WorkSharing;
  readonly #membership: Membership;
  readonly #handOver: HandOver;
  readonly #assigned = Promise.withResolvers<void>();
  readonly #failures = new Failures();
  #loop: Promise<void> = Promise.resolve();
  #state: 'open' | 'closing' | 'ended' = 'open';
  #isPaused = false;
  #isRestoring = true;
  #mustReopen = false;

  constructor(parts: WorkerParts) {
    const { log, settings, surroundings } = parts;
    this.#parts = parts;
    this.#signal = new Signal(surroundings);
    this.#stopping = new Signal(surroundings);
    this.#topics = new TopicCounts(log.admin);
    this.#output = new TransactionOutput({
      partitionsOf: this.#topics.partitionsOf,
      random: () => surroundings.random(),
    });
    const maxBufferedBytes = bytesPerInput(parts);
    this.#fetcher = new Fetcher(log, maxBufferedBytes, this.#signal.notify);
    const { endOffset } = this.#fetcher;
    this.#tasks = new TaskSet(
      parts,
      { output: this.#output, maxBufferedBytes, endOffset, fetcher: this.#fetcher },
      {
        opened: () => this.#opened(),
        notOpened: (failure) => this.#met(failure),
        notClosed: (error) => this.#report(error),
      },
    );
    this.#standbys = new Standbys(parts, {
      caughtUp: () => this.#standbyCaughtUp(),
      recovered: (error) => this.#report(error),
      failed: (error) => {
        this.#failures.add({ error });
        this.#signal.notify();
      },
    });
    this.#slices = new Slices(parts, this.#tasks, this.#fetcher);
    this.#waits = new PositionWaits(surroundings);
    this.#commits = new Commits(parts, {
      tasks: this.#tasks,
      output: this.#output,
      waits: this.#waits,
      member: () => this.#membership.identity,
      ended: (isCommitted) => this.#committed(isCommitted),
    });
    const nowMs = surroundings.nowMs();
    this.#flusher = new Flusher(settings, this.#tasks, {
      nowMs,
      ended: (failure) => this.#flushed(failure),
    });
    this.#purge = new RepartitionPurge(log.admin, this.#tasks, {
      nowMs,
      intervalMs: settings.repartitionPurgeIntervalMs,
      failed: (error) => this.#report(error),
    });
    this.#retries = new Retries(settings);
    this.#sharing = new WorkSharing({
      ...parts,
      admin: log.admin,
      slots: () => this.#tasks.slots,
      standbys: () => this.#standbys.slots,
    });
    this.#membership = new Membership({
      log,
      groupId: parts.applicationId,
      instanceId: parts.instanceId,
      settings,
      clock: surroundings,
      notify: this.#signal.notify,
      metadata: () => this.#sharing.metadata(),
      decide: (members) => this.#sharing.decide(members),
      settled: () => this.#commits.idle(),
    });
    this.#handOver = new HandOver({
      planned: parts.tasks,
      tasks: this.#tasks,
      standbys: this.#standbys,
      commits: this.#commits,
      released: () => {
        this.#membership.rejoin();
        this.#opened();
      },
    });
  }

  /** The places of the tasks that it has now, for readers. */
  get slots(): readonly TaskSlot[] {
    return this.#tasks.slots;
  }

  /** Tells it from the other members of its group. */
  get processId(): string {
    return this.#parts.processId;
  }

  /** The tasks whose stores it keeps warm, for readers. */
  get standbys(): readonly StandbySlot[] {
    return this.#standbys.slots;
  }

  /** What the group has given it; undefined: nothing yet, or it is not a member. */
  get share(): GrantedShare | undefined {
    return this.#handOver.share;
  }

  /** Of the group, in which it has its tasks; −1: it is not a member. */
  get generation(): number {
    return this.#membership.identity?.generation ?? -1;
  }

  /** Resolves when the group has given it a share for the first time. */
  get assigned(): Promise<void> {
    return this.#assigned.promise;
  }

  /** Input and output bytes of the transaction being filled. */
  get pendingBytes(): number {
    return this.#commits.pendingBytes;
  }

  /** Where an input's readable log ends, as far as is known. */
  endOffset(input: TopicPartition): number | undefined {
    return this.#fetcher.endOffset(input);
  }

  /**
   * Takes over the transactional id and starts the loop, which joins the group.
   *
   * @param topics - What the tasks write to, as far as that is known.
   * @throws {LogUnavailableError} When the log cannot be used; then nothing is held.
   */
  async start(topics: readonly string[]): Promise<void> {
    try {
      await this.#topics.lookUp(topics);
      await this.#commits.takeOver();
    } catch (error) {
      await this.abandon();
      throw error;
    }
    // It may have been closed meanwhile.
    if (this.#state === 'open') this.#loop = this.#run();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#signal.notify();
  }

  /** Waits until a record of an input is processed and committed, and asks for an early commit. */
  waitFor(position: RecordPosition, timeoutMs: number): Promise<WaitOutcome> {
    const waiting = this.#waits.wait(position, timeoutMs);
    this.#waits.settle(this.#tasks.committedOffset);
    if (this.#state === 'ended') this.#waits.close();
    this.#signal.notify();
    return waiting;
  }

  /** A reader met damaged files. */
  damaged(slot: TaskSlot, error: StoreDamagedError): void {
    this.#met({ slot, error });
  }

  /** A reader met damaged files of a standby. */
  standbyDamaged(slot: StandbySlot, error: StoreDamagedError): void {
    this.#standbys.damaged(slot, error);
  }

  /**
   * Commits what is processed, leaves the group, flushes and lets go of everything.
   *
   * @throws What the last commit or flush failed with; what is committed stays.
   */
  async close(leaveGroup: LeaveGroup): Promise<void> {
    if (this.#state === 'ended') return this.#loop;
    this.#state = 'closing';
    this.#signal.notify();
    this.#stopping.notify();
    await this.#loop;
    // A failure, or giving up, may have ended it meanwhile.
    if (this.#hasEnded()) return;
    await this.#end({ how: 'clean', leaveGroup, before: () => this.#commitRest() });
  }

  /**
   * The crash: nothing more is committed or flushed, also by an end that is under way. Resolves
   * when files are let go of.
   */
  async abandon(): Promise<void> {
    this.#state = 'ended';
    this.#commits.abandon();
    this.#membership.close();
    this.#signal.notify();
    this.#stopping.notify();
    this.#waits.close();
    this.#fetcher.close();
    const closed = Promise.allSettled([
      this.#tasks.close('abandoned'),
      this.#standbys.close('abandoned'),
    ]);
    await this.#tasks.stop();
    await closed;
    await this.#loop;
  }

  #hasEnded(): boolean {
    return this.#state === 'ended';
  }

  async #run(): Promise<void> {
    while (this.#state === 'open') {
      try {
        await this.#turn();
      } catch (error) {
        await this.#recover({ slot: this.#tasks.current, error });
      }
    }
  }

  async #turn(): Promise<void> {
    if (this.#mustReopen) await this.#reopen();
    const failure =
      this.#failures.take() ?? this.#commits.takeFailure() ?? this.#membership.takeFailure();
    if (failure !== undefined) return this.#recover(failure);
    this.#takeShare();
    this.#commits.addInput(this.#slices.takeFetched());
    const hasWorked = this.#mayProcess() && this.#slices.run();
    const nowMs = this.#parts.surroundings.nowMs();
    this.#commits.run(nowMs);
    this.#handOver.run();
    this.#membership.run(nowMs, !this.#handOver.isReleasing);
    this.#flusher.run(nowMs);
    this.#purge.run(nowMs);
    await (hasWorked ? setImmediate() : this.#signal.wait(this.#waitMs(nowMs)));
  }

  /** N+1 grows to `maxPendingBytes` while N is on its way; engines may be one flush behind. */
  #mayProcess(): boolean {
    return !(this.#isPaused || this.#flusher.isOverfull || this.#commits.isOverfull);
  }

  /** How long there is nothing to do, unless something happens. */
  #waitMs(nowMs: number): number {
    const open = this.#tasks.slots.flatMap(({ task, isRevoked }) =>
      isRevoked ? [] : (task ?? []),
    );
    // What is due but may not run is no reason to look again at once.
    const times = this.#mayProcess() ? open.map((task) => task.nextWallClockMs) : [];
    times.push(nowMs + maxWaitMs, this.#flusher.nextMs(), this.#commits.nextMs());
    times.push(this.#membership.nextMs());
    // Some input is empty and waited for, but not for ever.
    const { maxTaskIdleMs } = this.#parts.settings;
    if (maxTaskIdleMs > 0 && open.some((task) => task.hasRecords)) times.push(nowMs + idleCheckMs);
    return Math.max(1, Math.min(...times) - nowMs);
  }

  /** Makes the tasks those of a new generation's share. */
  #takeShare(): void {
    const bytes = this.#membership.takeShare();
    if (bytes === undefined) return;
    const share = this.#sharing.shareOf(bytes);
    if (share === undefined) {
      this.#membership.rejoin();
      return;
    }
    this.#handOver.take(share);
    this.#retries.succeeded();
    this.#parts.listeners.rebalanced(share.active);
    this.#assigned.resolve();
    if (this.#tasks.isComplete) this.#opened();
    else this.#restores();
  }

  /** Lets go of what is not committed, or ends, as the failure demands. */
  async #recover(failure: WorkerFailure): Promise<void> {
    await this.#commits.idle();
    if (this.#state === 'ended') return;
    const gravest = this.#failures.graver(failure, this.#commits.takeFailure());
    const { error, slot } = await this.#failures.asMember(gravest, this.#membership);
    if (this.#hasEnded()) return;
    const recovery = recoveryFrom(error);
    const delayMs = this.#retries.failed(this.#parts.surroundings.nowMs());
    if (recovery === 'fail' || recovery === 'lost' || delayMs === undefined) {
      return this.#failFor(error, recovery === 'lost' ? 'abandoned' : 'clean');
    }
    this.#mustReopen = true;
    if (recovery === 'rejoin') this.#lost();
    if (recovery === 'new-producer' || recovery === 'rejoin') this.#commits.giveUp();
    // A topic that is not known yet is no failure: it is looked up.
    if (this.#output.unknownTopics.size === 0) this.#report(error);
    if (slot !== undefined && error instanceof StoreDamagedError) this.#rebuild(slot, error);
    // Whatever keeps failing, the event loop has its turn.
    await (delayMs > 0 ? this.#stopping.wait(delayMs) : setImmediate());
  }

  async #reopen(): Promise<void> {
    this.#commits.drop();
    await this.#topics.lookUp(this.#output.unknownTopics);
    this.#output.unknownTopics.clear();
    await this.#commits.takeOver();
    await this.#tasks.reopen();
    this.#mustReopen = false;
    // Those that were restoring meanwhile may have come first.
    this.#opened();
  }

  /** The tasks are others' by now, or will be. */
  #lost(): void {
    this.#handOver.lost();
    this.#membership.lost();
    this.#restores();
    this.#parts.listeners.rebalanced([]);
  }

  #rebuild(slot: TaskSlot, error: StoreDamagedError): void {
    this.#tasks.rebuild(slot, error);
    if (!this.#tasks.isComplete) this.#restores();
  }

  #restores(): void {
    if (this.#isRestoring) return;
    this.#isRestoring = true;
    this.#parts.listeners.moved('restoring');
  }

  #opened(): void {
    this.#waits.settle(this.#tasks.committedOffset);
    this.#signal.notify();
    const isComplete = this.share !== undefined && this.#tasks.isComplete;
    if (!this.#isRestoring || !isComplete || this.#state !== 'open') return;
    this.#isRestoring = false;
    this.#parts.listeners.moved('running');
  }

  #flushed(failure: TaskFailure | undefined): void {
    this.#signal.notify();
    if (failure === undefined) return;
    const isSurvivable =
      failure.error instanceof StreamsError && !(failure.error instanceof StoreDamagedError);
    // The rows stay in memory, and the next flush takes them again.
    if (isSurvivable) this.#report(failure.error);
    else this.#met(failure);
  }

  /** Something failed outside of the loop: the loop decides. */
  #met(failure: TaskFailure): void {
    this.#failures.add(failure);
    this.#signal.notify();
  }

  #report(error: unknown): void {
    if (error instanceof StreamsError) this.#parts.listeners.recovered(error);
  }

  async #failFor(error: unknown, how: 'clean' | 'abandoned'): Promise<void> {
    const leaveGroup = this.#parts.instanceId === undefined ? 'yes' : 'no';
    try {
      await this.#end({ how, leaveGroup });
    } catch (second) {
      this.#report(second);
    }
    this.#parts.listeners.failed(asError(error));
  }

  async #commitRest(): Promise<void> {
    const failure = this.#failures.take();
    if (failure !== undefined) throw failure.error;
    // What is to be dropped is not to be committed.
    if (this.#mustReopen) await this.#commits.idle();
    else await this.#commits.commitRest();
  }

  async #end({ how, leaveGroup, before = async () => {} }: WorkerEnd): Promise<void> {
    try {
      await before();
    } finally {
      this.#state = 'ended';
      await this.#leave(how === 'clean' ? leaveGroup : 'no');
      await this.#tasks.stop();
      await this.#flusher.idle();
      try {
        await this.#tasks.close(how);
      } finally {
        await this.#closeStandbys(how);
        await this.#commits.close();
        this.#fetcher.close();
        this.#waits.close();
      }
    }
  }

  /** Others take the tasks over as soon as everything is committed: files are nobody else's. */
  async #leave(leaveGroup: LeaveGroup): Promise<void> {
    try {
      if (leaveGroup === 'yes') await this.#membership.leave();
      else this.#membership.close();
    } catch (error) {
      // The group finds out when the session is over.
      this.#report(error);
    }
  }

  async #closeStandbys(how: 'clean' | 'abandoned'): Promise<void> {
    try {
      await this.#standbys.close(how);
    } catch (error) {
      // Their next opening finds what is missing.
      this.#report(error);
    }
  }

  /** A task that waits for it can move now: the group looks again. */
  #standbyCaughtUp(): void {
    if (this.share?.isProvisional === true) this.#membership.rejoin();
  }

  #committed(isCommitted: boolean): void {
    if (isCommitted) {
      this.#retries.succeeded();
      this.#waits.settle(this.#tasks.committedOffset);
      this.#parts.listeners.committed?.();
    }
    this.#signal.notify();
  }
}

/** How a worker ends. */
interface WorkerEnd {
  readonly how: 'clean' | 'abandoned';
  readonly leaveGroup: LeaveGroup;
  /** What is still to be done first. */
  readonly before?: () => Promise<void>;
}

const maxWaitMs = 1000;
const idleCheckMs = 5;

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
