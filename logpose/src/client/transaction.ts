import type { OutputTopic } from '../record/topic.ts';
import type { TopicPartition } from '../record/topic-partition.ts';
import type { AnyConsumer, BatchPosition } from './consumer.ts';
import type { ProducerRecord } from './producer.ts';

/** Sends records in transactions, one after the other. */
export interface TransactionalProducer extends AsyncDisposable {
  /**
   * Runs `run` in one transaction; what it throws aborts. Resolves when the commit is decided, with
   * what `run` returned. A call while another runs waits for it.
   *
   * @throws {FencedError} When another producer of the id has taken over.
   * @throws {TransactionAbortedError} When nothing of it is in the log.
   * @throws {TransactionInDoubtError} When the log gave no definite answer.
   * @throws {LogUnavailableError} When `maxWaitingTransactions` wait already, or the log cannot be
   *   written to.
   */
  transaction<R>(run: (tx: Transaction) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** A transaction that is open. Of no use after `run` has ended. */
export interface Transaction {
  /**
   * Resolves when the transaction has the record; its offset is given out by the commit.
   *
   * The promise need not be awaited: the commit waits for it, and does not happen when it fails.
   */
  send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<NoInfer<K>, NoInfer<V> | null>,
  ): Promise<TopicPartition>;
  /** Commits a consumer's progress with the transaction. */
  sendOffsets(consumer: AnyConsumer, batch: BatchPosition): void;
}

/** How a transactional producer sends. */
export interface TransactionalProducerOptions {
  /** Fences every earlier producer of this id. */
  readonly transactionalId: string;
  /** How long a transaction may stay open before the log aborts it. Default 60,000. */
  readonly transactionTimeoutMs?: number;
  /**
   * Bytes one transaction may hold, each record and header with some for itself; more is a
   * `ProduceError`. Default 32 MiB.
   */
  readonly maxPendingBytes?: number;
  /** Transactions that may wait for those before them; more are refused. Default 1,000. */
  readonly maxWaitingTransactions?: number;
}
