import { TransactionAbortedError, TransactionInDoubtError } from '../../src/errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions } from '../../src/log/group-port.ts';
import type {
  CommitReceipt,
  GroupOffsets,
  LogAdmin,
  LogConsumer,
  LogConsumerOptions,
  LogPort,
  LogProducer,
  LogTransaction,
  TransactionalLogProducer,
  TransactionalOptions,
} from '../../src/log/log-port.ts';
import { partitionKey } from '../../src/record/topic-partition.ts';
import { batchOf } from '../contract/log-records.ts';
import type { Chance } from './chance.ts';
import { type Ledger, marksTopic, type ReadChangelogs } from './ledger.ts';
import type { Mutant } from './mutant.ts';
import { readPartition } from './read-log.ts';
import { paused, simulatedMember } from './simulated-member.ts';
import { turns } from './turns.ts';

/** What a simulated log works with. */
export interface SimulatedLogParts {
  readonly port: LogPort;
  readonly ledger: Ledger;
  readonly chance: Chance;
  readonly mutant: Mutant | undefined;
  /** How often a commit fails, of 1; it may change. */
  readonly commitFails: () => number;
  readonly maxPollBytes: number;
  /** Kept up to date by it. */
  readonly reads: ReadChangelogs;
  /** The mark of a transaction that begins. */
  readonly mark: () => string;
  /** Resolves while the client is not paused: whatever it asks and hears waits for that. */
  readonly pass: () => Promise<void>;
  /** A chance for the process to die, at a place where no disk is changed. */
  readonly mayDie: (where: string) => void;
}

const markPlace = { topic: marksTopic, partition: 0 };

/** The log for one client: slow, in small polls, with marks, and with commits that fail. */
export class SimulatedLog implements LogPort {
  readonly #parts: SimulatedLogParts;

  constructor(parts: SimulatedLogParts) {
    this.#parts = parts;
  }

  get admin(): LogAdmin {
    const { port, ledger, pass } = this.#parts;
    const admin = paused(port.admin, pass);
    const deleteRecords: LogAdmin['deleteRecords'] = async (before) => {
      for (const place of before) ledger.purge(place, await readPartition(port, place));
      await admin.deleteRecords(before);
    };
    return new Proxy(admin, {
      get: (of, name): unknown =>
        name === 'deleteRecords' ? deleteRecords : Reflect.get(of, name, of),
    });
  }

  consumer(options?: LogConsumerOptions): LogConsumer {
    const { port, chance, reads, maxPollBytes, mutant, mayDie, pass } = this.#parts;
    const consumer = port.consumer({ ...options, maxPartitionBytes: maxPollBytes });
    const assign = consumer.assign.bind(consumer);
    const poll = consumer.poll.bind(consumer);
    const close = consumer.close.bind(consumer);
    const restoring = new Set<string>();
    consumer.assign = (positions) => {
      const changelogs = positions.filter(({ topic }) => topic.endsWith('-changelog'));
      for (const { topic, partition } of changelogs) {
        const key = partitionKey(topic, partition);
        if (!restoring.has(key)) reads.begin(key);
        restoring.add(key);
      }
      const { restoreFrom } = mutant ?? {};
      if (changelogs.length === 0 || restoreFrom === undefined) return assign(positions);
      assign(positions.map((each) => ({ ...each, offset: restoreFrom(each.offset) })));
    };
    consumer.close = () => {
      for (const key of restoring) reads.end(key);
      restoring.clear();
      close();
    };
    consumer.poll = async (timeoutMs) => {
      await pass();
      const fetched = await poll(timeoutMs);
      await turns(chance.int(0, 2));
      await pass();
      if (restoring.size > 0) mayDie('restore');
      return fetched;
    };
    return consumer;
  }

  producer(): LogProducer {
    return this.#parts.port.producer();
  }

  async transactionalProducer(options: TransactionalOptions): Promise<TransactionalLogProducer> {
    const { port, pass } = this.#parts;
    await pass();
    const producer = await port.transactionalProducer(options);
    return {
      begin: () => this.#marked(producer.begin()),
      close: () => producer.close(),
    };
  }

  groupMember(options: GroupMemberOptions): GroupMember {
    const { port, chance, pass } = this.#parts;
    return simulatedMember(port.groupMember(options), { chance: chance.fork(), pass });
  }

  close(): Promise<void> {
    return this.#parts.port.close();
  }

  #marked(transaction: LogTransaction): LogTransaction {
    const { mark } = this.#parts;
    const text = mark();
    let isEmpty = true;
    return {
      append: (place, batch) => {
        isEmpty = false;
        transaction.append(place, batch);
      },
      abort: () => transaction.abort(),
      commit: (offsets) => {
        if (isEmpty && offsets === undefined) return transaction.commit();
        return this.#commit(transaction, text, offsets);
      },
    };
  }

  async #commit(
    transaction: LogTransaction,
    mark: string,
    offsets: GroupOffsets | undefined,
  ): Promise<CommitReceipt> {
    const { chance, ledger, mutant, commitFails, pass } = this.#parts;
    const end = chance.is(commitFails()) ? chance.pick(['abort', 'doubt'] as const) : 'commit';
    await turns(chance.int(0, 3));
    await pass();
    if (end === 'abort') return this.#abort(transaction);
    transaction.append(markPlace, batchOf(mark));
    const committed = mutated(offsets, mutant);
    if (committed !== undefined) ledger.offsets.set(mark, committed);
    const receipt = await transaction.commit(committed);
    ledger.acknowledge(mark, receipt);
    await turns(chance.int(0, 3));
    await pass();
    if (end === 'doubt') throw new TransactionInDoubtError();
    ledger.told(mark);
    if (mutant?.durable !== 'at-once') return receipt;
    return { ...receipt, durable: Promise.resolve() };
  }

  async #abort(transaction: LogTransaction): Promise<never> {
    if (this.#parts.mutant?.aborted === 'kept') await transaction.commit();
    else await transaction.abort();
    throw new TransactionAbortedError('the simulation says so');
  }
}

function mutated(
  offsets: GroupOffsets | undefined,
  mutant: Mutant | undefined,
): GroupOffsets | undefined {
  if (offsets === undefined) return undefined;
  const { offset, fencing } = mutant ?? {};
  const { member, ...others } = offsets;
  return {
    ...others,
    ...(member !== undefined && fencing !== 'skipped' && { member }),
    offsets: offset === undefined ? offsets.offsets : offsets.offsets.map(offset),
  };
}
