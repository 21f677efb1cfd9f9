import type { FsyncPolicy } from '../../src/log-embedded/options.ts';
import type { WorkerSettings } from '../../src/runtime/worker/settings.ts';
import { Chance } from './chance.ts';

/** What a seed decides before anything runs. */
export interface SimulationSettings {
  readonly seed: number;
  readonly partitions: number;
  /** Of the application, at most: they come and go. */
  readonly instances: number;
  /** Warm copies of each task with state. */
  readonly standbys: number;
  readonly emit: 'each-change' | 'each-commit';
  readonly fsync: FsyncPolicy;
  /** `'kept'`: in memory, but it outlives the process as files do. */
  readonly engine: 'memory' | 'kept' | 'lmdb';
  readonly commitIntervalMs: number;
  readonly maxTaskIdleMs: number;
  readonly worker: Partial<WorkerSettings>;
  readonly log: {
    readonly segmentBytes: number;
    readonly maxJournalBytes: number;
    /** How often changelogs are compacted; `never`: not at all. */
    readonly cleaningIntervalMs: number;
  };
  /** Most bytes of a partition that one poll brings. */
  readonly maxPollBytes: number;
  /** Transactions of the writer of the input. */
  readonly inputTransactions: number;
  /** How many times the process or the machine crashes, at most. */
  readonly crashes: number;
  /** How many times an instance is given up, closed or paused, at most. */
  readonly restarts: number;
  /** How many changes of the disk there are at most before a crash. */
  readonly maxStepsToCrash: number;
  readonly odds: Odds;
  readonly poison: 'continue' | 'dead-letter';
}

/** How often things go wrong, of 1. */
export interface Odds {
  /** A commit is aborted, or nobody knows how it ended. */
  readonly commitFails: number;
  /** The disk is full for a moment; asked once in a while. */
  readonly diskFull: number;
  /** The disk cannot sync; asked as often. */
  readonly syncFails: number;
  /** An engine cannot write. */
  readonly flushFails: number;
  /** A store is damaged when it has been written. */
  readonly damage: number;
  /** Instead of ending, an instance is paused for longer than its group waits for it. */
  readonly paused: number;
}

/** For what is too rare to happen. */
export const never = 365 * 24 * 3_600_000;

/** @param steps - Transactions of the input; default: as the seed says. */
export function settingsOfSeed(seed: number, steps?: number): SimulationSettings {
  const chance = new Chance(seed);
  // Of a row of their own: what came later changes nothing about what seeds had decided before.
  const later = new Chance(~seed >>> 0);
  const cleaningIntervalMs = later.pick([never, never, 200]);
  const standbys = later.pick([0, 0, 1, 2]);
  const engine = seed % 25 === 7 ? 'lmdb' : chance.pick(['memory', 'kept', 'kept'] as const);
  return {
    seed,
    engine,
    standbys,
    partitions: chance.int(1, 3),
    emit: chance.pick(['each-change', 'each-commit']),
    fsync: chance.pick(['interval', 'interval', 'commit', 'never']),
    commitIntervalMs: chance.pick([0, 10, 100, 300]),
    maxTaskIdleMs: chance.pick([0, 0, 50, -1]),
    worker: workerSettings(chance),
    log: {
      segmentBytes: chance.pick([500, 4000, 1_000_000]),
      maxJournalBytes: chance.pick([1500, 6000, 1_000_000]),
      cleaningIntervalMs,
    },
    maxPollBytes: chance.pick([1, 300, 2000, 1_000_000]),
    inputTransactions: steps ?? chance.int(10, 40),
    crashes: chance.int(1, 5),
    restarts: chance.int(0, 3),
    maxStepsToCrash: chance.pick([40, 150, 500]),
    odds: oddsOf(chance),
    poison: chance.pick(['continue', 'dead-letter']),
    instances: chance.pick([1, 2, 2, 3]),
  };
}

function workerSettings(chance: Chance): Partial<WorkerSettings> {
  return {
    maxPendingBytes: chance.pick([300, 3000, 32_000_000]),
    flushIntervalMs: chance.pick([150, 1000, 10_000]),
    maxUnflushedBytes: chance.pick([500, 32_000_000]),
    maxRestoringTasks: chance.int(1, 4),
    retryDelayMs: 10,
    maxRetryMs: 3_600_000,
    repartitionPurgeIntervalMs: chance.pick([500, 3_600_000]),
    heartbeatIntervalMs: 100,
    sessionTimeoutMs: 1000,
    maxPollIntervalMs: chance.pick([1500, 5000]),
    probingRebalanceIntervalMs: chance.pick([500, 600_000]),
  };
}

function oddsOf(chance: Chance): Odds {
  return {
    commitFails: chance.pick([0, 0.03, 0.1]),
    diskFull: chance.pick([0, 0.05]),
    syncFails: chance.pick([0, 0, 0.02]),
    flushFails: chance.pick([0, 0.1]),
    damage: chance.pick([0, 0, 0.02]),
    paused: chance.pick([0, 0.5]),
  };
}
