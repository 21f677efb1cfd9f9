import { assert } from '../../src/base/assert.ts';
import { system } from '../../src/base/clock.ts';
import {
  FencedError,
  LogUnavailableError,
  TransactionAbortedError,
} from '../../src/errors/log-errors.ts';
import type { BatchBuilder } from '../../src/log/batch-builder.ts';
import type { GroupMember, GroupMemberOptions } from '../../src/log/group-port.ts';
import type {
  CommitReceipt,
  GroupOffsets,
  LogConsumer,
  LogConsumerOptions,
  LogPort,
  LogProducer,
  LogTransaction,
  TransactionalLogProducer,
  TransactionalOptions,
} from '../../src/log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../src/record/topic-partition.ts';
import { Bell, ReferenceConsumer, type Shared } from './reference-consumer.ts';
import { ReferenceGroups } from './reference-groups.ts';
import { ReferenceState } from './reference-state.ts';

/**
 * The port in the fewest words, in memory: what the contract suite is checked against, and a log
 * for tests of what stands on the port.
 */
export class ReferenceLog implements LogPort {
  readonly #shared: Shared;

  constructor(state = new ReferenceState()) {
    state.members = new ReferenceGroups();
    this.#shared = { state, bell: new Bell(), isClosed: false };
  }

  get admin(): ReferenceState {
    return this.#shared.state;
  }

  consumer(options: LogConsumerOptions = {}): LogConsumer {
    return new ReferenceConsumer(this.#shared, options.maxPartitionBytes);
  }

  producer(): LogProducer {
    return new ReferenceProducer(this.#shared);
  }

  async transactionalProducer(options: TransactionalOptions): Promise<TransactionalLogProducer> {
    return new ReferenceTransactionalProducer(this.#shared, options);
  }

  groupMember(options: GroupMemberOptions): GroupMember {
    return this.#shared.state.members.member(options);
  }

  async close(): Promise<void> {
    this.#shared.isClosed = true;
    this.#shared.state.members.close();
    this.#shared.bell.ring();
  }
}

class ReferenceProducer implements LogProducer {
  readonly #shared: Shared;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  async append(partition: TopicPartition, batch: BatchBuilder): Promise<number> {
    checkOpen(this.#shared);
    const offset = this.#shared.state.partition(partition).append(batch);
    this.#shared.bell.ring();
    return offset;
  }

  async close(): Promise<void> {}
}

class ReferenceTransactionalProducer implements TransactionalLogProducer {
  readonly #shared: Shared;
  readonly #options: TransactionalOptions;
  readonly #epoch: number;
  /** Settles when every commit so far has. */
  #lastCommit: Promise<unknown> = Promise.resolve();

  constructor(shared: Shared, options: TransactionalOptions) {
    this.#shared = shared;
    this.#options = options;
    this.#epoch = shared.state.nextEpoch(options.transactionalId);
  }

  begin(): LogTransaction {
    const { transactionTimeoutMs = 60_000 } = this.#options;
    return new ReferenceTransaction(transactionTimeoutMs, (parts, offsets) => {
      const commit = this.#lastCommit.then(() => this.#apply(parts, offsets));
      this.#lastCommit = commit.catch(() => undefined);
      return commit;
    });
  }

  async close(): Promise<void> {
    await this.#lastCommit;
  }

  #apply(parts: readonly Part[], offsets: GroupOffsets | undefined): CommitReceipt {
    const { state, bell } = this.#shared;
    checkOpen(this.#shared);
    const { transactionalId } = this.#options;
    if (state.epochOf(transactionalId) !== this.#epoch) throw new FencedError(transactionalId);
    if (offsets !== undefined) state.members.check(offsets);
    // All partitions are looked up before the first is written: all of it or nothing.
    const places = parts.map((part) => ({ ...part, to: state.partition(part.partition) }));
    const ends = new Map<string, CommitReceipt['endOffsets'][number]>();
    for (const { to, batch, partition } of places) {
      to.append(batch);
      const { topic, partition: number } = partition;
      ends.set(partitionKey(topic, number), { topic, partition: number, offset: to.endOffset });
    }
    if (offsets !== undefined) state.saveOffsets(offsets);
    bell.ring();
    return { endOffsets: [...ends.values()], durable: Promise.resolve() };
  }
}

interface Part {
  readonly partition: TopicPartition;
  readonly batch: BatchBuilder;
}

type Apply = (parts: readonly Part[], offsets: GroupOffsets | undefined) => Promise<CommitReceipt>;

class ReferenceTransaction implements LogTransaction {
  readonly #parts: Part[] = [];
  readonly #apply: Apply;
  readonly #endMs: number;
  #isOpen = true;

  constructor(timeoutMs: number, apply: Apply) {
    this.#apply = apply;
    this.#endMs = system.nowMs() + timeoutMs;
  }

  append(partition: TopicPartition, batch: BatchBuilder): void {
    this.#parts.push({ partition, batch });
  }

  async commit(offsets?: GroupOffsets): Promise<CommitReceipt> {
    assert(this.#isOpen, 'a transaction ends once');
    this.#isOpen = false;
    if (system.nowMs() > this.#endMs) throw new TransactionAbortedError('it was open for too long');
    return this.#apply(this.#parts, offsets);
  }

  async abort(): Promise<void> {
    this.#isOpen = false;
  }
}

function checkOpen({ isClosed }: Shared): void {
  if (isClosed) throw new LogUnavailableError('the log is closed');
}
