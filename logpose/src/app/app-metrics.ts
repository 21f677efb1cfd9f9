import type { Counters, Metric } from '../runtime/metrics.ts';
import type { StandbySlot } from '../runtime/worker/standby/standby-slot.ts';
import type { TaskSlot } from '../runtime/worker/task-slot.ts';
import type { Worker } from '../runtime/worker/worker.ts';

/** Counters, and what the worker's tasks are at now. */
export function appMetrics(counters: Counters, worker: Worker | undefined): readonly Metric[] {
  if (worker === undefined) return counters.snapshot();
  return [
    ...counters.snapshot(),
    { name: 'tasks', tags: {}, value: worker.slots.length },
    { name: 'pending-bytes', tags: {}, value: worker.pendingBytes },
    ...worker.slots.flatMap((slot) => [...taskMetrics(slot, worker)]),
    ...worker.standbys.flatMap((slot) => [...standbyMetrics(slot)]),
  ];
}

/** Nothing before it has looked at what it has. */
function* standbyMetrics({ plan, lag }: StandbySlot): Generator<Metric> {
  if (lag !== undefined) yield { name: 'standby-lag', tags: { task: plan.id }, value: lag };
}

function* taskMetrics(slot: TaskSlot, worker: Worker): Generator<Metric> {
  const tags = { task: slot.plan.id };
  yield { name: 'unflushed-bytes', tags, value: slot.stores.unflushedBytes };
  yield { name: 'restore-lag', tags, value: slot.stores.lag };
  const streamTimeMs = slot.task?.streamTimeMs;
  if (streamTimeMs !== undefined) yield { name: 'stream-time-ms', tags, value: streamTimeMs };
  for (const { topic, partition, offset } of slot.committed) {
    const endOffset = worker.endOffset({ topic, partition });
    const value = Math.max(0, (endOffset ?? offset) - offset);
    yield { name: 'lag', tags: { ...tags, topic, partition: String(partition) }, value };
  }
}
