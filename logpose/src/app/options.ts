import type { Log } from '../client/log.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { problemOfName } from '../record/topic.ts';
import type { FailurePolicies } from '../runtime/failure-policy.ts';
import type { InternalTopicOptions } from '../runtime/topics/internal-topics.ts';
import type { StoreEngineFactory } from '../store/store-engine.ts';
import { problemOfTopology } from '../topology/problem-of-topology.ts';
import type { Topology } from '../topology/topology.ts';

/** What can be told to an application. Problems are reported all at once (`ConfigError`). */
export type StreamsAppOptions = {
  /** The `application.id`: group, prefix of internal topics, directory of the state. */
  readonly id: string;
  readonly log: Log;
  /** Default: state in memory. */
  readonly stateDirectory?: string;
  /** Default, and so far the only one: `'exactly-once'`. */
  readonly guarantee?: 'at-least-once' | 'exactly-once';
  /** In milliseconds. Default 100. */
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
  /** `host:port` under which other instances reach this one's stores. */
  readonly advertise?: string;
  readonly internalTopics?: InternalTopicOptions;
} & (Definition | ModuleDefinition);

/** What an application does, on the main thread. */
export interface Definition extends FailurePolicies {
  readonly topology: Topology;
  readonly workers?: 0;
}

/** The same in worker threads: functions cannot cross, so it is a module's. Not supported yet. */
export interface ModuleDefinition {
  readonly module: URL;
  readonly workers: number;
}

/** Options that were looked at and can be used. */
export type UsableOptions = Extract<StreamsAppOptions, Definition>;

/** @throws {ConfigError} With every problem. */
export function usableOptions(options: StreamsAppOptions): UsableOptions {
  const problems = [...problemsOf(options)];
  if ('topology' in options && problems.length === 0) return options;
  throw new ConfigError(problems);
}

function* problemsOf(options: StreamsAppOptions): Generator<string> {
  const problem = problemOfName(options.id);
  if (problem !== undefined) yield `id ${problem}`;
  yield* laterWork(options);
  yield* problemOfNumber('commitIntervalMs', options.commitIntervalMs, 0);
  yield* problemOfNumber('maxTaskIdleMs', options.maxTaskIdleMs, -1);
  const { replicationFactor, retentionMs } = options.internalTopics ?? {};
  yield* problemOfNumber('internalTopics.replicationFactor', replicationFactor, 1);
  yield* problemOfNumber('internalTopics.retentionMs', retentionMs, 1);
  if (options.stores?.engine.kept === 'disk' && options.stateDirectory === undefined) {
    yield `stores on disk (${options.stores.engine.name}) need a stateDirectory`;
  }
  if (options.instanceId === '') yield 'instanceId must not be empty';
  if (options.stateDirectory === '') yield 'stateDirectory must not be empty';
  if (!('topology' in options)) return;
  const none = problemOfTopology(options.topology);
  if (none === undefined) yield* patternsIn(options.topology);
  else yield none;
}

/** What is described but not there: said, not ignored. */
function* laterWork(options: StreamsAppOptions): Generator<string> {
  if (options.guarantee === 'at-least-once') {
    yield "guarantee: 'at-least-once' is not supported yet; leave it out for exactly-once";
  }
  if (options.advertise !== undefined) {
    yield 'advertise is not supported yet: an application has one instance';
  }
  if (!('topology' in options)) {
    yield 'module and workers are not supported yet; pass topology, it runs on the main thread';
  } else if (options.workers !== undefined && options.workers !== 0) {
    yield 'workers is not supported yet; leave it out, tasks run on the main thread';
  }
}

function* patternsIn({ nodes }: Topology): Generator<string> {
  for (const node of nodes) {
    if (node.kind !== 'source' || 'topics' in node.input) continue;
    yield `source ${node.name} reads a topicPattern, which cannot be run yet; name the topics`;
  }
}

function* problemOfNumber(name: string, value: number | undefined, min: number) {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min)) return;
  yield `${name} is ${value} and must be a whole number, at least ${min}`;
}
