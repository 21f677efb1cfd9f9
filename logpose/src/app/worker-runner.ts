import { portOf } from '../client/create-log.ts';
import type { Counters, Metric } from '../runtime/metrics.ts';
import type { Worker } from '../runtime/worker/worker.ts';
import type { WorkerListeners } from '../runtime/worker/worker-listeners.ts';
import type { AppDirectory } from './app-directory.ts';
import { appMetrics } from './app-metrics.ts';
import type { Deployment } from './deployment.ts';
import type { internalsOf } from './internals.ts';
import { newWorker } from './new-worker.ts';
import type { UsableOptions } from './options.ts';
import { newProcessId } from './process-id.ts';
import { RetentionWatch } from './retention-watch.ts';
import type { TaskRunner } from './task-runner.ts';
import { untilEnd } from './until-end.ts';

/** What an application runs on this thread with. */
export interface WorkerRunnerParts {
  readonly options: UsableOptions;
  readonly internals: ReturnType<typeof internalsOf>;
  readonly deployment: Deployment;
  readonly directory: AppDirectory | undefined;
  readonly counters: Counters;
  readonly listeners: Omit<WorkerListeners, 'committed'>;
  /** Resolves when a start is of no interest any more. */
  left(): Promise<void>;
}

/** Runs an application's tasks by a worker of this thread. */
export class WorkerRunner implements TaskRunner {
  readonly worker: Worker;
  readonly #parts: WorkerRunnerParts;

  private constructor(parts: WorkerRunnerParts, retention: RetentionWatch) {
    const { options, internals, deployment, directory, counters, listeners } = parts;
    const { surroundings, observer } = internals;
    this.#parts = parts;
    this.worker = newWorker({
      options,
      internals,
      tasks: deployment.tasks,
      directory: directory?.path,
      processId: directory?.processId(surroundings) ?? newProcessId(surroundings),
      counters,
      listeners: {
        ...listeners,
        ...(observer && { observer }),
        committed: () => retention.check(this.worker.slots, surroundings.nowMs()),
      },
    });
  }

  /** Makes the worker; looks at the topics' retention before. */
  static async open(parts: WorkerRunnerParts): Promise<WorkerRunner> {
    const { options, counters, deployment } = parts;
    const { admin } = portOf(options.log);
    const { tasks } = deployment;
    const retention = await RetentionWatch.open({ ...options, tasks, admin, counters });
    return new WorkerRunner(parts, retention);
  }

  async start(): Promise<void> {
    await this.worker.start(this.#parts.deployment.reachableTopics);
    await Promise.race([this.worker.assigned, this.#parts.left()]);
  }

  pause(): void {
    this.worker.pause();
  }

  resume(): void {
    this.worker.resume();
  }

  async close({ leaveGroup }: { readonly leaveGroup: 'yes' | 'no' }): Promise<void> {
    await this.worker.close(leaveGroup);
  }

  abandon(): Promise<void> {
    return this.worker.abandon();
  }

  async untilEnd(): Promise<void> {
    const { options, deployment } = this.#parts;
    const { admin } = portOf(options.log);
    await untilEnd({ groupId: options.id, worker: this.worker, admin, deployment });
  }

  metrics(): readonly Metric[] {
    return appMetrics(this.#parts.counters, this.worker);
  }
}
