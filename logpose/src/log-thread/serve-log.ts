import type { MessagePort } from 'node:worker_threads';
import { unreachable } from '../base/assert.ts';
import { LogUnavailableError } from '../errors/log-errors.ts';
import type { GroupMember } from '../log/group-port.ts';
import type { LogAdmin, LogPort } from '../log/log-port.ts';
import { type Answering, answerCalls, type CallAnswers } from '../message-port/answer-calls.ts';
import type { AdminCalls, LogCalls, LogEvent, LogNotice } from './messages.ts';
import { memoryOf } from './movable.ts';
import { ServedClients } from './served-clients.ts';
import { ServedConsumer } from './served-consumer.ts';
import { ServedWriters } from './served-writers.ts';

/** A log that another thread uses. */
export interface ServedLog {
  /**
   * Lets go of all that the other thread holds: open transactions are aborted, group members are
   * gone. Its calls end with `LogUnavailableError`. Idempotent; the log stays open.
   */
  close(): Promise<void>;
}

/**
 * Lets another thread use a log of this one, through a `ThreadLog` at the other end of the port.
 *
 * When the port closes, or the other thread dies, all that it holds is let go of at once.
 */
export function serveLog(log: LogPort, port: MessagePort): ServedLog {
  const served = new Serving(log, port);
  return { close: () => served.close() };
}

class Serving {
  readonly #log: LogPort;
  readonly #consumers = new ServedClients<ServedConsumer>();
  readonly #writers: ServedWriters;
  readonly #members = new ServedClients<GroupMember>();
  readonly #answering: Answering<LogEvent>;
  #releasing: Promise<void> | undefined = undefined;

  constructor(log: LogPort, port: MessagePort) {
    this.#log = log;
    this.#writers = new ServedWriters(log);
    this.#answering = answerCalls<LogCalls, LogNotice, LogEvent>(port, {
      calls: { ...adminAnswers(log.admin), ...this.#answers() },
      transfers: {
        poll: ({ fetched }) => memoryOf(fetched.map(({ batches }) => batches.bytes)),
      },
      notice: (notice) => this.#told(notice),
      closed: () => void this.#release(),
    });
  }

  async close(): Promise<void> {
    await this.#release();
    this.#answering.close();
  }

  #answers(): CallAnswers<Omit<LogCalls, keyof LogAdmin>> {
    const writers = this.#writers;
    return {
      poll: ({ consumer, poll, timeoutMs }) =>
        this.#unlessReleased(this.#consumers.get(consumer).poll(poll, timeoutMs)),
      append: ({ producer, batch }) => writers.append(producer, batch),
      closeProducer: (producer) => writers.closeProducer(producer),
      openTransactional: ({ producer, options }) => writers.openTransactional(producer, options),
      closeTransactional: (producer) => writers.closeTransactional(producer),
      commit: ({ transaction, offsets }) => writers.commit(transaction, offsets),
      durable: (transaction) => writers.durable(transaction),
      abort: (transaction) => writers.abort(transaction),
      join: ({ member, metadata }) =>
        this.#unlessReleased(this.#members.get(member).join(metadata)),
      sync: ({ member, shares }) => this.#unlessReleased(this.#members.get(member).sync(shares)),
      heartbeat: (member) => this.#members.get(member).heartbeat(),
      leave: (member) => this.#members.get(member).leave(),
      release: () => this.#release(),
    };
  }

  /** What ends a wait while everything is let go of is no answer. */
  async #unlessReleased<T>(waiting: Promise<T>): Promise<T> {
    const answer = await waiting;
    if (this.#releasing !== undefined) throw new LogUnavailableError('the log is closed', final);
    return answer;
  }

  #told(notice: LogNotice): void {
    // What comes late would be let go of no more.
    if (this.#releasing !== undefined) return;
    switch (notice.kind) {
      case 'open-consumer':
      case 'assign':
      case 'unassign':
      case 'pause':
      case 'resume':
      case 'wake':
      case 'close-consumer':
        this.#toldOfConsumer(notice);
        break;
      case 'open-producer':
        this.#writers.openProducer(notice.producer);
        break;
      case 'begin':
        this.#writers.begin(notice.producer, notice.transaction);
        break;
      case 'fill':
        this.#writers.fill(notice.transaction, notice.batch);
        break;
      case 'open-member':
        this.#openMember(notice);
        break;
      case 'close-member':
        this.#members.take(notice.member)?.close();
        break;
      default:
        unreachable(notice);
    }
  }

  #toldOfConsumer(notice: ConsumerNotice): void {
    const { consumer } = notice;
    const consumers = this.#consumers;
    switch (notice.kind) {
      case 'open-consumer':
        consumers.open(consumer, () => new ServedConsumer(this.#log.consumer(notice.options)));
        break;
      case 'assign':
        consumers.tell(consumer, (client) => client.assign(notice.positions));
        break;
      case 'unassign':
        consumers.tell(consumer, (client) => client.unassign(notice.partitions));
        break;
      case 'pause':
      case 'resume':
        consumers.tell(consumer, (client) => client[notice.kind](notice.partition));
        break;
      case 'wake':
        consumers.tell(consumer, (client) => client.wake(notice.poll));
        break;
      case 'close-consumer':
        consumers.take(consumer)?.close();
        break;
      default:
        unreachable(notice);
    }
  }

  #openMember({ member, options }: Extract<LogNotice, { kind: 'open-member' }>): void {
    const onRebalance = (): void => this.#answering.tell({ rebalance: member });
    this.#members.open(member, () => this.#log.groupMember({ ...options, onRebalance }));
  }

  #release(): Promise<void> {
    this.#releasing ??= this.#letGo();
    return this.#releasing;
  }

  async #letGo(): Promise<void> {
    // A set flag first: polls that end now end because of this.
    await Promise.resolve();
    for (const consumer of this.#consumers.all()) consumer.close();
    for (const member of this.#members.all()) member.close();
    await this.#writers.close();
  }
}

const final = { retriable: false };

type ConsumerNotice = Extract<LogNotice, { readonly consumer: number }>;

function adminAnswers(admin: LogAdmin): CallAnswers<AdminCalls> {
  return {
    createTopics: (args) => admin.createTopics(...args),
    describeTopics: (args) => admin.describeTopics(...args),
    listTopics: (args) => admin.listTopics(...args),
    deleteTopics: (args) => admin.deleteTopics(...args),
    deleteRecords: (args) => admin.deleteRecords(...args),
    offsetRanges: (args) => admin.offsetRanges(...args),
    offsetsForTimes: (args) => admin.offsetsForTimes(...args),
    committedOffsets: (args) => admin.committedOffsets(...args),
    commitOffsets: (args) => admin.commitOffsets(...args),
    groups: (args) => admin.groups(...args),
  };
}
