import type { RecordPosition } from '../../errors/record-position.ts';
import type { BatchBuilder } from '../../log/batch-builder.ts';
import type {
  CommitReceipt,
  GroupOffsets,
  LogPort,
  LogProducer,
  LogTransaction,
  TransactionalLogProducer,
} from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';

/**
 * What commits go through without transactions: records first, and when all of them are in the log,
 * the offsets. Whatever fails in between is processed again: nothing is lost, and what was written
 * already is there twice.
 *
 * Nobody is fenced. So the group is asked first whether the member is one still; what it is in the
 * middle of writing when it is dropped stands in the log all the same.
 */
export class AtLeastOnceProducer implements TransactionalLogProducer {
  readonly #log: Pick<LogPort, 'admin'>;
  readonly #producer: LogProducer;

  constructor(log: Pick<LogPort, 'admin' | 'producer'>) {
    this.#log = log;
    this.#producer = log.producer();
  }

  begin(): LogTransaction {
    const batches: PlacedBatch[] = [];
    return {
      append: (place, batch) => batches.push({ place, batch }),
      commit: (offsets) => this.#commit(batches, offsets),
      abort: async () => {
        batches.length = 0;
      },
    };
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  async #commit(
    batches: readonly PlacedBatch[],
    offsets: GroupOffsets | undefined,
  ): Promise<CommitReceipt> {
    const { admin } = this.#log;
    if (offsets !== undefined) await admin.commitOffsets({ ...offsets, offsets: [] });
    const endOffsets = await this.#append(batches);
    if (offsets !== undefined) await admin.commitOffsets(offsets);
    // A checkpoint that turns out to be ahead of what the machine has kept is of another epoch.
    return { endOffsets, durable: Promise.resolve() };
  }

  /**
   * Returns where each partition ends now.
   *
   * All of them end before the first failure is told: who reads a changelog to its end afterwards
   * must find there what still got in.
   */
  async #append(batches: readonly PlacedBatch[]): Promise<readonly RecordPosition[]> {
    const appends = batches.map(async ({ place, batch }) => {
      const { offsetCount } = batch;
      return (await this.#producer.append(place, batch)) + offsetCount;
    });
    const outcomes = await Promise.allSettled(appends);
    const ends = new Map<string, RecordPosition>();
    outcomes.forEach((outcome, at) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      const place = batches[at]?.place;
      // Later batches of a partition stand behind earlier ones.
      if (place === undefined) return;
      const key = partitionKey(place.topic, place.partition);
      ends.set(key, { topic: place.topic, partition: place.partition, offset: outcome.value });
    });
    return [...ends.values()];
  }
}

interface PlacedBatch {
  readonly place: TopicPartition;
  readonly batch: BatchBuilder;
}
