import type { Topology } from 'logpose';
import { partitionCounts, sourceTopicsOf } from '../../../src/runtime/topics/partition-counts.ts';
import type { Action, Case, InputRecord, Operation, Step, StoreSpec } from '../case.ts';
import { lastValues, recordedRows } from './last-values.ts';

/** Where a program runs: tasks that a driver drives, or applications on a log. */
export type Place = 'driver' | 'log';

/** A program and its topology. */
export interface Compared {
  readonly test: Case;
  readonly topology: Topology;
}

/** Partitions of each topic that a program reads. */
export const partitions = 3;

/** Why the last value of each key may depend on the partitions, for the first rule that says so. */
export function reasonAgainst(compared: Compared, place: Place): string | undefined {
  return rules.find(({ places, holds }) => places.includes(place) && holds(compared))?.reason;
}

/**
 * Whether each record must be processed to its end before the next is sent: records of one key come
 * by ways whose order nobody promises, or a commit for each decides which results there are.
 */
export function goesStepByStep({ test, topology }: Compared): boolean {
  const inputs = new Set(recordsOf(test).map(({ topic }) => topic));
  const isCached = test.config['statestore.cache.max.bytes'] !== 0;
  return (
    inputs.size > 1 ||
    topology.subtopologies.length > 1 ||
    (isCached && topology.stores.length > 0) ||
    test.topology.some(({ op }) => changingKeys.has(op))
  );
}

interface Rule {
  readonly reason: string;
  readonly places: readonly Place[];
  readonly holds: (compared: Compared) => boolean;
}

const everywhere = ['driver', 'log'] as const;
const changingKeys = new Set(['map', 'flatMap', 'selectKey', 'process']);
const unpartitioned = new Set(['forwardAll', 'clear']);
const placesAndTimes = new Set(['streamTime', 'wallTime', 'taskId', 'applicationId', 'metadata']);

const rules: readonly Rule[] = [
  {
    reason: 'it is refused, or fails',
    places: everywhere,
    holds: ({ test }) => test.expected.error !== undefined,
  },
  {
    reason: 'no key has a value in the end',
    places: everywhere,
    holds: ({ test }) => Object.keys(lastValues(recordedRows(test))).length === 0,
  },
  {
    reason: 'it reads topics by a pattern',
    places: everywhere,
    holds: ({ test }) => test.topology.some(({ pattern }) => pattern !== undefined),
  },
  {
    reason: 'punctuators run in each task, by the time of that task',
    places: everywhere,
    holds: ({ test, topology }) =>
      (test.topology.some(({ schedule = [] }) => schedule.length > 0) ||
        acts(test, ['schedule'])) &&
      (isTimedByWallClock(test) || !staysInOneTask({ test, topology })),
  },
  {
    reason: 'a processor goes through a whole store, of which a task has a part',
    places: everywhere,
    holds: (compared) => acts(compared.test, [...unpartitioned]) && !staysInOneTask(compared),
  },
  {
    reason: 'a value says where or when it was processed',
    places: everywhere,
    holds: ({ test }) =>
      actionsOf(test).some(([, what]) => typeof what === 'string' && placesAndTimes.has(what)),
  },
  {
    reason: 'what is late, or expired, depends on the stream time of the task',
    places: everywhere,
    holds: (compared) =>
      compared.test.topology.some(usesWindows) &&
      isOutOfTime(compared.test) &&
      !staysInOneTask(compared),
  },
  {
    reason: 'results come when stream time has passed, which is the time of the task',
    places: everywhere,
    holds: ({ test }) => test.topology.some(waitsForStreamTime),
  },
  {
    reason: 'records of several topics wait together, and the earliest of all partitions is next',
    places: everywhere,
    holds: ({ test, topology }) =>
      test.input.some((step) => 'batch' in step) &&
      topology.subtopologies.some((subtopology) => sourceTopicsOf(subtopology).length > 1),
  },
  {
    reason: 'a commit by hand sends keys of several tasks on, in no promised order',
    places: everywhere,
    holds: ({ test, topology }) => test.commit === 'manual' && topology.subtopologies.length > 1,
  },
  {
    reason: 'its topics need other numbers of partitions',
    places: everywhere,
    holds: ({ topology }) => partitionsDiffer(topology),
  },
  {
    reason: 'it commits by hand, which decides which results there are',
    places: ['log'],
    holds: ({ test }) => test.commit === 'manual',
  },
  {
    reason: 'a log takes no negative timestamps',
    places: ['log'],
    holds: ({ test }) => recordsOf(test).some(({ ts }) => ts < 0),
  },
];

/** Then that task is to it what the JVM's driver is to a whole topology. */
function staysInOneTask({ test, topology }: Compared): boolean {
  const keys = recordsOf(test).map(({ key, keyHex }) => JSON.stringify(key ?? keyHex ?? null));
  const [first, ...others] = new Set(keys);
  return first !== 'null' && others.length === 0 && topology.subtopologies.length === 1;
}

function isTimedByWallClock(test: Case): boolean {
  const schedules = test.topology.flatMap(({ schedule = [] }) => schedule);
  return schedules.some(({ type }) => type === 'wall') || acts(test, ['schedule']);
}

/** Left out records are late ones, or their key is null and they move one partition's time. */
function isOutOfTime(test: Case): boolean {
  const isKeyless = recordsOf(test).some(({ key, keyHex }) => (key ?? keyHex ?? null) === null);
  return isKeyless || (test.expected.dropped ?? 0) > 0;
}

function usesWindows({ op, store, ownStores = [] }: Operation): boolean {
  const stores = typeof store === 'object' ? [store, ...ownStores] : ownStores;
  return op === 'windowedBy' || stores.some(isWindowed);
}

function isWindowed({ type = '' }: StoreSpec): boolean {
  return /Window|Session/.test(type);
}

function waitsForStreamTime({ op, emit, window }: Operation): boolean {
  const isJoin = window !== undefined && (op === 'leftJoin' || op === 'outerJoin');
  return op === 'suppress' || emit === 'onWindowClose' || isJoin;
}

function partitionsDiffer(topology: Topology): boolean {
  const own = new Set(topology.repartitionTopics.map(({ name }) => name));
  const sources = sourceTopicsOf(topology).filter((name) => !own.has(name));
  const known = new Map(sources.map((name) => [name, partitions]));
  return partitionCounts(topology, known).problems.length > 0;
}

function acts(test: Case, names: readonly string[]): boolean {
  return actionsOf(test).some(([name]) => names.includes(name));
}

/** Actions of processors, those within others too. */
function actionsOf(test: Case): readonly Action[] {
  return test.topology.flatMap((operation) => (operation.do ?? []).flatMap(withInner));
}

function withInner(action: Action): readonly Action[] {
  const inner = action.slice(1).filter(isActions).flat();
  return [action, ...inner.flatMap(withInner)];
}

function isActions(argument: unknown): argument is readonly Action[] {
  return Array.isArray(argument) && argument.every(Array.isArray);
}

/** The records of all steps. */
export function recordsOf({ input }: Case): readonly InputRecord[] {
  return input.flatMap(recordsIn);
}

/** The records of one step. */
export function recordsIn(step: Step): readonly InputRecord[] {
  if ('batch' in step) return step.batch;
  return 'topic' in step ? [step] : [];
}
