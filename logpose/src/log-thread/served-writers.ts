import { must } from '../base/assert.ts';
import type { RecordPosition } from '../errors/record-position.ts';
import { BatchBuilder } from '../log/batch-builder.ts';
import type {
  GroupOffsets,
  LogPort,
  LogProducer,
  LogTransaction,
  TransactionalLogProducer,
  TransactionalOptions,
} from '../log/log-port.ts';
import type { PlacedContents } from './messages.ts';
import { ServedClients } from './served-clients.ts';

/** The producers and transactions of a thread, at the thread that owns the log. */
export class ServedWriters {
  readonly #log: LogPort;
  readonly #producers = new ServedClients<LogProducer>();
  readonly #transactional = new ServedClients<TransactionalLogProducer>();
  readonly #transactions = new ServedClients<LogTransaction>();
  /** Of commits that have been answered. */
  readonly #durable = new Map<number, Promise<void>>();
  #isClosed = false;

  constructor(log: LogPort) {
    this.#log = log;
  }

  openProducer(producer: number): void {
    this.#producers.open(producer, () => this.#log.producer());
  }

  append(producer: number, { place, contents }: PlacedContents): Promise<number> {
    return this.#producers.get(producer).append(place, BatchBuilder.of(contents));
  }

  async closeProducer(producer: number): Promise<void> {
    await this.#producers.take(producer)?.close();
  }

  async openTransactional(producer: number, options: TransactionalOptions): Promise<void> {
    const opened = await this.#log.transactionalProducer(options);
    if (this.#isClosed) await opened.close();
    else this.#transactional.open(producer, () => opened);
  }

  async closeTransactional(producer: number): Promise<void> {
    await this.#transactional.take(producer)?.close();
  }

  begin(producer: number, transaction: number): void {
    this.#transactions.open(transaction, () => this.#transactional.get(producer).begin());
  }

  fill(transaction: number, { place, contents }: PlacedContents): void {
    this.#transactions.tell(transaction, (open) => open.append(place, BatchBuilder.of(contents)));
  }

  async commit(
    transaction: number,
    offsets: GroupOffsets | undefined,
  ): Promise<readonly RecordPosition[]> {
    const open = this.#transactions.get(transaction);
    this.#transactions.take(transaction);
    const { endOffsets, durable } = await open.commit(offsets);
    this.#durable.set(transaction, durable);
    // The one who asks is told; nobody may be left to ask.
    durable.catch(() => undefined);
    return endOffsets;
  }

  async durable(transaction: number): Promise<void> {
    const durable = must(this.#durable.get(transaction), 'a commit is answered before');
    this.#durable.delete(transaction);
    await durable;
  }

  async abort(transaction: number): Promise<void> {
    await this.#transactions.take(transaction)?.abort();
  }

  /** Aborts what is open, and waits for what is on its way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#transactions.all()].map((open) => open.abort()));
    const producers = [...this.#producers.all(), ...this.#transactional.all()];
    await Promise.allSettled(producers.map((producer) => producer.close()));
  }
}
