import { must } from '../../../src/base/assert.ts';
import type { AppTransaction, TaskEvent } from '../history.ts';
import type { LoggedRecord } from '../read-log.ts';
import { type Order, orders, profiles } from '../topics.ts';
import { AgainModel } from './again.ts';
import { between } from './between.ts';
import { BySkuModel } from './by-sku.ts';
import { asOrder, asTierChange, asWeightChange, type Contents } from './contents.ts';
import { Emitted } from './emitted.ts';
import { OrdersModel } from './orders.ts';
import { ProfilesModel } from './profiles.ts';
import { type Taken, TaskModel } from './task-model.ts';
import { TiersModel, WeightsModel } from './tiers.ts';
import type { OpenWindows } from './windows.ts';

/** All tasks of one partition number. */
export class PartitionModel {
  readonly task: TaskModel;
  readonly bySku: BySkuModel;
  readonly again: AgainModel;
  /** Of the task that has the windows. */
  #stay = '';
  readonly #takers: Readonly<Record<string, (record: LoggedRecord) => void>>;

  constructor(emitted: Emitted, partition: number) {
    const task = new TaskModel(emitted, partition);
    const ofProfiles = new ProfilesModel(task);
    const ofOrders = new OrdersModel(task, ofProfiles);
    const bySku = new BySkuModel(task);
    const again = new AgainModel(task);
    const tiers = new TiersModel(task);
    const weights = new WeightsModel(task);
    this.task = task;
    this.bySku = bySku;
    this.again = again;
    this.#takers = {
      [orders.name]: (record) => ofOrders.take(takenOrNull(record, asOrder)),
      [profiles.name]: (record) => ofProfiles.take(takenOrNull(record, String)),
      [between.bySku]: (record) => bySku.take(taken(record, asOrder)),
      [between.again]: (record) => again.take(taken(record, asOrder)),
      [between.byTier]: (record) => tiers.take(taken(record, asTierChange)),
      [between.weights]: (record) => weights.take(taken(record, asWeightChange)),
    };
  }

  take({ topic, stay }: TakenEvent, record: LoggedRecord): void {
    if (topic === between.bySku && stay !== this.#stay) {
      this.#stay = stay;
      for (const table of this.bySku.windows.values()) table.started();
    }
    must(this.#takers[topic], `somebody takes records of ${topic}`)(record);
  }
}

type TakenEvent = Extract<TaskEvent, { readonly kind: 'record' }>;

/** What should be in the log and in the stores. */
export interface Recomputed {
  readonly emitted: Emitted;
  readonly partitions: readonly PartitionModel[];
}

/** Does again, one after the other, what was committed: in plain maps. */
export function recompute(
  contents: Contents,
  transactions: readonly AppTransaction[],
  count: number,
): Recomputed {
  const emitted = new Emitted(count);
  const partitions = Array.from({ length: count }, (_, at) => new PartitionModel(emitted, at));
  for (const transaction of transactions) {
    for (const event of transaction.events) replay(event, contents, partitions);
    for (const { task } of partitions) task.commit();
    eachWindow(partitions, (table) => table.committed(!transaction.isInDoubt));
  }
  return { emitted, partitions };
}

function replay(event: TaskEvent, contents: Contents, partitions: readonly PartitionModel[]): void {
  const partition = Number(event.taskId.split('_')[1]);
  const model = must(partitions[partition], 'tasks are of partitions');
  if (event.kind === 'punctuation') {
    model.again.punctuate(event.time, event.nowMs);
    return;
  }
  const record = contents.get(event.topic)?.[event.partition]?.[event.offset];
  model.take(event, must(record, 'what was taken is in the log'));
}

function eachWindow(
  partitions: readonly PartitionModel[],
  run: (table: OpenWindows<Order>) => void,
): void {
  for (const { bySku } of partitions) for (const table of bySku.windows.values()) run(table);
}

function taken<V>(record: LoggedRecord, decode: (bytes: Buffer) => V): Taken<V> {
  const { key, value, timestamp } = record;
  return { key: key && String(key), value: decode(must(value, 'it has a value')), timestamp };
}

function takenOrNull<V>(record: LoggedRecord, decode: (bytes: Buffer) => V): Taken<V | null> {
  const { key, value, timestamp } = record;
  return { key: key && String(key), value: value && decode(value), timestamp };
}
