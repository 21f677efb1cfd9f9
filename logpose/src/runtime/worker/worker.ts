import type { RecordPosition } from '../../errors/record-position.ts';
import type { StoreDamagedError } from '../../errors/store-errors.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { GrantedShare } from '../group/shares.ts';
import type { WaitOutcome } from './position-waits.ts';
import type { WorkerParts } from './settings.ts';
import type { StandbySlot } from './standby/standby-slot.ts';
import type { TaskSlot } from './task-slot.ts';
import type { LeaveGroup } from './worker-end.ts';
import type { WorkerInside } from './worker-inside.ts';
import { WorkerLoop } from './worker-loop.ts';

/**
 * Runs tasks: fetches, processes in slices, commits, flushes and purges, one transactional producer
 * for all of them. Which tasks, the group of the application says, in which it is one member.
 *
 * Any end of a commit but a definite success, and any failure that can be survived, drops what is
 * not committed and opens every task anew at its committed offsets (I7).
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #loop: WorkerLoop;
  readonly #inside: WorkerInside;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#loop = new WorkerLoop(parts);
    this.#inside = this.#loop.inside;
  }

  /** The places of the tasks that it has now, for readers. */
  get slots(): readonly TaskSlot[] {
    return this.#inside.tasks.slots;
  }

  /** Tells it from the other members of its group. */
  get processId(): string {
    return this.#parts.processId;
  }

  /** The tasks whose stores it keeps warm, for readers. */
  get standbys(): readonly StandbySlot[] {
    return this.#inside.standbys.slots;
  }

  /** What the group has given it; undefined: nothing yet, or it is not a member. */
  get share(): GrantedShare | undefined {
    return this.#inside.handOver.share;
  }

  /** Of the group, in which it has its tasks; −1: it is not a member. */
  get generation(): number {
    return this.#inside.membership.identity?.generation ?? -1;
  }

  /** Resolves when the group has given it a share for the first time. */
  get assigned(): Promise<void> {
    return this.#loop.assigned;
  }

  /** Input and output bytes of the transaction being filled. */
  get pendingBytes(): number {
    return this.#inside.commits.pendingBytes;
  }

  /** Where an input's readable log ends, as far as is known. */
  endOffset(input: TopicPartition): number | undefined {
    return this.#inside.fetcher.endOffset(input);
  }

  /**
   * Takes over the transactional id and starts the loop, which joins the group.
   *
   * @param topics - What the tasks write to, as far as that is known.
   * @throws {LogUnavailableError} When the log cannot be used; then nothing is held.
   */
  async start(topics: readonly string[]): Promise<void> {
    try {
      await this.#inside.topics.lookUp(topics);
      await this.#inside.commits.takeOver();
    } catch (error) {
      await this.abandon();
      throw error;
    }
    // It may have been closed meanwhile.
    if (this.#loop.state === 'open') this.#running = this.#loop.run();
  }

  pause(): void {
    this.#loop.isPaused = true;
  }

  resume(): void {
    this.#loop.isPaused = false;
    this.#inside.signal.notify();
  }

  /** Waits until a record of an input is processed and committed, and asks for an early commit. */
  waitFor(position: RecordPosition, timeoutMs: number): Promise<WaitOutcome> {
    const waiting = this.#inside.waits.wait(position, timeoutMs);
    this.#inside.waits.settle(this.#inside.tasks.committedOffset);
    if (this.#loop.state === 'ended') this.#inside.waits.close();
    this.#inside.signal.notify();
    return waiting;
  }

  /** A reader met damaged files. */
  damaged(slot: TaskSlot, error: StoreDamagedError): void {
    this.#loop.met({ slot, error });
  }

  /** A reader met damaged files of a standby. */
  standbyDamaged(slot: StandbySlot, error: StoreDamagedError): void {
    this.#inside.standbys.damaged(slot, error);
  }

  /**
   * Commits what is processed, leaves the group, flushes and lets go of everything.
   *
   * @throws What the last commit or flush failed with; what is committed stays.
   */
  async close(leaveGroup: LeaveGroup): Promise<void> {
    if (this.#loop.state === 'ended') return this.#running;
    this.#loop.state = 'closing';
    this.#inside.signal.notify();
    this.#inside.stopping.notify();
    await this.#running;
    // A failure, or giving up, may have ended it meanwhile.
    if (this.#hasEnded()) return;
    await this.#loop.close(leaveGroup);
  }

  /**
   * The crash: nothing more is committed or flushed, also by an end that is under way. Resolves
   * when files are let go of.
   */
  async abandon(): Promise<void> {
    this.#loop.state = 'ended';
    this.#inside.commits.abandon();
    this.#inside.membership.close();
    this.#inside.signal.notify();
    this.#inside.stopping.notify();
    this.#inside.waits.close();
    this.#inside.fetcher.close();
    const closed = Promise.allSettled([
      this.#inside.tasks.close('abandoned'),
      this.#inside.standbys.close('abandoned'),
    ]);
    await this.#inside.tasks.stop();
    await closed;
    await this.#running;
  }

  #hasEnded(): boolean {
    return this.#loop.state === 'ended';
  }
}
