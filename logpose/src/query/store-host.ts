import { must } from '../base/assert.ts';
import type { Timers } from '../base/clock.ts';
import { ConfigError } from '../errors/config-errors.ts';
import { type RecordPosition, showPosition } from '../errors/record-position.ts';
import type { StoreDamagedError } from '../errors/store-errors.ts';
import type { AnyOpenStore } from '../runtime/task/task-parts.ts';
import type { TaskSlot } from '../runtime/worker/task-slot.ts';
import type { Worker } from '../runtime/worker/worker.ts';
import type { ReadOptions, StorePosition, Unavailable } from './answer.ts';

/** The worker whose stores are read, while there is one, and why there is none. */
export interface StoreHost {
  readonly timers: Timers;
  worker(): Worker | Extract<Unavailable, { state: 'unavailable' }>;
}

/** One partition of a store, ready to be read. */
export interface ReadyPartition {
  readonly state: 'ready';
  readonly store: AnyOpenStore;
  /** Aborted when the store can be read no longer. */
  readonly closing: AbortSignal;
  readonly position: StorePosition;
  readonly slot: TaskSlot;
}

const defaultTimeoutMs = 1000;

/** One store over all its partitions, as readers find it. */
export class HostedStore {
  readonly name: string;
  readonly timers: Timers;
  readonly #host: StoreHost;

  constructor(name: string, host: StoreHost) {
    this.name = name;
    this.timers = host.timers;
    this.#host = host;
  }

  /**
   * The partitions, once the store has seen what `after` says; of them `choose` picks one.
   *
   * @throws {ConfigError} When `after` is not a position of the store's own input.
   */
  async partitions(
    options: ReadOptions,
    choose?: (partitions: number) => number,
  ): Promise<readonly ReadyPartition[] | Unavailable> {
    const wait = await this.#waitFor(options);
    if (wait !== undefined) return wait;
    const slots = this.#slots();
    if (!isList(slots)) return slots;
    const chosen = choose === undefined ? slots : slots.slice(...only(choose(slots.length)));
    const partitions: ReadyPartition[] = [];
    for (const slot of chosen) {
      const found = must(slot.stores.find(this.name), 'the slots of a store have it');
      if (found.state === 'restoring') return found;
      partitions.push({ ...found, position: positionOf(slot), slot });
    }
    return partitions;
  }

  /** A partition's files are damaged: it is rebuilt, and until then it restores. */
  damaged({ slot }: ReadyPartition, error: StoreDamagedError): Unavailable {
    const worker = this.#host.worker();
    if ('state' in worker) return worker;
    worker.damaged(slot, error);
    return { state: 'restoring', lag: 0 };
  }

  async #waitFor({ after, timeoutMs = defaultTimeoutMs }: ReadOptions) {
    const positions = after === undefined ? [] : isList(after) ? after : [after];
    const slots = this.#slots();
    if (!isList(slots)) return slots;
    for (const position of positions) checkInput(this.name, slots, position);
    const worker = this.#host.worker();
    if ('state' in worker) return worker;
    const waits = await Promise.all(
      positions.map((position) => worker.waitFor(position, timeoutMs)),
    );
    const reason = waits.find((outcome) => outcome !== 'reached');
    return reason === undefined ? undefined : ({ state: 'unavailable', reason } as const);
  }

  /** By partition. */
  #slots(): readonly TaskSlot[] | Unavailable {
    const worker = this.#host.worker();
    if ('state' in worker) return worker;
    return worker.slots.filter(({ stores }) => stores.find(this.name) !== undefined);
  }
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

function only(index: number): [number, number] {
  return [index, index + 1];
}

/** The last record of each input that the task has seen and committed. */
function positionOf(slot: TaskSlot): StorePosition {
  return slot.committed
    .filter(({ offset }) => offset > 0)
    .map(({ topic, partition, offset }) => ({ topic, partition, offset: offset - 1 }));
}

function checkInput(
  store: string,
  slots: readonly TaskSlot[],
  { topic, partition, offset }: RecordPosition,
): void {
  const inputs = slots.flatMap(({ plan }) => plan.inputs);
  if (inputs.some((input) => input.topic === topic && input.partition === partition)) return;
  const topics = [...new Set(inputs.map((input) => input.topic))].join(', ');
  throw new ConfigError([
    `store ${store} cannot wait for ${showPosition({ topic, partition, offset })}: ` +
      `\`after\` is a position of what the store's own part of the topology reads, ${topics}`,
  ]);
}
