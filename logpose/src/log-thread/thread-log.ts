import type { MessagePort } from 'node:worker_threads';
import { LogUnavailableError } from '../errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions } from '../log/group-port.ts';
import type {
  LogAdmin,
  LogConsumer,
  LogConsumerOptions,
  LogPort,
  LogProducer,
  TransactionalLogProducer,
  TransactionalOptions,
} from '../log/log-port.ts';
import { Caller } from '../message-port/caller.ts';
import type { LogCaller } from './log-caller.ts';
import { ThreadAdmin } from './thread-admin.ts';
import { ThreadConsumer } from './thread-consumer.ts';
import { ThreadMember } from './thread-member.ts';
import { ThreadProducer } from './thread-producer.ts';
import { ThreadTransactionalProducer } from './thread-transactional-producer.ts';

/** Calls without an answer, of one thread. What writes many batches waits for some before. */
export const maxCallsInFlight = 10_000;

/**
 * A log that lives in another thread of this process, behind a port that `serveLog` answers.
 *
 * Behaves as the log behind it. When that thread ends, or lets go of the port, every call fails
 * with `LogUnavailableError`; a commit whose answer is missing, with `TransactionInDoubtError`.
 */
export class ThreadLog implements LogPort {
  readonly admin: LogAdmin;
  readonly #caller: LogCaller;
  readonly #members = new Map<number, GroupMemberOptions>();
  #clients = 0;
  #closing: Promise<void> | undefined = undefined;

  constructor(port: MessagePort) {
    this.#caller = new Caller(port, {
      maxCallsInFlight,
      closed: () => new LogUnavailableError('the thread that owns the log is gone', final),
      refused: (max) => new LogUnavailableError(`more than ${max} calls wait for the log`),
      event: ({ rebalance }) => this.#members.get(rebalance)?.onRebalance?.(),
    });
    this.admin = new ThreadAdmin(this.#caller);
  }

  consumer(options?: LogConsumerOptions): LogConsumer {
    return new ThreadConsumer(this.#caller, this.#clients++, options);
  }

  producer(): LogProducer {
    return new ThreadProducer(this.#caller, this.#clients++);
  }

  async transactionalProducer(options: TransactionalOptions): Promise<TransactionalLogProducer> {
    const producer = this.#clients++;
    await this.#caller.call('openTransactional', { producer, options });
    return new ThreadTransactionalProducer(this.#caller, producer, () => this.#clients++);
  }

  groupMember(options: GroupMemberOptions): GroupMember {
    const member = this.#clients++;
    this.#members.set(member, options);
    return new ThreadMember(this.#caller, member, {
      options,
      closed: () => this.#members.delete(member),
    });
  }

  /** Lets go of what this thread holds of the log; the log itself stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new LogUnavailableError('the log is closed', final);
    const released = this.#caller.call('release', undefined);
    this.#caller.refuse(closed);
    // When the other side is gone, it holds nothing either.
    await released.catch(() => undefined);
    this.#caller.end(closed);
  }
}

const final = { retriable: false };
