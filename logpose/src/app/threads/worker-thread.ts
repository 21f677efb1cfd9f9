import { MessageChannel, type ResourceLimits, Worker } from 'node:worker_threads';
import type { Timers } from '../../base/clock.ts';
import { LogUnavailableError } from '../../errors/log-errors.ts';
import { WorkerError } from '../../errors/worker-errors.ts';
import type { LogPort } from '../../log/log-port.ts';
import { type ServedLog, serveLog } from '../../log-thread/serve-log.ts';
import { Caller } from '../../message-port/caller.ts';
import type { StartOrder, ThreadCalls, ThreadData, ThreadEvent, ThreadNotice } from './messages.ts';
import type { ThreadCaller } from './thread-caller.ts';
import { ThreadPeer } from './thread-peer.ts';

/** What a worker thread is made with. */
export interface WorkerThreadParts {
  readonly data: Omit<ThreadData, 'log' | 'control' | 'logposeWorker'>;
  readonly log: LogPort;
  readonly timers: Timers;
  /** Default: Node's. */
  readonly resourceLimits?: ResourceLimits;
  /** Unique among the application's threads, former ones too. */
  readonly id: string;
  event(event: ThreadEvent): void;
  /** The thread is gone, and nobody here has ended it. */
  died(error: WorkerError): void;
}

/** Reads and orders that wait for a thread. */
const maxCallsInFlight = 10_000;

// The same folder holds it as source and as it is published.
const entry = new URL(`./thread-entry${import.meta.url.slice(-3)}`, import.meta.url);

/** One worker thread, as the main thread holds it: with the log that it uses. */
export class WorkerThread {
  readonly peer: ThreadPeer;
  readonly #parts: WorkerThreadParts;
  readonly #thread: Worker;
  readonly #served: ServedLog;
  readonly #caller: ThreadCaller;
  readonly #exited = Promise.withResolvers<WorkerError>();
  #uncaught: unknown = undefined;
  #isEnding = false;
  #isAbandoned = false;

  constructor(parts: WorkerThreadParts) {
    const { data, log, id, resourceLimits } = parts;
    this.#parts = parts;
    const logPorts = new MessageChannel();
    const controlPorts = new MessageChannel();
    this.#served = serveLog(log, logPorts.port1);
    this.#caller = new Caller<ThreadCalls, ThreadNotice, ThreadEvent>(controlPorts.port1, {
      maxCallsInFlight,
      closed: () => this.#gone('it is gone'),
      refused: (max) => new LogUnavailableError(`more than ${max} calls wait for worker ${id}`),
      event: (event) => parts.event(event),
    });
    this.peer = new ThreadPeer(this.#caller);
    const workerData = {
      ...data,
      logposeWorker: true,
      log: logPorts.port2,
      control: controlPorts.port2,
    } satisfies ThreadData;
    this.#thread = new Worker(entry, {
      name: `${data.options.id} ${data.worker}`,
      workerData,
      transferList: [logPorts.port2, controlPorts.port2],
      ...(resourceLimits && { resourceLimits }),
    });
    this.#thread.on('error', (error) => {
      this.#uncaught = error;
    });
    this.#thread.on('exit', (code) => this.#hasExited(code));
  }

  /** @throws What the instance's start failed with, or {WorkerError} when the thread ended. */
  async start(order: StartOrder): Promise<void> {
    try {
      await this.#caller.call('start', order);
    } catch (error) {
      if (error === this.#caller.ended) throw await this.#exited.promise;
      throw error;
    }
  }

  pause(): void {
    this.#caller.notify({ kind: 'pause' });
  }

  resume(): void {
    this.#caller.notify({ kind: 'resume' });
  }

  /**
   * In good order: what is processed is committed. Resolves when the thread has ended.
   *
   * @throws {WorkerError} When it ended before it had closed, and was not abandoned meanwhile.
   */
  async close(options: ThreadCalls['close']['args']): Promise<void> {
    this.#isEnding = true;
    const failure = await this.#caller.call('close', options).then(
      () => undefined,
      (error: unknown) => error,
    );
    await this.#terminate();
    if (failure !== undefined && !this.#isAbandoned) throw await this.#exited.promise;
  }

  /**
   * The crash: nothing more is committed. A thread that does not let go of its files in time, in
   * an endless loop for example, is terminated all the same.
   */
  async abandon(terminateAfterMs: number): Promise<void> {
    this.#isEnding = true;
    this.#isAbandoned = true;
    const abandoned = this.#caller.call('abandon', undefined).catch(() => undefined);
    // From here on the log takes nothing of it.
    const released = this.#served.close();
    await this.#atMost(terminateAfterMs, abandoned);
    await this.#terminate();
    await released;
  }

  async #atMost(timeoutMs: number, what: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#parts.timers.after(timeoutMs, late.resolve);
    await Promise.race([what, late.promise]);
    cancel();
  }

  async #terminate(): Promise<void> {
    await this.#thread.terminate();
    await this.#exited.promise;
    await this.#served.close();
  }

  #hasExited(code: number): void {
    const error = this.#gone(
      this.#uncaught instanceof Error ? this.#uncaught.message : `it exited with code ${code}`,
    );
    this.#exited.resolve(error);
    this.#caller.end(error);
    void this.#served.close();
    if (!this.#isEnding) this.#parts.died(error);
  }

  #gone(why: string): WorkerError {
    const cause = this.#uncaught;
    return new WorkerError(this.#parts.data.worker, why, cause === undefined ? {} : { cause });
  }
}
