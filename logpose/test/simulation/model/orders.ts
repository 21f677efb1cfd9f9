import { type Order, outputs } from '../topics.ts';
import { between } from './between.ts';
import type { ProfilesModel } from './profiles.ts';
import type { Taken, TaskModel } from './task-model.ts';

/** What becomes of orders as they come in. */
export class OrdersModel {
  readonly #task: TaskModel;
  readonly #profiles: ProfilesModel;
  readonly #customerCents;
  readonly #latest;

  constructor(task: TaskModel, profiles: ProfilesModel) {
    this.#task = task;
    this.#profiles = profiles;
    this.#customerCents = {
      store: task.keep<number>('customer-cents'),
      out: outputs.customerCents.name,
    };
    this.#latest = { store: task.keep<number>('latest'), out: outputs.latest.name };
  }

  take({ key, value: order, timestamp }: Taken<Order | null>): void {
    if (order === null) return;
    const task = this.#task;
    for (const text of textsOf(order)) task.emit(outputs.texts.name, key, [text, timestamp]);
    for (const [sku, cents] of amountsOf(order)) {
      task.emit(outputs.amounts.name, sku, [cents, timestamp]);
    }
    task.emit(between.bySku, order.sku, [order, timestamp]);
    this.#join(key, order, timestamp);
    if (key === null) return;
    task.emit(between.again, key, [order, timestamp]);
    this.#count(key, order, timestamp);
  }

  #join(key: string | null, { sku, cents }: Order, timestamp: number): void {
    const task = this.#task;
    const profile = key === null ? undefined : this.#profiles.profileOf(key);
    if (profile !== undefined) {
      task.emit(outputs.joined.name, key, [`${sku}@${profile}`, timestamp]);
    }
    const tier = profile === undefined ? undefined : this.#profiles.tierOf(profile);
    const left = cents % 2 === 0 ? outputs.leftEven : outputs.leftOdd;
    task.emit(left.name, key, [`${cents} ${tier ?? 'unknown'}`, timestamp]);
  }

  #count(key: string, { cents }: Order, causedMs: number): void {
    const row = this.#customerCents.store.get(key);
    const value = (row?.value ?? 0) + cents;
    const timestamp = Math.max(row?.timestamp ?? causedMs, causedMs);
    this.#task.change(this.#customerCents, { key, value, timestamp, causedMs });
    this.#task.change(this.#latest, { key, value: cents, timestamp: causedMs, causedMs });
  }
}

function textsOf({ sku, cents }: Order): readonly string[] {
  if (cents >= 100) return cents % 10 === 7 ? [] : [`${sku}:${cents}`];
  if (cents % 3 === 0) return [];
  return cents % 3 === 1 ? [sku] : [sku, `${sku}!`];
}

function amountsOf({ sku, cents }: Order): readonly (readonly [sku: string, cents: number])[] {
  const name = sku.toUpperCase();
  const both = [[name, cents] as const, [`${name}2`, cents + 1] as const];
  return both.filter(([, amount]) => amount % 5 !== 0);
}
