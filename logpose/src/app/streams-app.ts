import { portOf } from '../client/create-log.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { StoreUnavailableError } from '../errors/store-errors.ts';
import { StreamsError } from '../errors/streams-error.ts';
import type { AppMetadata } from '../query/instance-metadata.ts';
import type { Readers } from '../query/readers.ts';
import type {
  RowKeys,
  SubscribeOptions,
  SubscriptionEvent,
} from '../query/subscriptions/subscription-events.ts';
import { type AppState, Lifecycle } from '../runtime/lifecycle.ts';
import { Counters, type Metric } from '../runtime/metrics.ts';
import { recoveryFrom } from '../runtime/worker/recovery.ts';
import type { LeaveGroup } from '../runtime/worker/worker-end.ts';
import type { StoreHandle, StoreKind } from '../store/store-handle.ts';
import type { Topology } from '../topology/topology.ts';
import { AppDirectory } from './app-directory.ts';
import { type Deployment, plannedDeployment } from './deployment.ts';
import { DropReports } from './drop-reports.ts';
import { type AppEvents, EventListeners } from './events.ts';
import { warnOfFailure } from './failure-warning.ts';
import { internalsOf } from './internals.ts';
import { layoutOf } from './layout.ts';
import { usableOptions } from './load-module.ts';
import { checkOptions, type StreamsAppOptions, type UsableOptions } from './options.ts';
import { StateReading } from './state-reading.ts';
import { stopRequest } from './stop-request.ts';
import type { RunnerListeners, TaskRunner } from './task-runner.ts';
import { openThreads } from './threads/open-threads.ts';
import { WorkerRunner } from './worker-runner.ts';

/** How an application is closed. */
export interface CloseOptions {
  /**
   * What is not done by then is left as a crash would leave it: nothing is lost, the next start
   * goes on from the last commit. In milliseconds, default 30,000.
   */
  readonly timeoutMs?: number;
  /**
   * `'yes'`: the other instances take the tasks over at once. `'no'`: they wait for a restart until
   * the session is over, where the log is in another process. Default `'yes'`; with an `instanceId`
   * `'no'`.
   */
  readonly leaveGroup?: LeaveGroup;
}

const defaultCloseTimeoutMs = 30_000;

/**
 * One instance of an application: runs a topology on a log and lets its state be read.
 *
 * What it has committed is in the log: results, state and progress, all of one transaction or none.
 *
 * @example
 * await using app = new StreamsApp({ id: 'word-count', topology: builder.build(), log });
 * await app.run();
 */
export class StreamsApp implements AsyncDisposable {
  readonly #options: StreamsAppOptions;
  readonly #internals: ReturnType<typeof internalsOf>;
  readonly #events = new EventListeners();
  readonly #lifecycle: Lifecycle;
  readonly #counters = new Counters();
  readonly #drops: DropReports;
  readonly #reading: StateReading;
  /** Undefined: nothing is kept. */
  readonly #directory: AppDirectory | undefined;
  /** Undefined: a module has it, which is not loaded yet. */
  #topology: Topology | undefined;
  #runner: TaskRunner | undefined = undefined;
  #deployment: Deployment | undefined = undefined;
  #starting: Promise<void> | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;
  #failure: Error | undefined = undefined;
  #isPaused = false;
  /** Whether somebody will be told of a failure by a promise. */
  #isAwaited = false;
  /** Calls of `ready` that have no answer yet: they will be told too. */
  #waiting = 0;

