import { StoreUnavailableError } from '../errors/store-errors.ts';
import type { ReadOptions } from './answer.ts';
import type { NoAnswer, RoutedStore } from './routed-store.ts';
import type { EncodedRow, NotReadable, PeerRange, PeerScan } from './store-peer.ts';

/** What one scan reads. */
export interface Scan<Row> {
  readonly options: ReadOptions;
  /** Undefined: all partitions. */
  readonly choose?: ((partitions: number) => number) | undefined;
  readonly limit?: number | undefined;
  range(): PeerRange;
  show(row: EncodedRow): Row;
}

const defaultTimeoutMs = 1000;

/**
 * Reads partitions one behind the other, each as it was when the scan began.
 *
 * @throws {StoreUnavailableError} When a partition can be read no longer, or time runs out.
 */
export async function* scan<Row>(store: RoutedStore, parts: Scan<Row>): AsyncGenerator<Row> {
  const { options, choose, limit = Number.POSITIVE_INFINITY, show } = parts;
  const all = Array.from({ length: store.partitions }, (_, partition) => partition);
  const partitions = choose === undefined ? all : all.slice(...only(choose(all.length)));
  const scans = await store.scan({ range: parts.range(), partitions }, options);
  if ('state' in scans) throw unavailable(store, scans);
  using open = new OpenScans(store, scans, options);
  let count = 0;
  for await (const row of open.rows()) {
    if (count++ >= limit) return;
    yield show(row);
    open.check();
  }
}

function only(index: number): [number, number] {
  return [index, index + 1];
}

/** Open scans of partitions, which hold on to what they see only so long. */
class OpenScans implements Disposable {
  readonly #store: RoutedStore;
  readonly #scans: readonly PeerScan[];
  readonly #cancel: () => void;
  #isLate = false;

  constructor(store: RoutedStore, scans: readonly PeerScan[], options: ReadOptions) {
    const { timeoutMs = defaultTimeoutMs } = options;
    this.#store = store;
    this.#scans = scans;
    this.#cancel = store.timers.after(timeoutMs, () => {
      this.#isLate = true;
      this.#close();
    });
  }

  async *rows(): AsyncGenerator<EncodedRow> {
    for (const scan of this.#scans) {
      for (let isLast = false; !isLast; ) {
        const page = await scan.next();
        this.check();
        if (page.state !== 'rows') throw moved(this.#store, page);
        yield* page.rows;
        isLast = page.isLast;
      }
    }
  }

  /** @throws {StoreUnavailableError} When time has run out, or the application has ended. */
  check(): void {
    const late = { state: 'unavailable', reason: 'timeout' } as const;
    const why = this.#isLate ? late : this.#store.unavailable();
    if (why !== undefined) throw unavailable(this.#store, why);
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#close();
  }

  #close(): void {
    for (const scan of this.#scans) scan.close();
  }
}

function moved(store: RoutedStore, why: NotReadable): StoreUnavailableError {
  const ended = store.ended(why);
  if (ended.state !== 'moved') return unavailable(store, ended);
  return new StoreUnavailableError(store.name, 'moved', { why: 'its task has moved meanwhile' });
}

/** The error in place of an answer. */
export function unavailable(
  { name }: Pick<RoutedStore, 'name'>,
  why: NoAnswer,
): StoreUnavailableError {
  return new StoreUnavailableError(name, why.state, { why: textOf(why) });
}

function textOf(why: NoAnswer): string {
  switch (why.state) {
    case 'restoring':
      return `it restores, ${why.lag} records to go`;
    case 'moved':
      return `another instance has it, ${why.to}`;
    case 'unavailable':
      return reasons[why.reason];
  }
}

const reasons = {
  'not-running': 'the application is not running',
  timeout: 'it took longer than timeoutMs',
  closed: 'it has been closed',
};
