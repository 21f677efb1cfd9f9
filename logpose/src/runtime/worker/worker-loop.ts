import { setImmediate } from 'node:timers/promises';
import { StoreDamagedError } from '../../errors/store-errors.ts';
import { StreamsError } from '../../errors/streams-error.ts';
import type { Counter } from '../metrics.ts';
import { Failures, type WorkerFailure } from './failures.ts';
import { waitMs } from './pace.ts';
import { Retries, recoveryFrom } from './recovery.ts';
import type { WorkerParts } from './settings.ts';
import type { TaskFailure } from './task-set.ts';
import type { TaskSlot } from './task-slot.ts';
import { endWorker, type LeaveGroup } from './worker-end.ts';
import { type WorkerInside, workerInside } from './worker-inside.ts';

/**
 * The turns of a worker, one after the other, and what follows when something fails in or between
 * them. Everything that changes which tasks there are happens here.
 */
export class WorkerLoop {
  readonly inside: WorkerInside;
  state: 'open' | 'closing' | 'ended' = 'open';
  isPaused = false;
  readonly #parts: WorkerParts;
  readonly #retries: Retries;
  readonly #assigned = Promise.withResolvers<void>();
  readonly #failures = new Failures();
  readonly #rebalances: Counter;
  #isRestoring = true;
  #mustReopen = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#retries = new Retries(parts.settings);
    this.#rebalances = parts.counters.counter('rebalances');
    this.inside = workerInside(parts, {
      opened: () => this.#opened(),
      committed: (isCommitted) => this.#committed(isCommitted),
      flushed: (failure) => this.#flushed(failure),
      standbyCaughtUp: () => this.#standbyCaughtUp(),
      met: (failure) => this.met(failure),
      report: (error) => this.#report(error),
    });
  }

  /** Resolves when the group has given it a share for the first time. */
  get assigned(): Promise<void> {
    return this.#assigned.promise;
  }

  /** Goes on until the worker is to end. */
  async run(): Promise<void> {
    while (this.state === 'open') {
      try {
        await this.#turn();
      } catch (error) {
        await this.#recover({ slot: this.inside.tasks.current, error });
      }
    }
  }

  /** Something failed outside of the loop: the loop decides. */
  met(failure: WorkerFailure): void {
    this.#failures.add(failure);
    this.inside.signal.notify();
  }

  /**
   * Commits what is processed, leaves the group, flushes and lets go of everything.
   *
   * @throws What the last commit or flush failed with; what is committed stays.
   */
  async close(leaveGroup: LeaveGroup): Promise<void> {
    try {
      await this.#commitRest();
    } finally {
      await this.#end('clean', leaveGroup);
    }
  }

  async #turn(): Promise<void> {
    if (this.#mustReopen) await this.#reopen();
    const { slices, commits, handOver, membership, flusher, purge, signal } = this.inside;
    const failure = this.#failures.take() ?? commits.takeFailure() ?? membership.takeFailure();
    if (failure !== undefined) return this.#recover(failure);
    this.#takeShare();
    commits.addInput(slices.takeFetched());
    const hasWorked = this.#mayProcess() && slices.run();
    const { surroundings, settings } = this.#parts;
    const nowMs = surroundings.nowMs();
    commits.run(nowMs);
    handOver.run();
    membership.run(nowMs, !handOver.isReleasing);
    flusher.run(nowMs);
    purge.run(nowMs);
    if (hasWorked) return setImmediate();
    const pace = { nowMs, mayProcess: this.#mayProcess(), settings };
    await signal.wait(waitMs(this.inside, pace));
  }

  /** N+1 grows to `maxPendingBytes` while N is on its way; engines may be one flush behind. */
  #mayProcess(): boolean {
    return !(this.isPaused || this.inside.flusher.isOverfull || this.inside.commits.isOverfull);
  }

  /** Makes the tasks those of a new generation's share. */
  #takeShare(): void {
    const bytes = this.inside.membership.takeShare();
    if (bytes === undefined) return;
    const share = this.inside.sharing.shareOf(bytes);
    if (share === undefined) {
      this.inside.membership.rejoin();
      return;
    }
    this.inside.handOver.take(share);
    this.#rebalances.value++;
    this.#retries.succeeded();
    this.#parts.listeners.rebalanced(share.active);
    this.#assigned.resolve();
    if (this.inside.tasks.isComplete) this.#opened();
    else this.#restores();
  }

  /** Lets go of what is not committed, or ends, as the failure demands. */
  async #recover(failure: WorkerFailure): Promise<void> {
    await this.inside.commits.idle();
    if (this.state === 'ended') return;
    const gravest = this.#failures.graver(failure, this.inside.commits.takeFailure());
    const { error, slot } = await this.#failures.asMember(gravest, this.inside.membership);
    if (this.#hasEnded()) return;
    const recovery = recoveryFrom(error);
    const delayMs = this.#retries.failed(this.#parts.surroundings.nowMs());
    if (recovery === 'fail' || recovery === 'lost' || delayMs === undefined) {
      return this.#failFor(error, recovery === 'lost' ? 'abandoned' : 'clean');
    }
    this.#mustReopen = true;
    if (recovery === 'rejoin') this.#lost();
    if (recovery === 'new-producer' || recovery === 'rejoin') this.inside.commits.giveUp();
    // A topic that is not known yet is no failure: it is looked up.
    if (this.inside.output.unknownTopics.size === 0) this.#report(error);
    if (slot !== undefined && error instanceof StoreDamagedError) this.#rebuild(slot, error);
    // Whatever keeps failing, the event loop has its turn.
    await (delayMs > 0 ? this.inside.stopping.wait(delayMs) : setImmediate());
  }

  async #reopen(): Promise<void> {
    this.inside.commits.drop();
    await this.inside.topics.lookUp(this.inside.output.unknownTopics);
    this.inside.output.unknownTopics.clear();
    await this.inside.commits.takeOver();
    await this.inside.tasks.reopen();
    this.#mustReopen = false;
    // Those that were restoring meanwhile may have come first.
    this.#opened();
  }

  /** The tasks are others' by now, or will be. */
  #lost(): void {
    this.inside.handOver.lost();
    this.inside.membership.lost();
    this.#restores();
    this.#parts.listeners.rebalanced([]);
  }

  #rebuild(slot: TaskSlot, error: StoreDamagedError): void {
    this.inside.tasks.rebuild(slot, error);
    if (!this.inside.tasks.isComplete) this.#restores();
  }

  #restores(): void {
    if (this.#isRestoring) return;
    this.#isRestoring = true;
    this.#parts.listeners.moved('restoring');
  }

  #opened(): void {
    this.inside.waits.settle(this.inside.tasks.committedOffset);
    this.inside.signal.notify();
    const isComplete = this.inside.handOver.share !== undefined && this.inside.tasks.isComplete;
    if (!this.#isRestoring || !isComplete || this.state !== 'open') return;
    this.#isRestoring = false;
    this.#parts.listeners.moved('running');
  }

  #flushed(failure: TaskFailure | undefined): void {
    this.inside.signal.notify();
    if (failure === undefined) return;
    const isSurvivable =
      failure.error instanceof StreamsError && !(failure.error instanceof StoreDamagedError);
    // The rows stay in memory, and the next flush takes them again.
    if (isSurvivable) this.#report(failure.error);
    else this.met(failure);
  }

  #report(error: unknown): void {
    if (error instanceof StreamsError) this.#parts.listeners.recovered(error);
  }

  async #failFor(error: unknown, how: 'clean' | 'abandoned'): Promise<void> {
    const leaveGroup = this.#parts.instanceId === undefined ? 'yes' : 'no';
    try {
      await this.#end(how, leaveGroup);
    } catch (second) {
      this.#report(second);
    }
    this.#parts.listeners.failed(asError(error));
  }

  async #commitRest(): Promise<void> {
    const failure = this.#failures.take();
    if (failure !== undefined) throw failure.error;
    // What is to be dropped is not to be committed.
    if (this.#mustReopen) await this.inside.commits.idle();
    else await this.inside.commits.commitRest();
  }

  /** A task that waits for it can move now: the group looks again. */
  #standbyCaughtUp(): void {
    if (this.inside.handOver.share?.isProvisional === true) this.inside.membership.rejoin();
  }

  #committed(isCommitted: boolean): void {
    if (isCommitted) {
      this.#retries.succeeded();
      this.inside.waits.settle(this.inside.tasks.committedOffset);
      this.#parts.listeners.committed?.();
    }
    this.inside.signal.notify();
  }

  #hasEnded(): boolean {
    return this.state === 'ended';
  }

  async #end(how: 'clean' | 'abandoned', leaveGroup: LeaveGroup): Promise<void> {
    this.state = 'ended';
    await endWorker(this.inside, { how, leaveGroup, report: (error) => this.#report(error) });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
