import type { Surroundings } from '../../base/clock.ts';
import type { Compressions } from '../../log/compression.ts';
import type { LogPort } from '../../log/log-port.ts';
import type { StoreEngineFactory } from '../../store/store-engine.ts';
import type { Topology } from '../../topology/topology.ts';
import type { FailurePolicies } from '../failure-policy.ts';
import type { AssignmentSettings } from '../group/assignment/assignment.ts';
import type { MembershipSettings } from '../group/membership.ts';
import type { Counters } from '../metrics.ts';
import type { ReadCron } from '../task/timetable.ts';
import type { PlannedTask } from './task-plan.ts';
import type { WorkerListeners } from './worker-listeners.ts';

/** What a worker is made with. */
export interface WorkerParts {
  readonly applicationId: string;
  /** Tells this instance's producer from the others': a restart fences its predecessor. */
  readonly processId: string;
  /** Static membership; undefined: a restart is another member. */
  readonly instanceId: string | undefined;
  /** `host:port` under which this instance's stores are reached. */
  readonly advertised: string | undefined;
  readonly assignment: AssignmentSettings;
  readonly topology: Topology;
  /** All of the application: its members share them. */
  readonly tasks: readonly PlannedTask[];
  readonly log: LogPort;
  readonly compressions: Compressions;
  readonly readCron: ReadCron;
  readonly engines: StoreEngineFactory;
  /** The directory of a task's stores; undefined: in memory. */
  readonly directoryOf: (taskId: string) => string | undefined;
  readonly policies: FailurePolicies;
  readonly settings: WorkerSettings;
  readonly surroundings: Surroundings;
  readonly counters: Counters;
  readonly listeners: WorkerListeners;
}

/** How a worker behaves. Times in milliseconds. */
export interface WorkerSettings extends MembershipSettings {
  readonly guarantee: 'exactly-once' | 'at-least-once';
  /** Progress is committed this often while there is any. */
  readonly commitIntervalMs: number;
  /** Commits that readers or processors ask for are at least this far apart. */
  readonly minCommitIntervalMs: number;
  /** Input and output of the transaction being filled; behind it a commit is brought forward. */
  readonly maxPendingBytes: number;
  readonly emit: 'each-commit' | 'each-change';
  readonly maxTaskIdleMs: number;
  /** Fetched and unprocessed bytes of all inputs together. */
  readonly maxBufferedBytes: number;
  /** Committed rows go to the engines this often, or when there are that many bytes of them. */
  readonly flushIntervalMs: number;
  readonly maxUnflushedBytes: number;
  readonly repartitionPurgeIntervalMs: number;
  /** The event loop has its turn this often. */
  readonly maxSliceMs: number;
  /** Tasks whose stores are restored at the same time. */
  readonly maxRestoringTasks: number;
  /** For how long a log that cannot be used is tried again before the application fails. */
  readonly maxRetryMs: number;
  readonly retryDelayMs: number;
  readonly transactionTimeoutMs: number;
}

/** What holds where nothing else is said. */
export const defaultSettings: WorkerSettings = {
  guarantee: 'exactly-once',
  commitIntervalMs: 100,
  minCommitIntervalMs: 5,
  maxPendingBytes: 32 * 1024 * 1024,
  emit: 'each-commit',
  maxTaskIdleMs: 0,
  maxBufferedBytes: 32 * 1024 * 1024,
  flushIntervalMs: 10_000,
  maxUnflushedBytes: 32 * 1024 * 1024,
  repartitionPurgeIntervalMs: 30_000,
  maxSliceMs: 10,
  maxRestoringTasks: 4,
  maxRetryMs: 300_000,
  retryDelayMs: 100,
  transactionTimeoutMs: 60_000,
  heartbeatIntervalMs: 3000,
  sessionTimeoutMs: 45_000,
  maxPollIntervalMs: 300_000,
  probingRebalanceIntervalMs: 600_000,
};
