import type { InputTopic } from '../record/topic.ts';
import type { Admin } from './admin.ts';
import type { ConsumerOf, ConsumerOptions } from './consumer.ts';
import type { Producer, ProducerOptions } from './producer.ts';
import type { TransactionalProducer, TransactionalProducerOptions } from './transaction.ts';

/** A partitioned log: so far the embedded one. Close it last. */
export interface Log extends AsyncDisposable {
  readonly admin: Admin;
  producer(options: TransactionalProducerOptions): TransactionalProducer;
  producer(options?: ProducerOptions): Producer;
  /** Reads topics of one type, or of several: then records are of their union. */
  consumer<T extends InputTopic<unknown, unknown>>(options: ConsumerOptions<T>): ConsumerOf<T>;
}
