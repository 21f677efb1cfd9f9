import type { RecordPosition } from '../../errors/record-position.ts';
import type { LogAdmin } from '../../log/log-port.ts';
import { partitionKey } from '../../record/topic-partition.ts';
import type { TaskSet } from './task-set.ts';

/**
 * Gives up the records of repartition topics that are processed and committed: they have no
 * retention by time.
 */
export class RepartitionPurge {
  readonly #admin: LogAdmin;
  readonly #tasks: Pick<TaskSet, 'slots'>;
  readonly #intervalMs: number;
  readonly #failed: (error: unknown) => void;
  readonly #purged = new Map<string, number>();
  #isBusy = false;
  #dueMs: number;

  constructor(
    admin: LogAdmin,
    tasks: Pick<TaskSet, 'slots'>,
    around: { readonly nowMs: number; readonly intervalMs: number; failed(error: unknown): void },
  ) {
    this.#admin = admin;
    this.#tasks = tasks;
    this.#intervalMs = around.intervalMs;
    this.#failed = around.failed;
    this.#dueMs = around.nowMs + around.intervalMs;
  }

  /** Begins to purge when it is time to. */
  run(nowMs: number): void {
    // A clock that was set back does not keep records for longer.
    this.#dueMs = Math.min(this.#dueMs, nowMs + this.#intervalMs);
    if (nowMs < this.#dueMs || this.#isBusy) return;
    this.#dueMs = nowMs + this.#intervalMs;
    const before = this.#processed();
    if (before.length === 0) return;
    this.#isBusy = true;
    this.#admin
      .deleteRecords(before)
      .then(() => {
        for (const { topic, partition, offset } of before) {
          this.#purged.set(partitionKey(topic, partition), offset);
        }
      })
      .catch(this.#failed)
      .finally(() => {
        this.#isBusy = false;
      });
  }

  /** Committed offsets of repartition topics that have moved since they were last purged. */
  #processed(): readonly RecordPosition[] {
    return this.#tasks.slots.flatMap((slot) =>
      slot.plan.inputs
        .filter(({ kind }) => kind === 'repartition')
        .flatMap(({ topic, partition }) => {
          const offset = slot.committedOffset({ topic, partition }) ?? 0;
          const purged = this.#purged.get(partitionKey(topic, partition)) ?? 0;
          return offset > purged ? [{ topic, partition, offset }] : [];
        }),
    );
  }
}
