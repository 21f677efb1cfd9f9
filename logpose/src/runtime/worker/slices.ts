import type { Fetcher } from './fetcher.ts';
import type { WorkerParts } from './settings.ts';
import type { TaskSet } from './task-set.ts';
import type { TaskSlot } from './task-slot.ts';

const minRecords = 16;
const maxRecords = 1024;
// Bounds a slice also where the clock stands still.
const maxRecordsPerSlice = 65_536;

/** Hands fetched batches to tasks and lets all tasks process in turns, a slice of time at once. */
export class Slices {
  readonly #parts: WorkerParts;
  readonly #tasks: TaskSet;
  readonly #fetcher: Fetcher;
  /** Records per task and turn: grows while slices are short. */
  #records = minRecords;

  constructor(parts: WorkerParts, tasks: TaskSet, fetcher: Fetcher) {
    this.#parts = parts;
    this.#tasks = tasks;
    this.#fetcher = fetcher;
  }

  /** Queues what has been fetched and returns how many bytes. Full queues pause their fetch. */
  takeFetched(): number {
    let bytes = 0;
    this.#fetcher.resume((input) => this.#tasks.reading(input)?.task?.isFull(input) !== true);
    for (const fetched of this.#fetcher.take()) {
      const slot = this.#tasks.reading(fetched);
      // Its task is opened anew and fetches again from where it begins.
      if (slot?.task === undefined) continue;
      // It was fetched for a task that has been thrown away since: this one begins elsewhere.
      if (slot.task.fetchOffset(fetched) !== fetched.fromOffset) continue;
      this.#tasks.current = slot;
      slot.task.add(fetched);
      bytes += fetched.bytes.length;
      if (slot.task.isFull(fetched)) this.#fetcher.pause(fetched);
    }
    return bytes;
  }

  /** Processes for about `maxSliceMs`. Returns whether there was anything to process. */
  run(): boolean {
    const { surroundings, settings } = this.#parts;
    const endMs = surroundings.nowMs() + settings.maxSliceMs;
    let total = 0;
    for (;;) {
      const count = this.#turn();
      total += count;
      if (count === 0) break;
      if (surroundings.nowMs() >= endMs) {
        if (total === count) this.#records = Math.max(minRecords, this.#records >> 1);
        break;
      }
      if (total >= maxRecordsPerSlice) break;
      this.#records = Math.min(maxRecords, this.#records * 2);
    }
    for (const slot of this.#tasks.slots) this.#punctuate(slot);
    return total > 0;
  }

  /** One turn of every task. */
  #turn(): number {
    let count = 0;
    for (const slot of this.#tasks.slots) {
      if (slot.task === undefined || slot.isRevoked) continue;
      this.#tasks.current = slot;
      count += slot.task.process(this.#records);
    }
    return count;
  }

  #punctuate(slot: TaskSlot): void {
    if (slot.isRevoked) return;
    this.#tasks.current = slot;
    slot.task?.punctuate();
  }
}
