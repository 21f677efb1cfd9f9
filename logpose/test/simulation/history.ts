import type { RecordPosition } from '../../src/errors/record-position.ts';
import type { TaskObserver } from '../../src/runtime/task/task-parts.ts';
import type { Trace } from './trace.ts';

/** Something that a task did, in an order that decides what comes of it. */
export type TaskEvent =
  | ({ readonly kind: 'record'; readonly taskId: string } & RecordPosition)
  | {
      readonly kind: 'punctuation';
      readonly taskId: string;
      readonly time: 'stream' | 'wall-clock';
      readonly nowMs: number;
    };

/** What one start of the application put into one transaction. */
export interface AppTransaction {
  readonly serial: number;
  /** Counts the starts of the application. */
  readonly start: number;
  readonly events: readonly TaskEvent[];
  /** Its application was not told that it was committed. */
  isInDoubt: boolean;
}

/** Watches one start of the application: what its tasks take, transaction by transaction. */
export class Watch implements TaskObserver {
  readonly start: number;
  readonly #trace: Trace;
  #events: TaskEvent[] = [];

  constructor(start: number, trace: Trace) {
    this.start = start;
    this.#trace = trace;
  }

  closed(taskId: string): void {
    this.#trace.add(`closed ${taskId}`);
    this.#events = this.#events.filter((event) => event.taskId !== taskId);
  }

  taken(taskId: string, { topic, partition, offset }: RecordPosition): void {
    this.#trace.add(`taken ${taskId} ${topic}-${partition}@${offset}`);
    this.#events.push({ kind: 'record', taskId, topic, partition, offset });
  }

  punctuated(taskId: string, time: 'stream' | 'wall-clock', nowMs: number): void {
    this.#trace.add(`punctuated ${taskId} ${time} ${nowMs}`);
    this.#events.push({ kind: 'punctuation', taskId, time, nowMs });
  }

  /** A transaction begins to commit: what was taken since the last one is of it. */
  takeEvents(): readonly TaskEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
