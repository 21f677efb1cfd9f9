import { assert } from '../base/assert.ts';
import { TransactionInDoubtError } from '../errors/log-errors.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import type { BatchBuilder } from '../log/batch-builder.ts';
import type { CommitReceipt, GroupOffsets, LogTransaction } from '../log/log-port.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { LogCaller } from './log-caller.ts';
import { takeContents } from './placed-contents.ts';
import { plainOffsets } from './plain.ts';

/** A transaction that fills in the thread that owns the log. */
export class ThreadTransaction implements LogTransaction {
  readonly #caller: LogCaller;
  readonly #transaction: number;
  #isOpen = true;

  constructor(caller: LogCaller, transaction: number) {
    this.#caller = caller;
    this.#transaction = transaction;
  }

  append(place: TopicPartition, builder: BatchBuilder): void {
    assert(this.#isOpen, 'a transaction is open while it is written to');
    const { batch, transfer } = takeContents(place, builder);
    this.#caller.notify({ kind: 'fill', transaction: this.#transaction, batch }, transfer);
  }

  async commit(offsets?: GroupOffsets): Promise<CommitReceipt> {
    assert(this.#isOpen, 'a transaction ends once');
    this.#isOpen = false;
    if (this.#caller.ended !== undefined) throw this.#caller.ended;
    const endOffsets = await this.#commit(offsets && plainOffsets(offsets));
    const durable = this.#caller.call('durable', this.#transaction);
    // Who cares hears of it all the same.
    durable.catch(() => undefined);
    return { endOffsets, durable };
  }

  async abort(): Promise<void> {
    this.#isOpen = false;
    // With the other side, what was open there is gone.
    if (this.#caller.ended !== undefined) return;
    await this.#caller.call('abort', this.#transaction);
  }

  async #commit(offsets: GroupOffsets | undefined): Promise<readonly RecordPosition[]> {
    try {
      return await this.#caller.call('commit', { transaction: this.#transaction, offsets });
    } catch (cause) {
      // It was asked for, and nobody is left to say how it ended.
      if (cause === this.#caller.ended) throw new TransactionInDoubtError({ cause });
      throw cause;
    }
  }
}