  /** @throws {ConfigError} With every problem. */
  constructor(options: StreamsAppOptions) {
    checkOptions(options);
    this.#options = options;
    this.#topology = 'topology' in options ? options.topology : undefined;
    this.#internals = internalsOf(options);
    this.#directory = AppDirectory.of(this.#options);
    this.#lifecycle = new Lifecycle((change) => this.#events.tell('state', change));
    this.#drops = new DropReports(this.#internals.surroundings, (dropped) =>
      this.#events.tell('dropped', dropped),
    );
    this.#reading = new StateReading({
      options: this.#options,
      surroundings: this.#internals.surroundings,
      state: () => this.state,
      hasTasks: () => this.#runner !== undefined,
      worker: () => (this.#runner instanceof WorkerRunner ? this.#runner.worker : undefined),
      topology: () => this.#topology,
      started: async () => {
        await this.#starting?.catch(() => undefined);
      },
      tasks: () => this.#deployment?.tasks ?? [],
    });
  }

  get state(): AppState {
    return this.#lifecycle.state;
  }

  /** Calls `listener` at each event; the returned function ends that. */
  on<E extends keyof AppEvents>(event: E, listener: (event: AppEvents[E]) => void): () => void {
    return this.#events.add(event, listener);
  }

  /**
   * Looks at the topics, creates those that are the application's own, and begins to restore and to
   * process. Resolves when the tasks are on their way; `ready` when all stores are restored.
   *
   * @throws {ConfigError} When topics are missing or don't fit together, it was started before, or
   *   another instance in this process uses its directory.
   * @throws {TopologyError} `TOPOLOGY_CHANGED`: there is state of another topology.
   * @throws {LogUnavailableError} When the log cannot be used.
   */
  async start(): Promise<void> {
    if (this.state !== 'created') {
      throw new ConfigError([`an application starts once, and this one is ${this.state}`]);
    }
    this.#lifecycle.move('starting');
    this.#starting = this.#start();
    try {
      await this.#starting;
    } catch (error) {
      this.#isAwaited = true;
      this.#fail(error);
      throw error;
    }
  }

  /**
   * Starts, and resolves when SIGINT, SIGTERM or `signal` has closed it.
   *
   * @throws What `start` throws, or what the application failed with.
   */
  async run(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#isAwaited = true;
    using stop = stopRequest(options.signal);
    await this.start();
    await Promise.race([stop.requested, this.#lifecycle.until(() => this.#lifecycle.hasEnded)]);
    await this.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Processes what is in the log now and what comes of it, then closes.
   *
   * @throws What `start` throws, or what the application failed with.
   */
  async runUntilEnd(): Promise<void> {
    this.#isAwaited = true;
    await this.start();
    const ended = this.#lifecycle.until(() => this.#lifecycle.hasEnded);
    await Promise.race([this.#runner?.untilEnd(), ended]);
    await this.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Resolves when every store is restored.
   *
   * @throws {StoreUnavailableError} When it is closed before; else what it failed with.
   */
  async ready(): Promise<void> {
    this.#waiting++;
    await this.#lifecycle.until(() => this.state === 'running' || this.#lifecycle.hasEnded);
    this.#waiting--;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.state === 'running') return;

    const stores = this.#topology?.stores ?? [];
    const names = stores.map(({ definition }) => definition.name).join(', ');
    const what = `the stores of application ${this.#options.id}`;
    throw new StoreUnavailableError(names, 'unavailable', { what, why: 'it was closed before' });
  }

  /** Processes no more records until `resume`. What was processed is committed. */
  pause(): void {
    this.#isPaused = true;
    this.#runner?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#runner?.resume();
  }

  /**
   * Ends what is at work, commits, flushes stores to disk and lets go of everything but the log.
   * Idempotent. A failure on the way is told by `'error'`.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options);
    await this.#closing;
  }

  /** The crash, for tests and demonstrations: nothing more is committed or flushed. */
  abandon(): void {
    if (this.#closing === undefined) this.#closing = this.#abandon();
    else void this.#runner?.abandon();
  }

  /**
   * Deletes the application's directory: its stores are rebuilt from their changelogs.
   *
   * @throws {ConfigError} While it is running, or another instance in this process uses it.
   */
  async cleanUp(): Promise<void> {
    if (!['created', 'closed', 'failed'].includes(this.state)) {
      throw new ConfigError([`cleanUp must wait until the application is closed: ${this.state}`]);
    }
    await this.#closing;
    await this.#directory?.delete();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * A reader for what the handle's store keeps: committed state only.
   *
   * @throws {ConfigError} When the topology has no such store.
   */
  store<Kind extends StoreKind, K, V>(handle: StoreHandle<Kind, K, V>): Readers<K, V>[Kind] {
    return this.#reading.store(handle);
  }

  /**
   * The rows of a store and then every committed change, in order for each key, whichever instance
   * has the store. A reader that is too slow for them misses older changes of the same key, or is
   * told a snapshot again; nothing grows without bound.
   *
   * Ends when the application is closed, `signal` is aborted or the loop is left. Rows that expire
   * are not told of: no record says so.
   *
   * @throws {ConfigError} When the topology has no such store, it keeps no changelog, or no key can
   *   be that; from the loop, when `from` is not of the store's changelog.
   * @throws {StoreUnavailableError} From the loop, when the application is not running, fails or is
   *   abandoned, or the log is closed.
   * @throws {DecodeError} From the loop, when a serde refuses what the changelog has.
   */
  subscribe<Kind extends StoreKind, K, V>(
    handle: StoreHandle<Kind, K, V>,
    options: SubscribeOptions<RowKeys<NoInfer<K>>[NoInfer<Kind>]>,
  ): AsyncIterable<SubscriptionEvent<RowKeys<K>[Kind], V>> {
    return this.#reading.subscribe(handle, options);
  }

  /** Who has what, as the group of the application has shared its tasks out. */
  readonly metadata: AppMetadata = {
    instances: () => this.#reading.instances(),
    ownerOf: (handle, key) => this.#reading.ownerOf(handle, key),
  };

  /** Every counter and figure as it is now. */
  metrics(): readonly Metric[] {
    return this.#runner?.metrics() ?? this.#counters.snapshot();
  }

  async #start(): Promise<void> {
    const options = await usableOptions(this.#options);
    this.#topology = options.topology;
    const { admin } = portOf(options.log);
    const deployment = await plannedDeployment(options, admin);
    this.#deployment = deployment;
    const layout = layoutOf(options.topology, deployment.counts);
    await this.#directory?.open(layout);
    await admin.createTopics(deployment.internalTopics);
    this.#directory?.write(layout);
    const runner = await this.#openRunner(options, deployment);
    if (this.state !== 'starting') return;
    this.#runner = runner;
    this.#reading.open();
    if (this.#isPaused) runner.pause();
    await runner.start();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #openRunner(options: UsableOptions, deployment: Deployment): Promise<TaskRunner> {
    const internals = this.#internals;
    const directory = this.#directory;
    const given = this.#options;
    const listeners = this.#listeners();
    if ('module' in given && given.workers > 0) {
      const { topology } = options;
      const hasEnded = () => this.#lifecycle.hasEnded;
      const parts = { options: given, topology, internals, deployment, directory };
      return openThreads({ ...parts, listeners, hasEnded });
    }
    return WorkerRunner.open({
      options,
      internals,
      deployment,
      directory,
      counters: this.#counters,
      listeners: { ...listeners, dropped: (record) => this.#drops.add(record) },
      left: () => this.#lifecycle.until((state) => state !== 'starting'),
    });
  }

  #listeners(): RunnerListeners {
    return {
      dropped: (dropped) => this.#events.tell('dropped', dropped),
      restoring: (progress) => this.#events.tell('restore', progress),
      moved: (to) => this.#moved(to),
      rebalanced: (tasks) => this.#events.tell('rebalance', { tasks }),
      recovered: (error) => this.#events.tell('error', error),
      failed: (error) => this.#fail(error),
    };
  }

  #moved(to: 'restoring' | 'running'): void {
    if (to === 'running' && (this.state === 'starting' || this.state === 'rebalancing')) {
      this.#lifecycle.move('running');
    }
    if (to === 'restoring' && this.state === 'running') this.#lifecycle.move('rebalancing');
  }

  #fail(error: unknown): void {
    if (this.#lifecycle.hasEnded) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#letGo();
    const isEvent = error instanceof StreamsError && this.#events.has('error');
    const { failed } = this.#internals;
    const isHeard = this.#isAwaited || this.#waiting > 0 || isEvent || failed !== undefined;
    failed?.(this.#failure);
    if (error instanceof StreamsError) this.#events.tell('error', error);
    this.#lifecycle.move('failed');
    // Nobody would ever know.
    if (!isHeard) warnOfFailure(this.#failure);
  }

  async #close(options: CloseOptions): Promise<void> {
    const { timeoutMs = defaultCloseTimeoutMs } = options;
    const { leaveGroup = this.#options.instanceId === undefined ? 'yes' : 'no' } = options;
    if (this.state === 'failed' || this.state === 'created') {
      this.#lifecycle.move('closed');
      return;
    }
    if (this.#lifecycle.hasEnded) return;
    this.#lifecycle.move('closing');
    this.#reading.close('closed');
    this.#directory?.letGo();
    const { surroundings } = this.#internals;
    let cancel = () => {};
    const late = new Promise<'late'>((resolve) => {
      cancel = surroundings.after(timeoutMs, () => resolve('late'));
    });
    const outcome = await Promise.race([this.#closeRunner({ timeoutMs, leaveGroup }), late]);
    cancel();
    if (outcome === 'late') await this.#runner?.abandon();
    this.#letGo();
    this.#lifecycle.move('closed');
  }

  async #closeRunner(how: Required<CloseOptions>): Promise<void> {
    try {
      await this.#starting?.catch(() => undefined);
      await this.#runner?.close(how);
    } catch (error) {
      // What another start recovers from is no failure of this one.
      const isFatal = ['fail', 'lost'].includes(recoveryFrom(error));
      if (isFatal || !(error instanceof StreamsError)) this.#fail(error);
      else this.#events.tell('error', error);
    }
  }

  async #abandon(): Promise<void> {
    if (this.state === 'failed') this.#lifecycle.move('closed');
    if (this.#lifecycle.hasEnded) return;
    if (this.state !== 'created') this.#lifecycle.move('closing');
    this.#reading.close('broken');
    const abandoned = this.#runner?.abandon();
    this.#directory?.letGo();
    this.#lifecycle.move('closed');
    await abandoned;
    // What was on its way while it started.
    await this.#starting?.catch(() => undefined);
    await this.#runner?.abandon();
    this.#letGo();
  }

  #letGo(): void {
    this.#reading.close('broken');
    this.#drops.close();
    this.#directory?.release();
  }
}
