import { must } from '../../../src/base/assert.ts';
import { type Order, outputs } from '../topics.ts';
import type { ModelStore } from './rows.ts';
import type { Taken, TaskModel } from './task-model.ts';

const everyMs = 6 * 3_600_000;

/** What the processor does: it counts to four by customer, and punctuates. */
export class AgainModel {
  readonly #task: TaskModel;
  readonly #seen: ModelStore<number>;
  #streamTimeMs = -1;
  #nextMs = 0;
  /** When it should have punctuated by now. */
  readonly due: number[] = [];

  constructor(task: TaskModel) {
    this.#task = task;
    this.#seen = task.keep('seen');
  }

  take({ key, timestamp }: Taken<Order>): void {
    const customer = must(key, 'records without a key are not repartitioned');
    const times = (this.#seen.get(customer)?.value ?? 0) + 1;
    if (times < 4) this.#seen.put(customer, times, timestamp);
    else this.#seen.delete(customer, timestamp);
    this.#task.emit(outputs.processed.name, customer, [`${times}`, timestamp]);
    this.#streamTimeMs = Math.max(this.#streamTimeMs, timestamp);
    if (this.#streamTimeMs < this.#nextMs) return;
    this.due.push(this.#streamTimeMs);
    this.#nextMs = (Math.floor(this.#streamTimeMs / everyMs) + 1) * everyMs;
  }

  punctuate(time: 'stream' | 'wall-clock', nowMs: number): void {
    const out = outputs.processed.name;
    const { rows } = this.#seen;
    if (time === 'wall-clock') {
      this.#task.emit(out, 'clock', [`rows ${rows.size}`, nowMs]);
      return;
    }
    for (const [key, { value }] of [...rows].sort(([one], [other]) => (one < other ? -1 : 1))) {
      this.#task.emit(out, key, [`has ${value}`, nowMs]);
    }
    this.#seen.put('punctuations', (rows.get('punctuations')?.value ?? 0) + 1, nowMs);
  }
}
