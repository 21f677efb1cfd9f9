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
  readonly #open: OpenScan<Row>[];
  readonly #cancel: () => void;
  #ended: Unavailable | undefined = undefined;

  constructor(store: HostedStore, partitions: readonly ReadyPartition[], parts: Scan<Row>) {
    this.#store = store;
    this.#open = partitions.map((partition) => {
      const rows = parts.rows(partition);
      return { partition, rows, first: this.#next(partition, rows) };
    });
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
      for (let step = first; step.done !== true; step = this.#next(partition, rows)) {
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

  #next(partition: ReadyPartition, rows: IterableIterator<Row>): IteratorResult<Row> {
    try {
      return rows.next();
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
