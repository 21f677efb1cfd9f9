import type { Log } from '../client/log.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { problemOfName } from '../record/topic.ts';
import type { FailurePolicies } from '../runtime/failure-policy.ts';
import type { InternalTopicOptions } from '../runtime/topics/internal-topics.ts';
import type { StoreEngineFactory } from '../store/store-engine.ts';
import { memoryStores } from '../store-memory/memory-stores.ts';
import { problemOfTopology } from '../topology/problem-of-topology.ts';
import type { Topology } from '../topology/topology.ts';

/** Threads beyond the cores of any machine. */
const maxWorkers = 256;

/** What can be told to an application. Problems are reported all at once (`ConfigError`). */
export type StreamsAppOptions = SharedOptions & (Definition | ModuleDefinition);

/** What is told of an instance, whatever it runs. */
export interface SharedOptions {
  /** The `application.id`: group, prefix of internal topics, directory of the state. */
  readonly id: string;
  readonly log: Log;
  /** Default: state in memory. */
  readonly stateDirectory?: string;
  /**
   * Default `'exactly-once'`. With `'at-least-once'` nothing is lost either, but what was under way
   * when something failed may be counted and sent twice.
   */
  readonly guarantee?: 'at-least-once' | 'exactly-once';
  /** In milliseconds. Default 100, at-least-once 1000. */
  readonly commitIntervalMs?: number;
  /** When tables send their updates on. Default `'each-commit'`. */
  readonly emit?: 'each-commit' | 'each-change';
  /**
   * How long to wait for an input that is empty, so that its records are not overtaken, in
   * milliseconds. Default 0: only for input that is known to be there. −1: never.
   */
  readonly maxTaskIdleMs?: number;
  /** Default: LMDB below `stateDirectory`; in memory when there is none. */
  readonly stores?: { readonly engine: StoreEngineFactory };
  /**
   * Names this instance: a restart within the session time-out takes the same tasks again, without
   * a rebalance. An earlier instance of that name is fenced.
   */
  readonly instanceId?: string;
  /**
   * How many other instances keep a warm copy of each task's stores, where there are so many: one
   * of them takes the task over without reading its state anew. Default 0. The same for all
   * instances; each copy costs the disk and the reading of the original.
   */
  readonly standbys?: number;
  /** `host:port` under which other instances reach this one's stores. */
  readonly advertise?: string;
  readonly internalTopics?: InternalTopicOptions;
}

/** What an application does, on the main thread. */
export interface Definition extends FailurePolicies {
  readonly topology: Topology;
  readonly workers?: 0;
}

/** The same in worker threads: functions cannot cross, so it is a module's `defineApp(…)`. */
export interface ModuleDefinition {
  /** Its default export is the application: `export default defineApp({ topology })`. */
  readonly module: URL;
  /** Threads that share the tasks; 0: they run on the main thread. */
  readonly workers: number;
  /** What follows when a worker has failed. Default: the application fails. */
  readonly onWorkerFailure?: WorkerFailurePolicy;
}

/**
 * Decides what follows when a worker thread has ended without being asked to: by an error that
 * nobody caught, `process.exit`, too little memory (`WorkerError`), or by what fails an application
 * on the main thread.
 *
 * `'replace'`: another thread takes its place, and goes on from what is committed; at most five
 * times a minute. `'fail'`: the other workers are closed and the application fails.
 */
export type WorkerFailurePolicy = (failure: Error) => 'replace' | 'fail';

/** Options with the application that they are for. */
export type UsableOptions = SharedOptions & Definition;

/** @throws {ConfigError} With every problem that can be seen without a module. */
export function checkOptions(options: StreamsAppOptions): void {
  const problems = [...problemsOf(options)];
  if (problems.length > 0) throw new ConfigError(problems);
}

const policies = new Set(['onDecodeError', 'onProcessError', 'onProduceError', 'onWorkerFailure']);

/** A name or an address, an IPv6 address in brackets, and a port. */
const hostAndPort = /^(?:[^\s:/[\]]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}$/;

function* problemsOf(options: StreamsAppOptions): Generator<string> {
  const problem = problemOfName(options.id);
  if (problem !== undefined) yield `id ${problem}`;
  yield* problemOfGuarantee(options.guarantee);
  yield* problemOfNumber('commitIntervalMs', options.commitIntervalMs, 0);
  yield* problemOfNumber('maxTaskIdleMs', options.maxTaskIdleMs, -1);
  const { replicationFactor, retentionMs } = options.internalTopics ?? {};
  yield* problemOfNumber('internalTopics.replicationFactor', replicationFactor, 1);
  yield* problemOfNumber('internalTopics.retentionMs', retentionMs, 1);
  if (options.stores?.engine.kept === 'disk' && options.stateDirectory === undefined) {
    yield `stores on disk (${options.stores.engine.name}) need a stateDirectory`;
  }
  yield* problemOfNumber('standbys', options.standbys, 0);
  if (options.instanceId === '') yield 'instanceId must not be empty';
  const { advertise } = options;
  if (advertise !== undefined && !hostAndPort.test(advertise)) {
    yield `advertise is '${advertise}' and must be host:port`;
  }
  if (options.stateDirectory === '') yield 'stateDirectory must not be empty';
  yield* problemsOfPolicies(options);
  if ('module' in options) return yield* problemsOfModule(options);
  const none = problemOfTopology(options.topology);
  yield* problemsOfWorkers(options.workers);
  if (none === undefined) yield* patternsIn(options.topology);
  else yield none;
}

function* problemsOfModule(options: SharedOptions & ModuleDefinition): Generator<string> {
  const { module, workers, stores } = options;
  if (!(module instanceof URL)) yield "module must be a URL: new URL('./app.ts', import.meta.url)";
  if ('topology' in options) yield 'give either a topology or a module, whose export has one';
  if (!Number.isInteger(workers) || workers < 0 || workers > maxWorkers) {
    yield `workers is ${workers} and must be a whole number from 0 to ${maxWorkers}`;
  }
  if (workers > 0 && stores !== undefined && stores.engine !== memoryStores) {
    yield `stores ${stores.engine.name} are made of functions, which cannot cross to workers: ` +
      'leave them out, or pass memoryStores';
  }
}

function* problemsOfWorkers(workers: number | undefined): Generator<string> {
  if (workers === undefined || workers === 0) return;
  yield 'workers need a module: functions, as a topology has, cannot cross to them';
}

/** What cannot be run yet. */
export function* patternsIn({ nodes }: Topology): Generator<string> {
  for (const node of nodes) {
    if (node.kind !== 'source' || 'topics' in node.input) continue;
    yield `source ${node.name} reads a topicPattern, which cannot be run yet; name the topics`;
  }
}

/** A caller without types may give the answer in place of the function. */
function* problemsOfPolicies(options: StreamsAppOptions): Generator<string> {
  for (const [name, policy] of Object.entries(options)) {
    if (!policies.has(name) || policy === undefined || typeof policy === 'function') continue;
    yield `${name} must be a function that returns what is to follow`;
  }
}

/** A caller without types may say anything. */
function* problemOfGuarantee(guarantee: string | undefined) {
  if (guarantee === undefined || ['exactly-once', 'at-least-once'].includes(guarantee)) return;
  yield `guarantee is ${guarantee} and must be 'exactly-once' or 'at-least-once'`;
}

function* problemOfNumber(name: string, value: number | undefined, min: number) {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min)) return;
  yield `${name} is ${value} and must be a whole number, at least ${min}`;
}
