import type { RecordPosition } from '../../src/errors/record-position.ts';
import type { TaskObserver } from '../../src/runtime/task/task-parts.ts';
import type { Trace } from './trace.ts';

/** Something that a task did, in an order that decides what comes of it. */
export type TaskEvent =
  | ({ readonly kind: 'record' } & EventOfTask & RecordPosition)
  | (EventOfTask & {
      readonly kind: 'punctuation';
      readonly time: 'stream' | 'wall-clock';
      readonly nowMs: number;
    });

interface EventOfTask {
  readonly taskId: string;
  /** Names the stay of the task at an instance: what a task has in memory ends with it. */
  readonly stay: string;
}

/** What one start of the application put into one transaction. */
export interface AppTransaction {
  readonly serial: number;
  readonly events: readonly TaskEvent[];
  /** Its application was not told that it was committed. */
  isInDoubt: boolean;
}

/** Watches one start of the application: what its tasks take, transaction by transaction. */
export class Watch implements TaskObserver {
  readonly start: number;
  readonly #trace: Trace;
  #events: TaskEvent[] = [];
  #assigned: ReadonlySet<string> = new Set();
  /** How often each task has come to this instance. */
  readonly #stays = new Map<string, number>();

  constructor(start: number, trace: Trace) {
    this.start = start;
    this.#trace = trace;
  }

  /** The instance has these tasks from now on. */
  assigned(tasks: readonly string[]): void {
    this.#trace.add(`assigned ${this.start}: ${tasks.join(' ')}`);
    for (const task of tasks) {
      if (this.#assigned.has(task)) continue;
      this.#stays.set(task, (this.#stays.get(task) ?? 0) + 1);
    }
    this.#assigned = new Set(tasks);
  }

  closed(taskId: string): void {
    this.#trace.add(`closed ${taskId}`);
    this.#events = this.#events.filter((event) => event.taskId !== taskId);
  }

  taken(taskId: string, { topic, partition, offset }: RecordPosition): void {
    this.#trace.add(`taken ${taskId} ${topic}-${partition}@${offset}`);
    this.#events.push({ kind: 'record', ...this.#of(taskId), topic, partition, offset });
  }

  punctuated(taskId: string, time: 'stream' | 'wall-clock', nowMs: number): void {
    this.#trace.add(`punctuated ${taskId} ${time} ${nowMs}`);
    this.#events.push({ kind: 'punctuation', ...this.#of(taskId), time, nowMs });
  }

  /** A transaction begins to commit: what was taken since the last one is of it. */
  takeEvents(): readonly TaskEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #of(taskId: string): EventOfTask {
    return { taskId, stay: `${this.start} ${this.#stays.get(taskId) ?? 0}` };
  }
}
