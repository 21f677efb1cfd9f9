import { join } from 'node:path';
import { pause, type Timers } from '../../base/clock.ts';
import { portOf } from '../../client/create-log.ts';
import type { StorePlace } from '../../query/store-peer.ts';
import type { Worker } from '../../runtime/worker/worker.ts';
import type { Topology } from '../../topology/topology.ts';
import type { AppDirectory } from '../app-directory.ts';
import type { Deployment } from '../deployment.ts';
import type { internalsOf } from '../internals.ts';
import type { ModuleDefinition, SharedOptions } from '../options.ts';
import { PeerRegistry } from '../peers.ts';
import type { RunnerListeners } from '../task-runner.ts';
import { topologyHash } from '../topology-hash.ts';
import { untilEnd } from '../until-end.ts';
import type { ThreadOptions } from './messages.ts';
import { defaultThreadLimits } from './thread-limits.ts';
import { ThreadRunner } from './thread-runner.ts';

/** What an application runs in worker threads with. */
export interface ThreadedApp {
  readonly options: SharedOptions & ModuleDefinition;
  readonly topology: Topology;
  readonly internals: ReturnType<typeof internalsOf>;
  readonly deployment: Deployment;
  readonly directory: AppDirectory | undefined;
  readonly listeners: RunnerListeners;
  /** Whether nobody waits any more. */
  hasEnded(): boolean;
}

/** Puts the worker threads of an application together. */
export function openThreads(app: ThreadedApp): ThreadRunner {
  const { options, topology, internals, deployment, directory, listeners } = app;
  const { surroundings, settings, threads } = internals;
  const log = portOf(options.log);
  return new ThreadRunner({
    workers: options.workers,
    data: {
      module: options.module.href,
      topologyHash: topologyHash(topology),
      settings,
      places: placesOf(deployment),
    },
    optionsOf: (worker) => threadOptions(options, directory, worker),
    log,
    peers: new PeerRegistry(log, options.id),
    surroundings,
    limits: { ...defaultThreadLimits, ...threads },
    onWorkerFailure: options.onWorkerFailure ?? (() => 'fail'),
    listeners,
    untilEnd: () => {
      const worker = { waitFor: noWaiting(surroundings, app.hasEnded) };
      return untilEnd({ groupId: options.id, worker, admin: log.admin, deployment });
    },
  });
}

/** Nobody on this thread processes: how far the others are, the log is asked after a while. */
function noWaiting(timers: Timers, hasEnded: () => boolean): Worker['waitFor'] {
  return async (_position, timeoutMs) => {
    await pause(timers, timeoutMs);
    return hasEnded() ? 'closed' : 'timeout';
  };
}

/** The same for every worker, but what is an instance's own. */
function threadOptions(
  options: SharedOptions & ModuleDefinition,
  directory: AppDirectory | undefined,
  worker: number,
): ThreadOptions {
  const { log: _, module: __, workers: ___, onWorkerFailure: ____, stores, ...plain } = options;
  const { stateDirectory: _____, instanceId, ...shared } = plain;
  return {
    ...shared,
    ...(instanceId !== undefined && { instanceId: `${instanceId}-${worker}` }),
    ...(directory && { stateDirectory: join(directory.path, `worker-${worker}`) }),
    engine: stores === undefined ? undefined : 'memory',
  };
}

function placesOf({ tasks }: Deployment): readonly StorePlace[] {
  return tasks.flatMap(({ stores, partition }) =>
    stores.map(({ definition }) => ({ store: definition.name, partition })),
  );
}
