import { join } from 'node:path';
import { portOf } from '../client/create-log.ts';
import { builtInCompressions } from '../compression/built-in-compressions.ts';
import { defaultAssignmentSettings } from '../runtime/group/assignment/assignment.ts';
import type { Counters } from '../runtime/metrics.ts';
import type { PlannedTask } from '../runtime/worker/task-plan.ts';
import { Worker } from '../runtime/worker/worker.ts';
import type { WorkerListeners } from '../runtime/worker/worker-listeners.ts';
import { readCron } from '../schedule/cron.ts';
import type { StoreEngineFactory } from '../store/store-engine.ts';
import { lmdbStores } from '../store-lmdb/lmdb-stores.ts';
import { memoryStores } from '../store-memory/memory-stores.ts';
import type { internalsOf } from './internals.ts';
import type { UsableOptions } from './options.ts';

/** What an application gives its worker. */
export interface WorkerOf {
  readonly options: UsableOptions;
  readonly internals: ReturnType<typeof internalsOf>;
  readonly tasks: readonly PlannedTask[];
  /** Where everything of the application is; undefined: nothing is kept. */
  readonly directory: string | undefined;
  readonly processId: string;
  readonly counters: Counters;
  readonly listeners: WorkerListeners;
}

/** Puts the worker of an application together. */
export function newWorker({ options, internals, directory, ...given }: WorkerOf): Worker {
  const { onDecodeError, onProcessError, onProduceError } = options;
  const engines = enginesOf(options, internals);
  const keepsFiles = directory !== undefined && engines.kept === 'disk';
  return new Worker({
    ...given,
    ...internals,
    applicationId: options.id,
    instanceId: options.instanceId,
    advertised: options.advertise,
    assignment: { ...defaultAssignmentSettings, standbys: options.standbys ?? 0 },
    topology: options.topology,
    log: portOf(options.log),
    compressions: builtInCompressions,
    readCron,
    engines,
    directoryOf: (task) => (keepsFiles ? join(directory, task) : undefined),
    policies: {
      ...(onDecodeError && { onDecodeError }),
      ...(onProcessError && { onProcessError }),
      ...(onProduceError && { onProduceError }),
    },
  });
}

/** The engine that was named; else LMDB where there is a directory, and the heap where not. */
function enginesOf(
  { stores, stateDirectory }: UsableOptions,
  { surroundings }: WorkerOf['internals'],
): StoreEngineFactory {
  if (stores !== undefined) return stores.engine;
  return stateDirectory === undefined ? memoryStores : lmdbStores({ surroundings });
}
