import type { LogTransaction, TransactionalLogProducer } from '../log/log-port.ts';
import type { LogCaller } from './log-caller.ts';
import { ThreadTransaction } from './thread-transaction.ts';

/** One transactional id's producer, to a log in another thread. */
export class ThreadTransactionalProducer implements TransactionalLogProducer {
  readonly #caller: LogCaller;
  readonly #producer: number;
  readonly #nextId: () => number;

  constructor(caller: LogCaller, producer: number, nextId: () => number) {
    this.#caller = caller;
    this.#producer = producer;
    this.#nextId = nextId;
  }

  begin(): LogTransaction {
    const transaction = this.#nextId();
    this.#caller.notify({ kind: 'begin', producer: this.#producer, transaction });
    return new ThreadTransaction(this.#caller, transaction);
  }

  async close(): Promise<void> {
    // What is gone holds nothing.
    if (this.#caller.ended !== undefined) return;
    await this.#caller.call('closeTransactional', this.#producer);
  }
}
