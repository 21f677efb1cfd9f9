import { must } from '../base/assert.ts';
import { type Surroundings, system } from '../base/clock.ts';
import type { Compressions } from '../log/compression.ts';
import type { LogPort } from '../log/log-port.ts';
import type { InputTopic } from '../record/topic.ts';
import type { Admin } from './admin.ts';
import { BatchingProducer } from './batching-producer.ts';
import type { Consumer, ConsumerOf, ConsumerOptions } from './consumer.ts';
import type { Log } from './log.ts';
import { openConsumer } from './open-consumer.ts';
import { PortAdmin } from './port-admin.ts';
import type { Producer, ProducerOptions } from './producer.ts';
import { QueueingTransactionalProducer } from './queueing-transactional-producer.ts';
import type { TransactionalProducer, TransactionalProducerOptions } from './transaction.ts';

/** What the clients of a log need besides the log. */
export interface LogSurroundings {
  /** The codecs that batches may use. */
  readonly compressions: Compressions;
  /** Default: the operating system's. */
  readonly surroundings?: Surroundings;
}

const ports = new WeakMap<Log, LogPort>();

/** What users hold of a log, over the port that the engine holds of it. */
export function createLog(port: LogPort, around: LogSurroundings): Log {
  const log = new PortLog(port, around);
  ports.set(log, port);
  return log;
}

/** The port behind a log that `createLog` made: for the application, not for users. */
export function portOf(log: Log): LogPort {
  return must(ports.get(log), 'every log is made by createLog');
}

class PortLog implements Log {
  readonly admin: Admin;
  readonly #port: LogPort;
  readonly #surroundings: Surroundings;
  readonly #compressions: Compressions;

  constructor(port: LogPort, { compressions, surroundings = system }: LogSurroundings) {
    this.#port = port;
    this.#surroundings = surroundings;
    this.#compressions = compressions;
    this.admin = new PortAdmin(port.admin);
  }

  producer(options: TransactionalProducerOptions): TransactionalProducer;
  producer(options?: ProducerOptions): Producer;
  producer(options: AnyProducerOptions = {}): Producer | TransactionalProducer {
    return options.transactionalId === undefined
      ? new BatchingProducer(this.#port, this.#surroundings, options)
      : new QueueingTransactionalProducer(this.#port, this.#surroundings, options);
  }

  consumer<T extends InputTopic<unknown, unknown>>(options: ConsumerOptions<T>): ConsumerOf<T>;
  consumer(options: ConsumerOptions<InputTopic<unknown, unknown>>): Consumer<unknown, unknown> {
    const around = { surroundings: this.#surroundings, compressions: this.#compressions };
    return openConsumer(this.#port, options, around);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#port.close();
  }
}

type AnyProducerOptions = ProducerOptions | TransactionalProducerOptions;
