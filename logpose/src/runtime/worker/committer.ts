import type { MemberIdentity } from '../../log/group-port.ts';
import type {
  CommitReceipt,
  CommittedOffset,
  GroupOffsets,
  TransactionalLogProducer,
} from '../../log/log-port.ts';
import { partitionKey } from '../../record/topic-partition.ts';
import type { FilledBatch } from '../task/transaction-output.ts';
import type { TaskSlot } from './task-slot.ts';

/** The synchronous half of a commit, ready for the log. */
export interface CommitBatch {
  readonly batches: readonly FilledBatch[];
  readonly tasks: readonly PreparedTask[];
  /** The log refuses it when that is no member any more. */
  readonly member: MemberIdentity;
}

/** One task's part of a commit. */
export interface PreparedTask {
  readonly slot: TaskSlot;
  readonly offsets: readonly CommittedOffset[];
}

/**
 * Hands transactions to the log, one at a time: while it commits, the next is filled. Its end is
 * told by what `isBusy`, `takeFailure` and the tasks' state say.
 */
export class Committer {
  readonly #groupId: string;
  readonly #producer: TransactionalLogProducer;
  readonly #ended: (isCommitted: boolean) => void;
  #running: Promise<void> | undefined = undefined;
  #failure: { readonly error: unknown } | undefined = undefined;
  readonly #abandoned = Promise.withResolvers<void>();
  #isAbandoned = false;

  /** @param ended - Called when a transaction has ended, well or not. */
  constructor(
    groupId: string,
    producer: TransactionalLogProducer,
    ended: (isCommitted: boolean) => void,
  ) {
    this.#groupId = groupId;
    this.#producer = producer;
    this.#ended = ended;
  }

  /** Whether a transaction is on its way. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  begin(batch: CommitBatch): void {
    this.#running = this.#run(batch).finally(() => {
      this.#running = undefined;
      this.#ended(this.#failure === undefined);
    });
  }

  /** Resolves when the transaction on its way has ended, well or not, or nobody cares any more. */
  async idle(): Promise<void> {
    await Promise.race([this.#running, this.#abandoned.promise]);
  }

  /** Why the last transaction did not definitely commit; told once. */
  takeFailure(): { readonly error: unknown } | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** The crash: whatever comes back from the log is nobody's business any more. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#abandoned.resolve();
  }

  async close(): Promise<void> {
    await this.idle();
    if (!this.#isAbandoned) await this.#producer.close();
  }

  async #run({ batches, tasks, member }: CommitBatch): Promise<void> {
    try {
      const transaction = this.#producer.begin();
      for (const { topic, partition, batch } of batches) {
        transaction.append({ topic, partition }, batch);
      }
      const receipt = await transaction.commit(this.#offsets(tasks, member));
      if (!this.#isAbandoned) settle(tasks, receipt);
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Also without offsets: whoever is no member writes nothing. */
  #offsets(tasks: readonly PreparedTask[], member: MemberIdentity): GroupOffsets {
    return { groupId: this.#groupId, member, offsets: tasks.flatMap(({ offsets }) => offsets) };
  }
}

function settle(tasks: readonly PreparedTask[], { endOffsets, durable }: CommitReceipt): void {
  const ends = new Map(
    endOffsets.map(({ topic, partition, offset }) => [partitionKey(topic, partition), offset]),
  );
  for (const { slot, offsets } of tasks) {
    slot.settled(offsets);
    const { partition } = slot.plan;
    slot.stores.committed((topic) => ends.get(partitionKey(topic, partition)), durable);
  }
  // A log that closes may never make it durable; whoever flushes hears of it.
  durable.catch(() => undefined);
}
