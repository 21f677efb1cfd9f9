import { createLog } from '../../src/client/create-log.ts';
import type { TransactionalProducer } from '../../src/client/transaction.ts';
import { builtInCompressions } from '../../src/compression/built-in-compressions.ts';
import { TransactionAbortedError, TransactionInDoubtError } from '../../src/errors/log-errors.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import type { ManualClock } from '../../src/testing/manual-clock.ts';
import { type InputTransaction, sendInput } from './input.ts';
import { marksTopic } from './ledger.ts';
import { readPartition } from './read-log.ts';

/** Every mark that is in the log, in order. */
export async function marksIn(log: LogPort): Promise<readonly string[]> {
  const records = await readPartition(log, { topic: marksTopic, partition: 0 });
  return records.map(({ value }) => String(value));
}

/** How many transactions of the input there are among these marks. */
export function inputsAmong(marks: readonly string[]): number {
  return marks.filter((mark) => mark.startsWith('input')).length;
}

/** Writes the input, transaction by transaction, each until it is known to be in the log. */
export class Writer {
  readonly #log: LogPort;
  readonly #input: readonly InputTransaction[];
  readonly #producer: TransactionalProducer;
  #next: number;
  #isBusy = false;
  /** Why it cannot go on. */
  failure: unknown;

  /** @param next - The first transaction that is not in the log. */
  constructor(
    log: LogPort,
    clock: ManualClock,
    from: { readonly input: readonly InputTransaction[]; readonly next: number },
  ) {
    this.#log = log;
    this.#input = from.input;
    this.#next = from.next;
    const client = createLog(log, { compressions: builtInCompressions, surroundings: clock });
    this.#producer = client.producer({ transactionalId: 'writer' });
  }

  /** The mark of the transaction that is being written. */
  get mark(): string {
    return `input ${this.#next}`;
  }

  get isDone(): boolean {
    return this.#next >= this.#input.length && !this.#isBusy;
  }

  /** Begins the next transaction, unless one is under way. */
  go(): void {
    const records = this.#input[this.#next];
    if (this.#isBusy || records === undefined || this.failure !== undefined) return;
    this.#isBusy = true;
    this.#write(records)
      .catch((failure: unknown) => {
        this.failure = failure;
      })
      .finally(() => {
        this.#isBusy = false;
      });
  }

  async #write(records: InputTransaction): Promise<void> {
    try {
      await this.#producer.transaction(async (tx) => sendInput(tx, records));
      this.#next++;
    } catch (error) {
      if (error instanceof TransactionInDoubtError) {
        this.#next = inputsAmong(await marksIn(this.#log));
      } else if (!(error instanceof TransactionAbortedError)) throw error;
    }
  }
}
