import type { Surroundings } from '../../base/clock.ts';
import { StreamsError } from '../../errors/streams-error.ts';
import { WorkerError } from '../../errors/worker-errors.ts';
import type { LogPort } from '../../log/log-port.ts';
import { errorFrom } from '../../message-port/error-data.ts';
import type { AppState } from '../../runtime/lifecycle.ts';
import type { Metric } from '../../runtime/metrics.ts';
import type { WorkerFailurePolicy } from '../options.ts';
import type { PeerRegistry } from '../peers.ts';
import type { RunnerListeners, TaskRunner } from '../task-runner.ts';
import type { ThreadCalls, ThreadData, ThreadEvent, ThreadOptions } from './messages.ts';
import { Replacements } from './replacements.ts';
import type { ThreadLimits } from './thread-limits.ts';
import { WorkerThread } from './worker-thread.ts';

/** What worker threads are run with. */
export interface ThreadRunnerParts {
  readonly workers: number;
  readonly data: Omit<WorkerData, 'worker' | 'options'>;
  /** The options of one worker. */
  readonly optionsOf: (worker: number) => ThreadOptions;
  readonly log: LogPort;
  readonly peers: PeerRegistry;
  readonly surroundings: Surroundings;
  readonly limits: ThreadLimits;
  readonly onWorkerFailure: WorkerFailurePolicy;
  readonly listeners: RunnerListeners;
  /** Resolves when what the log holds now is committed, whoever does it. */
  untilEnd(): Promise<void>;
}

type WorkerData = Omit<ThreadData, 'log' | 'control' | 'logposeWorker'>;

/** Runs an application's tasks in worker threads, each a full member of its group. */
export class ThreadRunner implements TaskRunner {
  readonly #parts: ThreadRunnerParts;
  readonly #replacements: Replacements;
  readonly #seats: readonly Seat[];
  #state: 'starting' | 'open' | 'closing' | 'ended' = 'starting';
  /** Resolves when all have ended because one has failed. */
  #failing: Promise<void> | undefined = undefined;
  /** What an instance failed with while it was closed. */
  #closeFailure: Error | undefined = undefined;
  /** What failed before all had started: if that is no failed start, it is decided then. */
  readonly #early: { readonly seat: Seat; readonly thread: WorkerThread; readonly error: Error }[] =
    [];
  #isPaused = false;
  #threads = 0;
  #isRunning = false;

  constructor(parts: ThreadRunnerParts) {
    this.#parts = parts;
    this.#replacements = new Replacements(parts.limits);
    this.#seats = Array.from({ length: parts.workers }, (_, worker) => this.#newSeat(worker));
  }

  async start(): Promise<void> {
    const started = await Promise.allSettled(this.#seats.map((seat) => this.#begin(seat)));
    const failed = started.find((each) => each.status === 'rejected');
    if (failed !== undefined) {
      await this.abandon();
      throw failed.reason;
    }
    if (this.#state !== 'starting') return;
    this.#state = 'open';
    for (const { seat, thread, error } of this.#early) this.#failed(seat, thread, error);
  }

  pause(): void {
    this.#isPaused = true;
    for (const { thread } of this.#seats) thread?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const { thread } of this.#seats) thread?.resume();
  }

  async close(how: ThreadCalls['close']['args']): Promise<void> {
    if (this.#state === 'closing' || this.#state === 'ended') return this.#failing;
    this.#state = 'closing';
    await this.#eachThread((thread) => thread.close(how));
    this.#state = 'ended';
    if (this.#closeFailure !== undefined) throw this.#closeFailure;
  }

  async abandon(): Promise<void> {
    this.#state = 'ended';
    const { terminateAfterMs } = this.#parts.limits;
    await this.#eachThread((thread) => thread.abandon(terminateAfterMs));
  }

  untilEnd(): Promise<void> {
    return this.#parts.untilEnd();
  }

  /** Of each worker, as it told last; a replaced worker's counters begin again. */
  metrics(): readonly Metric[] {
    return this.#seats.flatMap(({ worker, metrics }) =>
      metrics.map(({ name, tags, value }) => ({
        name,
        tags: { ...tags, worker: String(worker) },
        value,
      })),
    );
  }

  async #eachThread(end: (thread: WorkerThread) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#seats.map(async (seat) => {
        this.#forget(seat);
        try {
          if (seat.thread !== undefined) await end(seat.thread);
        } catch (error) {
          this.#report(error);
        }
        await seat.leaving;
      }),
    );
  }

  #newSeat(worker: number): Seat {
    const forget = (): void => undefined;
    return {
      worker,
      thread: undefined,
      leaving: undefined,
      state: 'starting',
      tasks: [],
      metrics: [],
      forget,
    };
  }

