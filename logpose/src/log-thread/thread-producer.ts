import type { BatchBuilder } from '../log/batch-builder.ts';
import type { LogProducer } from '../log/log-port.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { LogCaller } from './log-caller.ts';
import { takeContents } from './placed-contents.ts';

/** Writes to a log in another thread; the memory of the batches moves there. */
export class ThreadProducer implements LogProducer {
  readonly #caller: LogCaller;
  readonly #producer: number;

  constructor(caller: LogCaller, producer: number) {
    this.#caller = caller;
    this.#producer = producer;
    caller.notify({ kind: 'open-producer', producer });
  }

  append(place: TopicPartition, builder: BatchBuilder): Promise<number> {
    const { batch, transfer } = takeContents(place, builder);
    return this.#caller.call('append', { producer: this.#producer, batch }, transfer);
  }

  async close(): Promise<void> {
    // What is gone holds nothing.
    if (this.#caller.ended !== undefined) return;
    await this.#caller.call('closeProducer', this.#producer);
  }
}
