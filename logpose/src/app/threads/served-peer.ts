import type {
  NotReadable,
  PeerScan,
  PeerScanQuestion,
  ScanPage,
  StorePeer,
} from '../../query/store-peer.ts';
import type { OpenedScan } from './messages.ts';

// Of readers that are gone without closing what they had open.
const maxScans = 1000;

/** The state of a worker thread's tasks, as its main thread may read it. */
export class ServedPeer {
  readonly #peer: StorePeer;
  readonly #scans = new Map<number, PeerScan>();
  #nextScan = 0;

  constructor(peer: StorePeer) {
    this.#peer = peer;
  }

  async scan(question: PeerScanQuestion): Promise<OpenedScan | NotReadable> {
    const opened = await this.#peer.scan(question);
    if (opened.state !== 'open') return opened;
    const [oldest] = this.#scans.keys();
    if (oldest !== undefined && this.#scans.size >= maxScans) this.closeScan(oldest);
    const scan = this.#nextScan++;
    this.#scans.set(scan, opened);
    const { state, position, changelogOffset, standbyLag } = opened;
    return { state, position, changelogOffset, standbyLag, scan };
  }

  async nextPage(scan: number): Promise<ScanPage> {
    const page = await this.#scans.get(scan)?.next();
    if (page === undefined) return { state: 'elsewhere' };
    if (page.state !== 'rows' || page.isLast) this.closeScan(scan);
    return page;
  }

  closeScan(scan: number): void {
    this.#scans.get(scan)?.close();
    this.#scans.delete(scan);
  }
}
