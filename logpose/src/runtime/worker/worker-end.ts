import type { WorkerInside } from './worker-inside.ts';

/** Whether the group is told that a worker ends: else it finds out when the session is over. */
export type LeaveGroup = 'yes' | 'no';

/** How a worker ends. */
export interface WorkerEnd {
  readonly how: 'clean' | 'abandoned';
  readonly leaveGroup: LeaveGroup;
  /** Told of what fails and does not matter. */
  report(error: unknown): void;
}

/**
 * Leaves the group, closes tasks and standbys and lets go of everything.
 *
 * @throws What closing a task's stores failed with.
 */
export async function endWorker(inside: WorkerInside, end: WorkerEnd): Promise<void> {
  const { tasks, flusher, commits, fetcher, waits } = inside;
  // Others take the tasks over while stores are flushed: files are nobody else's.
  await leave(inside, end);
  await tasks.stop();
  await flusher.idle();
  try {
    await tasks.close(end.how);
  } finally {
    await closeStandbys(inside, end);
    await commits.close();
    fetcher.close();
    waits.close();
  }
}

async function leave({ membership }: WorkerInside, end: WorkerEnd): Promise<void> {
  try {
    if (end.how === 'clean' && end.leaveGroup === 'yes') await membership.leave();
    else membership.close();
  } catch (error) {
    // The group finds out when the session is over.
    end.report(error);
  }
}

async function closeStandbys({ standbys }: WorkerInside, end: WorkerEnd): Promise<void> {
  try {
    await standbys.close(end.how);
  } catch (error) {
    // Their next opening finds what is missing.
    end.report(error);
  }
}
