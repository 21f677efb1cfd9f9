import { outputs } from '../topics.ts';
import type { ModelStore } from './rows.ts';
import type { RowChange, Taken, TaskModel } from './task-model.ts';

/** A grouped table's rows: what a member was leaves its group, what it is enters it. */
export class TiersModel {
  readonly #task: TaskModel;
  readonly #counts;
  readonly #members;

  constructor(task: TaskModel) {
    this.#task = task;
    this.#counts = { store: task.keep<number>('tier-counts'), out: outputs.tierCounts.name };
    this.#members = { store: task.keep<string>('tier-members'), out: outputs.tierMembers.name };
  }

  take({ key, value: change, timestamp: causedMs }: Taken<RowChange<string>>): void {
    if (key === null) return;
    const { before, after } = change;
    const count = this.#counts.store.get(key)?.value;
    const left = count !== undefined && before !== undefined ? count - 1 : count;
    const next = after === undefined ? left : (left ?? 0) + 1;
    const at = latest(this.#counts.store, key, causedMs);
    this.#task.change(this.#counts, { key, value: next, timestamp: at, causedMs });

    const members = new Set(this.#members.store.get(key)?.value.split(' '));
    if (before !== undefined) members.delete(before);
    if (after !== undefined) members.add(after);
    const value = members.size === 0 ? undefined : [...members].sort().join(' ');
    const timestamp = latest(this.#members.store, key, causedMs);
    this.#task.change(this.#members, { key, value, timestamp, causedMs });
  }
}

/** The sum of the members' weights. */
export class WeightsModel {
  readonly #task: TaskModel;
  readonly #weights;

  constructor(task: TaskModel) {
    this.#task = task;
    this.#weights = { store: task.keep<number>('tier-weights'), out: outputs.tierWeights.name };
  }

  take({ key, value: { before, after }, timestamp: causedMs }: Taken<RowChange<number>>): void {
    if (key === null) return;
    const sum = this.#weights.store.get(key)?.value;
    const left = sum !== undefined && before !== undefined ? sum - before : sum;
    const value = after === undefined ? left : (left ?? 0) + after;
    const timestamp = latest(this.#weights.store, key, causedMs);
    this.#task.change(this.#weights, { key, value, timestamp, causedMs });
  }
}

function latest<V>(store: ModelStore<V>, key: string, timestamp: number): number {
  return Math.max(store.get(key)?.timestamp ?? timestamp, timestamp);
}
