import type { PartitionQueue } from './partition-queue.ts';
import type { TaskParts } from './task-parts.ts';

const neverWait = -1;

/**
 * Whether a task may go on although some of its inputs have nothing queued.
 *
 * Not while one of them is known to have more in the log, or while nothing is known of it: its next
 * record may be earlier than all others, and which record comes first would be a matter of fetching
 * speed. One that is caught up is waited for until `maxTaskIdleMs` is over.
 */
export class IdleRule {
  readonly #parts: TaskParts;

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  /** Called while at least one queue has records. */
  allows(queues: Iterable<PartitionQueue>): boolean {
    if (this.#parts.settings.maxTaskIdleMs === neverWait) return true;
    let allowed = true;
    for (const queue of queues) {
      if (queue.record === undefined && !this.#mayBeEmpty(queue)) allowed = false;
    }
    return allowed;
  }

  #mayBeEmpty(queue: PartitionQueue): boolean {
    const endOffset = this.#parts.endOffset(queue.input);
    if (endOffset === undefined || endOffset > queue.nextOffset) {
      queue.idleUntilMs = undefined;
      return false;
    }
    const { maxTaskIdleMs } = this.#parts.settings;
    if (maxTaskIdleMs === 0) return true;
    const nowMs = this.#parts.clock.nowMs();
    const untilMs = nowMs + maxTaskIdleMs;
    // Also a clock that was set back makes nobody wait for longer.
    queue.idleUntilMs = Math.min(queue.idleUntilMs ?? untilMs, untilMs);
    return nowMs >= queue.idleUntilMs;
  }
}
