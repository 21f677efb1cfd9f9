import { type Order, outputs } from '../topics.ts';
import type { Taken, TaskModel } from './task-model.ts';
import { type ModelWindow, type OpenWindows, WindowsModel } from './windows.ts';

const hourMs = 3_600_000;

/** What becomes of orders by sku: a count, a sum, and three tables of windows. */
export class BySkuModel {
  readonly #task: TaskModel;
  readonly #counts;
  readonly #sums;
  readonly windows: ReadonlyMap<string, OpenWindows<Order>>;

  constructor(task: TaskModel) {
    this.#task = task;
    this.#counts = { store: task.keep<number>('sku-counts'), out: outputs.skuCounts.name };
    this.#sums = { store: task.keep<Order>('sku-sums'), out: outputs.skuSums.name };
    this.windows = new Map([
      ['tumbling', tumbling(task)],
      ['hopping', hopping(task)],
      ['daily', daily(task)],
    ]);
  }

  take({ key, value: order, timestamp: causedMs }: Taken<Order>): void {
    if (key === null) return;
    const count = this.#counts.store.get(key);
    const timestamp = Math.max(count?.timestamp ?? causedMs, causedMs);
    const counted = { key, value: (count?.value ?? 0) + 1, timestamp, causedMs };
    this.#task.change(this.#counts, counted);

    const sum = this.#sums.store.get(key);
    const cents = (sum?.value.cents ?? 0) + order.cents;
    const isLeft = sum === undefined || cents < 500;
    const value = isLeft ? { sku: order.sku, cents } : undefined;
    const summedAt = Math.max(sum?.timestamp ?? causedMs, causedMs);
    this.#task.change(this.#sums, { key, value, timestamp: summedAt, causedMs });

    for (const table of this.windows.values()) table.take(key, order, causedMs);
  }
}

function tumbling(task: TaskModel): OpenWindows<Order> {
  return new WindowsModel<Order, number>(task, {
    name: 'tumbling',
    out: outputs.tumbling.name,
    graceMs: hourMs / 2,
    retentionMs: 1.5 * hourMs,
    windowsOf: (timestamp) => everyWindow(timestamp, { sizeMs: hourMs, advanceMs: hourMs }),
    add: (count = 0) => count + 1,
  });
}

function hopping(task: TaskModel): OpenWindows<Order> {
  return new WindowsModel<Order, number>(task, {
    name: 'hopping',
    out: outputs.hopping.name,
    graceMs: 0,
    retentionMs: 2 * hourMs,
    windowsOf: (timestamp) => everyWindow(timestamp, { sizeMs: 2 * hourMs, advanceMs: hourMs / 2 }),
    add: (sum = 0, { cents }) => sum + cents,
  });
}

function daily(task: TaskModel): OpenWindows<Order> {
  return new WindowsModel<Order, Order>(task, {
    name: 'daily',
    out: outputs.daily.name,
    graceMs: 6 * hourMs,
    retentionMs: 60 * hourMs,
    windowsOf: (timestamp) => days.filter((day) => holds(day, timestamp)),
    add: (sum, { sku, cents }) => ({ sku, cents: (sum?.cents ?? 0) + cents }),
  });
}

/** Found by trying all starts around. */
function everyWindow(
  timestamp: number,
  { sizeMs, advanceMs }: { readonly sizeMs: number; readonly advanceMs: number },
): readonly ModelWindow[] {
  const windows: ModelWindow[] = [];
  for (let step = -10; step <= 1; step++) {
    const startMs = (Math.floor(timestamp / advanceMs) + step) * advanceMs;
    const window = { startMs, endMs: startMs + sizeMs };
    if (holds(window, timestamp)) windows.push(window);
  }
  return windows;
}

/** Berlin's days around the change of its clocks in the night to 29 March 2026. */
const days: readonly ModelWindow[] = Array.from({ length: 20 }, (_, index) => {
  const day = 20 + index;
  return { startMs: midnight(day), endMs: midnight(day + 1) };
});

/** One hour before Greenwich's until 29 March, then two. */
function midnight(dayOfMarch: number): number {
  return Date.UTC(2026, 2, dayOfMarch) - (dayOfMarch <= 29 ? 1 : 2) * hourMs;
}

function holds({ startMs, endMs }: ModelWindow, timestamp: number): boolean {
  return startMs <= timestamp && timestamp < endMs;
}
