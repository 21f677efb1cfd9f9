import { ProduceError } from '../errors/record-errors.ts';
import type { EncodedRecord } from '../log/batch-builder.ts';
import type { LogAdmin } from '../log/log-port.ts';
import { partitionOfKey, StickyPartitioner } from '../log/partitioner.ts';
import { sizeOf } from './encode-record.ts';

/** Chooses partitions for one producer. */
export class PartitionChooser {
  readonly #admin: LogAdmin;
  readonly #random: () => number;
  readonly #counts = new Map<string, Promise<number>>();
  readonly #sticky = new Map<string, StickyPartitioner>();

  constructor(admin: LogAdmin, random: () => number) {
    this.#admin = admin;
    this.#random = random;
  }

  /**
   * The partition wanted, else the key's, else the one whose turn it is.
   *
   * @throws {ProduceError} When there is no such topic or partition.
   */
  async choose(topic: string, record: EncodedRecord, wanted?: number): Promise<number> {
    const partitions = await this.#countOf(topic);
    if (wanted === undefined) return this.#chooseAmong(partitions, topic, record);
    if (Number.isInteger(wanted) && wanted >= 0 && wanted < partitions) return wanted;
    throw noPlace(topic, `it has ${partitions} partitions and no number ${wanted}`);
  }

  /** Asks anew next time how many partitions the topic has. */
  forget(topic: string): void {
    this.#counts.delete(topic);
  }

  #chooseAmong(partitions: number, topic: string, record: EncodedRecord): number {
    if (record.keyLength >= 0) return partitionOfKey(record, partitions);
    const sticky = this.#sticky.get(topic) ?? new StickyPartitioner(this.#random);
    this.#sticky.set(topic, sticky);
    return sticky.next(sizeOf(record), partitions);
  }

  /** Asks once; callers in between share the answer and so keep their order. */
  #countOf(topic: string): Promise<number> {
    const known = this.#counts.get(topic);
    if (known !== undefined) return known;
    const asked = this.#ask(topic);
    this.#counts.set(topic, asked);
    asked.catch(() => this.forget(topic));
    return asked;
  }

  async #ask(topic: string): Promise<number> {
    const [described] = await this.#admin.describeTopics([topic]);
    if (described === undefined) throw noPlace(topic, 'there is no such topic');
    return described.partitions;
  }
}

function noPlace(topic: string, why: string): ProduceError {
  return new ProduceError(topic, { code: 'PRODUCE_FAILED' }, new Error(why));
}
