import type { WorkerSettings } from './settings.ts';
import type { WorkerInside } from './worker-inside.ts';

/** When a worker's loop looks again. */
export interface Pace {
  readonly nowMs: number;
  readonly mayProcess: boolean;
  readonly settings: Pick<WorkerSettings, 'maxTaskIdleMs'>;
}

const maxWaitMs = 1000;
const idleCheckMs = 5;

/** How long there is nothing to do, unless something happens. */
export function waitMs(inside: WorkerInside, { nowMs, mayProcess, settings }: Pace): number {
  const { tasks, flusher, commits, membership } = inside;
  const open = tasks.slots.flatMap(({ task, isRevoked }) => (isRevoked ? [] : (task ?? [])));
  // What is due but may not run is no reason to look again at once.
  const times = mayProcess ? open.map((task) => task.nextWallClockMs) : [];
  times.push(nowMs + maxWaitMs, flusher.nextMs(), commits.nextMs(), membership.nextMs());
  // Some input is empty and waited for, but not for ever.
  const isIdle = settings.maxTaskIdleMs > 0 && open.some((task) => task.hasRecords);
  if (isIdle) times.push(nowMs + idleCheckMs);
  return Math.max(1, Math.min(...times) - nowMs);
}
