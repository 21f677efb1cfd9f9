import type { RecordPosition } from '../../src/errors/record-position.ts';
import type { CommitReceipt, GroupOffsets } from '../../src/log/log-port.ts';
import { partitionKey } from '../../src/record/topic-partition.ts';
import type { AppTransaction, Watch } from './history.ts';
import type { LoggedRecord } from './read-log.ts';
import type { Trace } from './trace.ts';

/** The changelog partitions that one instance reads into stores now. */
export class ReadChangelogs {
  readonly #readers = new Map<string, number>();

  has(key: string): boolean {
    return (this.#readers.get(key) ?? 0) > 0;
  }

  begin(key: string): void {
    this.#readers.set(key, (this.#readers.get(key) ?? 0) + 1);
  }

  end(key: string): void {
    this.#readers.set(key, (this.#readers.get(key) ?? 0) - 1);
  }
}

/** A topic of the simulation's own: each transaction writes one record there, its mark. */
export const marksTopic = 'marks';

/**
 * What the outside world was told of transactions. Each has a mark, which is in the log exactly
 * when the transaction is.
 */
export class Ledger {
  readonly app = new Map<string, AppTransaction>();
  /** Marks of commits that were acknowledged and not lost since, in that order. */
  acknowledged: string[] = [];
  /** Those of which it was said that they survive a crash of the machine. */
  readonly durable = new Set<string>();
  /** By mark: the offsets that the transaction committed. */
  readonly offsets = new Map<string, GroupOffsets>();
  /** Where partitions end as far as it survives a crash of the machine. */
  readonly durableEnds = new Map<string, number>();
  /** By partition: records that were given up, by offset. */
  readonly purged = new Map<string, Map<number, LoggedRecord>>();
  readonly #trace: Trace;
  #serial = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** The application begins to commit what its tasks have taken. */
  begin(watch: Watch): string {
    const serial = this.#serial++;
    const mark = `app ${serial}`;
    this.app.set(mark, { serial, events: watch.takeEvents(), isInDoubt: true });
    return mark;
  }

  acknowledge(mark: string, { durable, endOffsets }: CommitReceipt): void {
    this.#trace.add(`acknowledged ${mark}`);
    this.acknowledged.push(mark);
    durable.then(
      () => {
        this.durable.add(mark);
        for (const end of endOffsets) this.isDurable(end);
      },
      () => undefined,
    );
  }

  /** Records below the offset are to be given up: a recomputation still needs them. */
  purge({ topic, partition, offset }: RecordPosition, records: readonly LoggedRecord[]): void {
    this.#trace.add(`purge: ${topic}-${partition}@${offset}`);
    const key = partitionKey(topic, partition);
    const known = this.purged.get(key) ?? new Map<number, LoggedRecord>();
    this.purged.set(key, known);
    for (const record of records) if (record.offset < offset) known.set(record.offset, record);
  }

  /** A partition is safe up to there. */
  isDurable({ topic, partition, offset }: RecordPosition): void {
    const key = partitionKey(topic, partition);
    this.durableEnds.set(key, Math.max(offset, this.durableEnds.get(key) ?? 0));
  }

  /**
   * A store is written that has taken in a changelog up to there.
   *
   * @throws When a crash of the machine might leave it ahead; a store that is restored may be.
   */
  checkFlush({ topic, partition, offset }: RecordPosition, reads: ReadChangelogs): void {
    const key = partitionKey(topic, partition);
    const durable = this.durableEnds.get(key) ?? 0;
    if (offset <= durable || reads.has(key)) return;
    throw new Error(`a store is flushed up to ${key}@${offset}, durable is ${durable}`);
  }

  /** Whoever committed it heard of it. */
  told(mark: string): void {
    const transaction = this.app.get(mark);
    if (transaction !== undefined) transaction.isInDoubt = false;
  }

  /** The progress that these transactions come to, by partition. */
  progress(marks: readonly string[]): ReadonlyMap<string, number> {
    const progress = new Map<string, number>();
    for (const mark of marks) {
      for (const { topic, partition, offset } of this.offsets.get(mark)?.offsets ?? []) {
        const key = partitionKey(topic, partition);
        if (offset <= (progress.get(key) ?? -1)) {
          throw new Error(`${key} goes from offset ${progress.get(key)} to ${offset} in ${mark}`);
        }
        progress.set(key, offset);
      }
    }
    return progress;
  }
}
