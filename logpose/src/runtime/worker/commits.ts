import { must } from '../../base/assert.ts';
import type { MemberIdentity } from '../../log/group-port.ts';
import type { TransactionalLogProducer } from '../../log/log-port.ts';
import type { Counter } from '../metrics.ts';
import type { TransactionOutput } from '../task/transaction-output.ts';
import { AtLeastOnceProducer } from './at-least-once-producer.ts';
import { CommitSchedule } from './commit-schedule.ts';
import { Committer, type PreparedTask } from './committer.ts';
import type { PositionWaits } from './position-waits.ts';
import type { WorkerParts } from './settings.ts';
import type { TaskSet } from './task-set.ts';
import type { TaskSlot } from './task-slot.ts';

/** What commits work on. */
export interface CommitsOf {
  readonly tasks: TaskSet;
  readonly output: TransactionOutput;
  readonly waits: PositionWaits;
  /** In whose name commits are made; undefined: the group does not count the worker. */
  member(): MemberIdentity | undefined;
  /** Called when a transaction has ended, well or not. */
  ended(isCommitted: boolean): void;
}

/**
 * Takes what tasks have done and commits it: transaction N is on its way while N+1 is filled.
 *
 * The synchronous half is here (when, and what), the asynchronous one in `Committer`.
 */
export class Commits {
  readonly #parts: WorkerParts;
  readonly #of: CommitsOf;
  readonly #schedule: CommitSchedule;
  readonly #committed: Counter;
  readonly #uncommitted: Counter;
  /** Undefined until the transactional id is taken over, and after a transaction in doubt. */
  #committer: Committer | undefined = undefined;

  constructor(parts: WorkerParts, of: CommitsOf) {
    this.#parts = parts;
    this.#of = of;
    this.#schedule = new CommitSchedule(parts.settings, parts.surroundings.nowMs());
    this.#committed = parts.counters.counter('commits', { outcome: 'committed' });
    this.#uncommitted = parts.counters.counter('commits', { outcome: 'not-committed' });
  }

  /** Takes over the transactional id, unless it is held: whoever had it is fenced. */
  async takeOver(): Promise<void> {
    if (this.#committer !== undefined) return;
    const { applicationId } = this.#parts;
    this.#committer = new Committer(applicationId, await this.#producer(), (isCommitted) => {
      (isCommitted ? this.#committed : this.#uncommitted).value++;
      this.#of.ended(isCommitted);
    });
  }

  /** Forgets the producer, whose last transaction is in doubt: `takeOver` makes another. */
  giveUp(): void {
    const given = this.#committer;
    this.#committer = undefined;
    // Its log may not answer any more; who takes over does not depend on it.
    given?.close().catch(() => undefined);
  }

  /** Input and output bytes of the transaction being filled. */
  get pendingBytes(): number {
    return this.#of.output.sizeBytes + this.#schedule.pendingInputBytes;
  }

  /** Whether N is on its way and N+1 has reached `maxPendingBytes`. */
  get isOverfull(): boolean {
    return this.isBusy && this.#schedule.isFull(this.#of.output.sizeBytes);
  }

  /** So many bytes were fetched. */
  addInput(bytes: number): void {
    this.#schedule.pendingInputBytes += bytes;
  }

  /** Begins a commit if nothing is on its way and it is time to. */
  run(nowMs: number): void {
    if (this.isBusy) return;
    const dirty = this.#dirty();
    if (dirty.length === 0) {
      this.#schedule.pendingInputBytes = 0;
      return;
    }
    const outputBytes = this.#of.output.sizeBytes;
    if (!this.#schedule.isDue(nowMs, { outputBytes, isRequested: this.#isWanted() })) return;
    this.#schedule.begun(nowMs);
    this.#begin(dirty);
  }

  /** When to call `run` again; infinite: not before something happens. */
  nextMs(): number {
    if (this.isBusy || this.#dirty().length === 0) return Number.POSITIVE_INFINITY;
    return this.#schedule.nextMs(this.#isWanted());
  }

  /**
   * Commits everything.
   *
   * @throws What the log says when it is not definitely committed.
   */
  async commitRest(): Promise<void> {
    await this.idle();
    this.#throwFailure();
    const dirty = this.#dirty();
    if (this.#committer === undefined || dirty.length === 0) return;
    this.#begin(dirty);
    await this.idle();
    this.#throwFailure();
  }

  /** Forgets what the transaction being filled has. */
  drop(): void {
    this.#of.output.take();
    this.#schedule.pendingInputBytes = 0;
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    await this.#committer?.idle();
  }

  /** Why the last transaction did not definitely commit; told once. */
  takeFailure(): { readonly error: unknown } | undefined {
    return this.#committer?.takeFailure();
  }

  abandon(): void {
    this.#committer?.abandon();
  }

  async close(): Promise<void> {
    await this.#committer?.close();
  }

  async #producer(): Promise<TransactionalLogProducer> {
    const { log, applicationId, processId, settings } = this.#parts;
    const { guarantee, transactionTimeoutMs } = settings;
    if (guarantee === 'at-least-once') return new AtLeastOnceProducer(log);
    const transactionalId = `${applicationId}-${processId}`;
    return log.transactionalProducer({ transactionalId, transactionTimeoutMs });
  }

  /** Whether a transaction is on its way, or its end is still to be found out. */
  get isBusy(): boolean {
    return this.#committer?.isBusy ?? true;
  }

  #dirty(): readonly TaskSlot[] {
    return this.#of.tasks.slots.filter(({ task }) => task?.isDirty === true);
  }

  #isWanted(): boolean {
    const { tasks, waits } = this.#of;
    return (
      tasks.slots.some(({ task, isRevoked }) => isRevoked || task?.commitRequested === true) ||
      waits.wantCommit(tasks.processedOffset)
    );
  }

  #begin(slots: readonly TaskSlot[]): void {
    const { tasks, output } = this.#of;
    const prepared: PreparedTask[] = [];
    for (const slot of slots) {
      if (slot.task === undefined) continue;
      tasks.current = slot;
      prepared.push({ slot, offsets: slot.task.prepareCommit().offsets });
    }
    const member = must(this.#of.member(), 'tasks are had by members');
    this.#committer?.begin({ batches: output.take(), tasks: prepared, member });
  }

  #throwFailure(): void {
    const failure = this.takeFailure();
    if (failure !== undefined) throw failure.error;
  }
}
