import type { Timers } from '../base/clock.ts';
import type { DroppedRecord } from '../runtime/task/task-parts.ts';
import type { DroppedRecords } from './events.ts';

const intervalMs = 1000;

/** Tells of dropped records: the first of a reason at once, further ones once a second. */
export class DropReports {
  readonly #timers: Timers;
  readonly #tell: (dropped: DroppedRecords) => void;
  readonly #open = new Map<string, Report>();

  constructor(timers: Timers, tell: (dropped: DroppedRecords) => void) {
    this.#timers = timers;
    this.#tell = tell;
  }

  add(record: DroppedRecord): void {
    const report = this.#open.get(record.reason);
    if (report !== undefined) {
      report.sample ??= record;
      report.count++;
      return;
    }
    this.#tell(dropped(record, 1));
    this.#begin(record.reason);
  }

  /** Tells what is left. */
  close(): void {
    for (const { cancel, sample, count } of this.#open.values()) {
      cancel();
      if (sample !== undefined) this.#tell(dropped(sample, count));
    }
    this.#open.clear();
  }

  #begin(reason: string): void {
    const cancel = this.#timers.after(intervalMs, () => this.#end(reason));
    this.#open.set(reason, { count: 0, sample: undefined, cancel });
  }

  #end(reason: string): void {
    const report = this.#open.get(reason);
    this.#open.delete(reason);
    if (report?.sample === undefined) return;
    this.#tell(dropped(report.sample, report.count));
    this.#begin(reason);
  }
}

interface Report {
  count: number;
  sample: DroppedRecord | undefined;
  readonly cancel: () => void;
}

function dropped({ node, reason, position }: DroppedRecord, count: number): DroppedRecords {
  return position === undefined ? { node, reason, count } : { node, reason, count, position };
}
