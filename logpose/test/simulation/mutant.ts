import type { CommittedOffset } from '../../src/log/log-port.ts';
import type { EngineWrite } from '../../src/store/store-engine.ts';

/** A mistake that is built into a simulation's surroundings, to see whether it is caught. */
export interface Mutant {
  readonly name: string;
  /** What is committed instead. */
  readonly offset?: (committed: CommittedOffset) => CommittedOffset;
  /** What a commit says to be durable is not. */
  readonly durable?: 'at-once';
  /** The records of an aborted transaction stay in the log. */
  readonly aborted?: 'kept';
  /** What an aborted transaction wrote to stores stays there. */
  readonly rollback?: 'skipped';
  /** Now and then, what a committed transaction wrote to stores is dropped. */
  readonly generation?: 'dropped';
  /** Now and then, what is due does not run. */
  readonly punctuation?: 'lost';
  /** The log takes commits of whoever is no member of the group any more. */
  readonly fencing?: 'skipped';
  /** Where restoring begins instead. */
  readonly restoreFrom?: (offset: number) => number;
  /** What an engine writes instead. */
  readonly flushed?: (writes: readonly EngineWrite[]) => readonly EngineWrite[];
  /** The disk says that it has synced, and has not. */
  readonly sync?: 'skipped';
}

/** Each of them loses, doubles or invents something. */
export const mutants: readonly Mutant[] = [
  {
    name: 'a commit is one offset ahead',
    offset: (committed) => ({ ...committed, offset: committed.offset + 1 }),
  },
  {
    name: 'a commit is one offset behind',
    offset: (committed) => ({ ...committed, offset: Math.max(0, committed.offset - 1) }),
  },
  { name: 'engines are flushed before the log is durable', durable: 'at-once' },
  { name: 'an aborted transaction leaves its records', aborted: 'kept' },
  { name: 'an aborted transaction leaves its rows', rollback: 'skipped' },
  { name: 'restoring begins one offset too late', restoreFrom: (offset) => offset + 1 },
  { name: 'a flush loses its last row', flushed: (writes) => writes.slice(0, -1) },
  { name: 'a generation of rows is dropped', generation: 'dropped' },
  { name: 'a punctuation is lost', punctuation: 'lost' },
  { name: 'whoever is no member commits', fencing: 'skipped' },
  { name: 'syncs do nothing', sync: 'skipped' },
];
