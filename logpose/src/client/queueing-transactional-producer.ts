import type { Surroundings } from '../base/clock.ts';
import { LogUnavailableError } from '../errors/log-errors.ts';
import type { LogPort, TransactionalLogProducer } from '../log/log-port.ts';
import { defaultMaxPendingBytes } from './batching-producer.ts';
import { PartitionChooser } from './choose-partition.ts';
import { OpenTransaction } from './open-transaction.ts';
import type {
  Transaction,
  TransactionalProducer,
  TransactionalProducerOptions,
} from './transaction.ts';

const defaultMaxWaitingTransactions = 1_000;

/** Runs transactions one after the other. Takes the id over at once: fencing must not be late. */
export class QueueingTransactionalProducer implements TransactionalProducer {
  readonly #surroundings: Surroundings;
  readonly #options: TransactionalProducerOptions;
  readonly #chooser: PartitionChooser;
  readonly #producer: Promise<TransactionalLogProducer>;
  #last: Promise<unknown> = Promise.resolve();
  /** Those that run or wait. */
  #unsettled = 0;

  constructor(port: LogPort, surroundings: Surroundings, options: TransactionalProducerOptions) {
    this.#surroundings = surroundings;
    this.#options = options;
    this.#chooser = new PartitionChooser(port.admin, () => surroundings.random());
    this.#producer = port.transactionalProducer(options);
    // Whoever runs a transaction gets the failure.
    this.#producer.catch(() => undefined);
  }

  async transaction<R>(run: (tx: Transaction) => Promise<R>): Promise<R> {
    const { transactionalId, maxWaitingTransactions = defaultMaxWaitingTransactions } =
      this.#options;
    if (this.#unsettled > maxWaitingTransactions) {
      throw new LogUnavailableError(
        `${maxWaitingTransactions} transactions of ${transactionalId} wait already: await some`,
      );
    }
    this.#unsettled++;
    const result = this.#last.then(() => this.#run(run));
    this.#last = result.then(ended, ended);
    try {
      return await result;
    } finally {
      this.#unsettled--;
    }
  }

  async close(): Promise<void> {
    await this.#last;
    // Without a producer there is nothing to close, and its failure was told to every transaction.
    const producer = await this.#producer.catch(() => undefined);
    await producer?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run<R>(run: (tx: Transaction) => Promise<R>): Promise<R> {
    const producer = await this.#producer;
    const transaction = new OpenTransaction({
      log: producer.begin(),
      chooser: this.#chooser,
      maxPendingBytes: this.#options.maxPendingBytes ?? defaultMaxPendingBytes,
      nowMs: () => this.#surroundings.nowMs(),
    });
    let result: R;
    try {
      result = await run(transaction);
      await transaction.settle();
    } catch (error) {
      // The first failure is the one to tell; the log aborts by itself what it was not told of.
      await transaction.abort().catch(() => undefined);
      throw error;
    }
    await transaction.commit();
    return result;
  }
}

function ended(): void {}
