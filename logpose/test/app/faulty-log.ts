import {
  FencedError,
  TransactionAbortedError,
  TransactionInDoubtError,
} from '../../src/errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions } from '../../src/log/group-port.ts';
import type {
  FetchedBatches,
  LogAdmin,
  LogConsumer,
  LogConsumerOptions,
  LogPort,
  LogProducer,
  LogTransaction,
  TransactionalLogProducer,
  TransactionalOptions,
} from '../../src/log/log-port.ts';
import type { TopicPartition } from '../../src/record/topic-partition.ts';

/**
 * How a commit ends. In doubt it has happened or not, and nobody says so; `'undecided-…'`: it is
 * decided by the next who takes over the id, or else in front of the producer's next commit.
 */
export type CommitEnd =
  | 'commit'
  | 'abort'
  | 'doubt-committed'
  | 'doubt-lost'
  | 'undecided-committed'
  | 'undecided-lost'
  | 'fenced'
  | 'never';

/** Before and behind what a member asks its group. */
export type MemberPhase = 'joining' | 'joined' | 'syncing' | 'synced' | 'beating';

/** A log whose commits end as a test says. */
export class FaultyLog implements LogPort {
  readonly #port: LogPort;
  /** How the next commits end, one after the other; then all commit. */
  readonly ends: CommitEnd[] = [];
  /** Commits that were begun. */
  commits = 0;
  /** Called before each poll of a consumer; what it returns is waited for. */
  beforePoll: () => Promise<void> = async () => {};
  /** Called with what a poll has found; what it returns is waited for. */
  afterPoll: (fetched: readonly FetchedBatches[]) => Promise<void> = async () => {};
  /** Called before each commit's end; what it returns is waited for. */
  beforeEnd: () => Promise<void> = async () => {};
  /** Called around what members ask; what it returns is waited for. */
  atPhase: (phase: MemberPhase) => Promise<void> = async () => {};
  heartbeats = 0;
  /** Called before and after each append outside of transactions. */
  aroundAppend: (when: 'before' | 'after', to: TopicPartition) => Promise<void> = async () => {};
  /** The same around each commit of offsets alone, and around asking whether that may be. */
  aroundOffsets: (when: 'before' | 'after') => Promise<void> = async () => {};
  /** Called before each question to the admin. */
  beforeAdmin: () => Promise<void> = async () => {};
  /** How a commit ends when `ends` is empty. */
  endOf: () => CommitEnd = () => 'commit';
  /** A topic whose records consumers get some polls later than others. */
  late: { readonly topic: string; readonly polls: number } | undefined = undefined;
  /** Makes consumers take small bites. */
  maxPartitionBytes: number | undefined = undefined;
  /** Consumers that are open. */
  consumers = 0;
  /** Commits that are to be decided. */
  readonly #undecided: (() => Promise<void>)[] = [];

  constructor(port: LogPort) {
    this.#port = port;
  }

  get admin(): LogAdmin {
    const { admin } = this.#port;
    const first = async <R>(run: () => Promise<R>): Promise<R> => {
      await this.beforeAdmin();
      return run();
    };
    return {
      createTopics: (topics) => first(() => admin.createTopics(topics)),
      describeTopics: (names) => first(() => admin.describeTopics(names)),
      listTopics: () => first(() => admin.listTopics()),
      deleteTopics: (names) => first(() => admin.deleteTopics(names)),
      deleteRecords: (before) => first(() => admin.deleteRecords(before)),
      offsetRanges: (partitions) => first(() => admin.offsetRanges(partitions)),
      offsetsForTimes: (times) => first(() => admin.offsetsForTimes(times)),
      committedOffsets: (group, partitions) =>
        first(() => admin.committedOffsets(group, partitions)),
      commitOffsets: (offsets) =>
        first(async () => {
          await this.aroundOffsets('before');
          await admin.commitOffsets(offsets);
          await this.aroundOffsets('after');
        }),
      groups: () => first(() => admin.groups()),
    };
  }

  consumer(options?: LogConsumerOptions): LogConsumer {
    const { maxPartitionBytes = options?.maxPartitionBytes } = this;
    const consumer = this.#port.consumer({
      ...options,
      ...(maxPartitionBytes !== undefined && { maxPartitionBytes }),
    });
    this.consumers++;
    const close = consumer.close.bind(consumer);
    let isOpen = true;
    consumer.close = () => {
      if (isOpen) this.consumers--;
      isOpen = false;
      close();
    };
    const pollNow = consumer.poll.bind(consumer);
    const poll = async (timeoutMs: number) => {
      const fetched = await pollNow(timeoutMs);
      await this.afterPoll(fetched);
      return fetched;
    };
    let polls = 0;
    consumer.poll = async (timeoutMs) => {
      await this.beforePoll();
      const { late } = this;
      if (late === undefined || polls > late.polls) return poll(timeoutMs);
      const partition = { topic: late.topic, partition: 0 };
      if (polls++ < late.polls) consumer.pause(partition);
      else consumer.resume(partition);
      return poll(Math.min(timeoutMs, 1));
    };
    return consumer;
  }

  producer(): LogProducer {
    const producer = this.#port.producer();
    return {
      append: async (partition, batch) => {
        await this.aroundAppend('before', partition);
        const offset = await producer.append(partition, batch);
        await this.aroundAppend('after', partition);
        return offset;
      },
      close: () => producer.close(),
    };
  }

  async transactionalProducer(options: TransactionalOptions): Promise<TransactionalLogProducer> {
    await this.#decide();
    const producer = await this.#port.transactionalProducer(options);
    return {
      begin: () => this.#faulty(producer.begin(), options.transactionalId),
      close: () => producer.close(),
    };
  }

  groupMember(options: GroupMemberOptions): GroupMember {
    const member = this.#port.groupMember(options);
    return {
      join: async (metadata) => {
        await this.atPhase('joining');
        const joined = await member.join(metadata);
        await this.atPhase('joined');
        return joined;
      },
      sync: async (shares) => {
        await this.atPhase('syncing');
        const share = await member.sync(shares);
        await this.atPhase('synced');
        return share;
      },
      heartbeat: async () => {
        this.heartbeats++;
        await this.atPhase('beating');
        return member.heartbeat();
      },
      leave: () => member.leave(),
      close: () => member.close(),
    };
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  #faulty(transaction: LogTransaction, id: string): LogTransaction {
    return {
      append: (partition, batch) => transaction.append(partition, batch),
      abort: () => transaction.abort(),
      commit: async (offsets) => {
        this.commits++;
        await this.#decide();
        const end = this.ends.shift() ?? this.endOf();
        await this.beforeEnd();
        if (end === 'never') return new Promise(() => {});
        if (end === 'commit') return transaction.commit(offsets);
        const finish = async () => {
          if (end.endsWith('-committed')) await transaction.commit(offsets);
          else await transaction.abort();
        };
        if (end.startsWith('undecided')) this.#undecided.push(finish);
        else await finish();
        throw failureOf(end, id);
      },
    };
  }

  async #decide(): Promise<void> {
    for (const decide of this.#undecided.splice(0)) await decide();
  }
}

function failureOf(end: CommitEnd, id: string): Error {
  if (end === 'fenced') return new FencedError(id);
  return end === 'abort'
    ? new TransactionAbortedError('a test says so')
    : new TransactionInDoubtError();
}
