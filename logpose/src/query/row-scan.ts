import { setImmediate } from 'node:timers/promises';
import type { StorePosition } from './answer.ts';
import { committedRows } from './encoded-rows.ts';
import { damageOf, type ReadableStore } from './readable-store.ts';
import type { EncodedRow, PeerRange, PeerScan, ScanPage } from './store-peer.ts';

const maxPageRows = 500;
const maxPageBytes = 256 * 1024;

/** A scan of a store in this thread, page by page; the event loop has its turn between them. */
export class RowScan implements PeerScan {
  readonly state = 'open';
  readonly position: StorePosition;
  readonly changelogOffset: number | undefined;
  readonly standbyLag: number | undefined;
  readonly #found: ReadableStore;
  readonly #rows: IterableIterator<EncodedRow, undefined>;
  readonly #closed = (): void => this.close();
  #ended: ScanPage | undefined = undefined;
  #hasBegun = false;

  constructor(found: ReadableStore, range: PeerRange) {
    this.#found = found;
    this.position = found.position;
    this.changelogOffset = found.changelogOffset;
    this.standbyLag = found.standbyLag;
    this.#rows = committedRows(found.store, range);
    found.closing.addEventListener('abort', this.#closed);
  }

  async next(): Promise<ScanPage> {
    if (this.#hasBegun) await setImmediate();
    this.#hasBegun = true;
    if (this.#ended !== undefined) return this.#ended;
    try {
      return this.#page();
    } catch (error) {
      const why = damageOf(this.#found, error);
      return this.#end(why);
    }
  }

  close(): void {
    this.#end({ state: 'elsewhere' });
  }

  #page(): ScanPage {
    const rows: EncodedRow[] = [];
    let bytes = 0;
    while (rows.length < maxPageRows && bytes < maxPageBytes) {
      const step = this.#rows.next();
      if (step.done === true) {
        this.#end({ state: 'rows', rows: [], isLast: true });
        return { state: 'rows', rows, isLast: true };
      }
      rows.push(step.value);
      bytes += step.value.key.length + step.value.value.length;
    }
    return { state: 'rows', rows, isLast: false };
  }

  #end(why: ScanPage): ScanPage {
    if (this.#ended !== undefined) return this.#ended;
    this.#ended = why;
    this.#found.closing.removeEventListener('abort', this.#closed);
    this.#rows.return?.();
    return why;
  }
}
