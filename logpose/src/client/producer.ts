import type { RecordPosition } from '../errors/record-position.ts';
import type { NewRecord } from '../record/stream-record.ts';
import type { OutputTopic } from '../record/topic.ts';

/** Sends records outside of a topology. */
export interface Producer extends AsyncDisposable {
  /**
   * Resolves when the log has it, as its durability promises. The answer can be a query's `after`.
   *
   * Records of one partition stand in the order of the calls.
   *
   * @throws {ProduceError} When it cannot be encoded, or there is no such topic or partition.
   * @throws {LogUnavailableError} When the log cannot take it.
   */
  send<K, V>(
    topic: OutputTopic<K, V>,
    record: ProducerRecord<NoInfer<K>, NoInfer<V> | null>,
  ): Promise<RecordPosition>;
  /** Resolves when everything sent has its answer. */
  close(): Promise<void>;
}

/** A record to send. Default timestamp: now. Default partition: by the key, as in Kafka. */
export interface ProducerRecord<out K, out V> extends NewRecord<K, V> {
  readonly partition?: number;
}

/** How a producer sends. */
export interface ProducerOptions {
  /** How long a record may wait for others. Default 0: until the end of the turn. */
  readonly lingerMs?: number;
  /**
   * Bytes that may be on their way, each record and header with some for itself; a `send` beyond
   * waits. Default 32 MiB.
   */
  readonly maxPendingBytes?: number;
  readonly transactionalId?: never;
}
