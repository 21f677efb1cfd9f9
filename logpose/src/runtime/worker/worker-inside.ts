import type { MemberIdentity } from '../../log/group-port.ts';
import { Membership } from '../group/membership.ts';
import { WorkSharing } from '../group/work-sharing.ts';
import { TransactionOutput } from '../task/transaction-output.ts';
import { Commits } from './commits.ts';
import type { WorkerFailure } from './failures.ts';
import { bytesPerInput, Fetcher } from './fetcher.ts';
import { Flusher } from './flusher.ts';
import { HandOver } from './hand-over.ts';
import { PositionWaits } from './position-waits.ts';
import { RepartitionPurge } from './purge.ts';
import type { WorkerParts } from './settings.ts';
import { Signal } from './signal.ts';
import { Slices } from './slices.ts';
import { Standbys } from './standby/standbys.ts';
import { type TaskFailure, TaskSet } from './task-set.ts';
import { TopicCounts } from './topic-counts.ts';

/** What a worker is made of. */
export interface WorkerInside {
  /** Notified when the loop has something to do. */
  readonly signal: Signal;
  /** Notified when nothing is to be tried again. */
  readonly stopping: Signal;
  readonly topics: TopicCounts;
  readonly output: TransactionOutput;
  readonly waits: PositionWaits;
  readonly fetcher: Fetcher;
  readonly tasks: TaskSet;
  readonly standbys: Standbys;
  readonly slices: Slices;
  readonly commits: Commits;
  readonly flusher: Flusher;
  readonly purge: RepartitionPurge;
  readonly sharing: WorkSharing;
  readonly membership: Membership;
  readonly handOver: HandOver;
}

/** Who hears of what goes on inside of a worker, outside of its loop's turns. */
export interface InsideEvents {
  /** A task has been opened, or the last that was to be let go of is gone. */
  opened(): void;
  /** A transaction has ended, well or not. */
  committed(isCommitted: boolean): void;
  /** A flush has ended. */
  flushed(failure: TaskFailure | undefined): void;
  standbyCaughtUp(): void;
  /** Something failed, and the loop is to decide what follows. */
  met(failure: WorkerFailure): void;
  /** Something failed, and nothing follows. */
  report(error: unknown): void;
}

type Work = Pick<
  WorkerInside,
  'signal' | 'stopping' | 'topics' | 'output' | 'waits' | 'fetcher' | 'tasks' | 'standbys'
>;
type Group = Pick<WorkerInside, 'sharing' | 'membership'>;

/** Puts the parts of a worker together. */
export function workerInside(parts: WorkerParts, told: InsideEvents): WorkerInside {
  const member = (): MemberIdentity | undefined => group.membership.identity;
  const work = workOf(parts, told, member);
  const commits: Commits = new Commits(parts, {
    ...work,
    member,
    ended: told.committed,
  });
  const settled = async () => {
    await commits.idle();
    await work.tasks.pinned();
  };
  const group: Group = groupOf(parts, work, settled);
  const handOver = new HandOver({
    ...work,
    planned: parts.tasks,
    commits,
    released: () => {
      group.membership.rejoin();
      told.opened();
    },
  });
  return { ...work, ...group, ...background(parts, work, told), commits, handOver };
}

function workOf(
  parts: WorkerParts,
  told: InsideEvents,
  member: () => MemberIdentity | undefined,
): Work {
  const { log, surroundings } = parts;
  const signal = new Signal(surroundings);
  const topics = new TopicCounts(log.admin);
  const { partitionsOf } = topics;
  const output = new TransactionOutput({ partitionsOf, random: () => surroundings.random() });
  const maxBufferedBytes = bytesPerInput(parts);
  const fetcher = new Fetcher(log, maxBufferedBytes, signal.notify);
  const shared = { output, maxBufferedBytes, endOffset: fetcher.endOffset, fetcher, member };
  const tasks = new TaskSet(parts, shared, {
    opened: told.opened,
    notOpened: told.met,
    notClosed: told.report,
  });
  const standbys = new Standbys(parts, {
    caughtUp: told.standbyCaughtUp,
    recovered: told.report,
    failed: (error) => told.met({ error }),
  });
  const waits = new PositionWaits(surroundings);
  const stopping = new Signal(surroundings);
  return { signal, stopping, topics, output, waits, fetcher, tasks, standbys };
}

function groupOf(parts: WorkerParts, work: Work, settled: () => Promise<void>): Group {
  const { log, applicationId, instanceId, settings, surroundings } = parts;
  const sharing = new WorkSharing({
    ...parts,
    admin: log.admin,
    slots: () => work.tasks.slots,
    standbys: () => work.standbys.slots,
  });
  const membership = new Membership({
    log,
    groupId: applicationId,
    instanceId,
    settings,
    clock: surroundings,
    notify: work.signal.notify,
    metadata: () => sharing.metadata(),
    decide: (members) => sharing.decide(members),
    settled,
  });
  return { sharing, membership };
}

function background(parts: WorkerParts, { tasks, fetcher }: Work, told: InsideEvents) {
  const { log, settings, surroundings } = parts;
  const nowMs = surroundings.nowMs();
  const intervalMs = settings.repartitionPurgeIntervalMs;
  return {
    slices: new Slices(parts, tasks, fetcher),
    flusher: new Flusher(settings, tasks, { nowMs, ended: told.flushed }),
    purge: new RepartitionPurge(log.admin, tasks, { nowMs, intervalMs, failed: told.report }),
  };
}
