import { setImmediate } from 'node:timers/promises';
import { StoreDamagedError, StoreUnavailableError } from '../errors/store-errors.ts';
import type { ReadOptions, Unavailable } from './answer.ts';
import type { HostedStore, ReadyPartition } from './store-host.ts';

/** What one scan reads. */
export interface Scan<Row> {
  readonly options: ReadOptions;
  /** Undefined: all partitions. */
  readonly choose?: ((partitions: number) => number) | undefined;
  readonly limit?: number | undefined;
  /** Begins to read one partition: what it shows is fixed then. */
  rows(partition: ReadyPartition): IterableIterator<Row>;
}

const defaultTimeoutMs = 1000;
/** The event loop has its turn this often. */
const rowsPerTurn = 1000;

/**
 * Reads partitions one behind the other, each as it was when the scan began.
 *
 * @throws {StoreUnavailableError} When a partition can be read no longer, or time runs out.
 */
export async function* scan<Row>(store: HostedStore, parts: Scan<Row>): AsyncGenerator<Row> {
  const { options, limit = Number.POSITIVE_INFINITY } = parts;
  const partitions = await store.partitions(options, parts.choose);
  if ('state' in partitions) throw unavailable(store, partitions);
  const snapshots = new Snapshots(store, partitions, parts);
  try {
    let count = 0;
    for (const row of snapshots.rows()) {
      if (count++ >= limit) return;
      yield row;
      if (count % rowsPerTurn === 0) await setImmediate();
    }
  } finally {
    snapshots.close();
  }
}

interface OpenScan<Row> {
  readonly partition: ReadyPartition;
  readonly rows: IterableIterator<Row>;
  /** Taken at once: an iterator that has begun lets go of what it holds when it is ended. */
  readonly first: IteratorResult<Row>;
}

/** Open scans of partitions, which hold on to what they see only so long. */
class Snapshots<Row> {
  readonly #store: HostedStore;
  readonly #open: OpenScan<Row>[] = [];
  #cancel: () => void = () => undefined;
  #ended: Unavailable | undefined = undefined;

  constructor(store: HostedStore, partitions: readonly ReadyPartition[], parts: Scan<Row>) {
    this.#store = store;
    try {
      for (const partition of partitions) {
        const rows = this.#read(partition, () => parts.rows(partition));
        this.#open.push({ partition, rows, first: this.#read(partition, () => rows.next()) });
      }
    } catch (error) {
      this.close();
      throw error;
    }
    const { timeoutMs = defaultTimeoutMs } = parts.options;
    const cancel = store.timers.after(timeoutMs, () => {
      this.#end({ state: 'unavailable', reason: 'timeout' });
    });
    const closed = () => this.#end({ state: 'unavailable', reason: 'closed' });
    for (const { closing } of partitions) closing.addEventListener('abort', closed);
    this.#cancel = () => {
      cancel();
      for (const { closing } of partitions) closing.removeEventListener('abort', closed);
    };
  }

  *rows(): Generator<Row> {
    for (const { partition, rows, first } of this.#open) {
      for (let step = first; step.done !== true; step = this.#read(partition, () => rows.next())) {
        yield step.value;
        if (this.#ended !== undefined) break;
      }
    }
    if (this.#ended !== undefined) throw unavailable(this.#store, this.#ended);
  }

  close(): void {
    this.#cancel();
    for (const { rows } of this.#open) rows.return?.();
    this.#open.length = 0;
  }

  /** Damage is told to the worker, which rebuilds the store. */
  #read<T>(partition: ReadyPartition, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      throw unavailable(this.#store, this.#store.damaged(partition, error), error);
    }
  }

  #end(why: Unavailable): void {
    this.#ended ??= why;
    this.close();
  }
}

function unavailable(store: HostedStore, why: Unavailable, cause?: unknown): StoreUnavailableError {
  const text =
    why.state === 'restoring' ? `it restores, ${why.lag} records to go` : reasons[why.reason];
  return new StoreUnavailableError(store.name, why.state, { why: text, cause });
}

const reasons = {
  'not-running': 'the application is not running',
  timeout: 'it took longer than timeoutMs',
  closed: 'it has been closed',
};
