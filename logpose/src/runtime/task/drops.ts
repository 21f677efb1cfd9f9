import type { DropReason } from '../../topology/processor.ts';
import type { Counter, Counters } from '../metrics.ts';
import type { RecordInHand } from './record-in-hand.ts';
import type { TaskListeners } from './task-parts.ts';

/** Name of the counter of records left out, by task, node and reason. */
const droppedRecords = 'dropped-records';

/** Counts and reports the records that one task leaves out. */
export class Drops {
  readonly #task: DropsOf;
  readonly #counters = new Map<string, Counter>();

  constructor(task: DropsOf) {
    this.#task = task;
  }

  /** Leaves out the record in hand. */
  drop(node: string, reason: DropReason): void {
    this.#counter(node, reason).value++;
    const position = this.#task.hand.source?.position();
    this.#task.listeners.dropped({ node, reason, position });
  }

  #counter(node: string, reason: DropReason): Counter {
    const key = `${reason} ${node}`;
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      const { counters, id } = this.#task;
      counter = counters.counter(droppedRecords, { task: id, node, reason });
      this.#counters.set(key, counter);
    }
    return counter;
  }
}

/** What of a task's parts they need. */
export interface DropsOf {
  readonly id: string;
  readonly counters: Counters;
  readonly listeners: TaskListeners;
  readonly hand: RecordInHand;
}