  async #begin(seat: Seat): Promise<void> {
    const { data, optionsOf, log, surroundings, limits, peers } = this.#parts;
    const { worker } = seat;
    seat.state = 'starting';
    const thread = new WorkerThread({
      data: { ...data, worker, options: optionsOf(worker) },
      log,
      timers: surroundings,
      id: `${worker}.${this.#threads++}`,
      ...(limits.resourceLimits && { resourceLimits: limits.resourceLimits }),
      event: (event) => this.#happened(seat, thread, event),
      died: (error) => this.#failed(seat, thread, error),
    });
    seat.thread = thread;
    seat.forget = peers.add(thread.peer);
    await thread.start({ isPaused: this.#isPaused });
    // What was said while it started was not heard.
    if (this.#isPaused) thread.pause();
    else thread.resume();
  }

  #happened(seat: Seat, thread: WorkerThread, event: ThreadEvent): void {
    const { listeners } = this.#parts;
    if (seat.thread !== thread) return;
    switch (event.kind) {
      case 'figures':
        seat.metrics = event.figures.metrics;
        thread.peer.roles = event.figures.roles;
        thread.peer.sharing = event.figures.sharing;
        thread.peer.processId = event.figures.processId;
        break;
      case 'state':
        seat.state = event.change.to;
        this.#moved();
        break;
      case 'restore':
        listeners.restoring(event.progress);
        break;
      case 'rebalance':
        seat.tasks = event.tasks;
        listeners.rebalanced(this.#seats.flatMap(({ tasks }) => tasks).toSorted());
        break;
      case 'dropped':
        listeners.dropped(event.dropped);
        break;
      case 'error':
        this.#report(errorFrom(event.error));
        break;
      case 'failed':
        this.#failed(seat, thread, errorFrom(event.error));
        break;
    }
  }

  #moved(): void {
    const isRunning = this.#seats.every(({ state }) => state === 'running');
    const isLeaving = this.#state === 'closing' || this.#state === 'ended';
    if (isRunning === this.#isRunning || isLeaving) return;
    this.#isRunning = isRunning;
    this.#parts.listeners.moved(isRunning ? 'running' : 'restoring');
  }

  #failed(seat: Seat, thread: WorkerThread, error: Error): void {
    if (this.#state === 'closing') this.#closeFailure ??= error;
    if (this.#state === 'starting') this.#early.push({ seat, thread, error });
    if (this.#state !== 'open' || seat.thread !== thread) return;
    seat.thread = undefined;
    seat.tasks = [];
    seat.state = 'rebalancing';
    this.#forget(seat);
    // Its files must be free before another opens them.
    seat.leaving = thread.abandon(this.#parts.limits.terminateAfterMs);
    const failure = this.#decide(error);
    if (failure === undefined) void this.#replace(seat);
    else this.#failing = this.#fail(failure);
    this.#moved();
  }

  /** Undefined: the worker is replaced. */
  #decide(error: Error): Error | undefined {
    const { onWorkerFailure, surroundings, limits } = this.#parts;
    try {
      if (onWorkerFailure(error) === 'fail') return error;
    } catch (thrown) {
      return thrown instanceof Error ? thrown : error;
    }
    if (this.#replacements.take(surroundings.nowMs())) return undefined;
    const { maxReplacements, replacementWindowMs } = limits;
    const worker = error instanceof WorkerError ? error.worker : 0;
    return new WorkerError(
      worker,
      `${maxReplacements} workers have been replaced within ${replacementWindowMs} ms already`,
      { cause: error },
    );
  }

  async #fail(failure: Error): Promise<void> {
    const { limits, listeners } = this.#parts;
    this.#state = 'ended';
    const closing = { timeoutMs: limits.closeOthersMs, leaveGroup: 'yes' } as const;
    await this.#eachThread((other) => other.close(closing));
    listeners.failed(failure);
  }

  async #replace(seat: Seat): Promise<void> {
    await seat.leaving;
    if (this.#state !== 'open') return;
    const begun = this.#begin(seat);
    const { thread } = seat;
    try {
      await begun;
    } catch (error) {
      if (thread === undefined) return;
      this.#failed(seat, thread, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #report(error: unknown): void {
    if (error instanceof StreamsError) this.#parts.listeners.recovered(error);
  }

  #forget(seat: Seat): void {
    seat.forget();
    seat.forget = () => undefined;
  }
}

/** The place of one worker: when its thread fails, another takes it. */
interface Seat {
  readonly worker: number;
  /** Undefined while there is none. */
  thread: WorkerThread | undefined;
  /** Resolves when the last thread but this has ended. */
  leaving: Promise<void> | undefined;
  state: AppState;
  tasks: readonly string[];
  metrics: readonly Metric[];
  forget: () => void;
}
