import type {
  NotReadable,
  PeerAnswer,
  PeerGet,
  PeerRole,
  PeerScan,
  PeerScanQuestion,
  PeerSharing,
  PeerWait,
  PeerWaitOutcome,
  ScanPage,
  StorePeer,
  StorePlace,
} from '../../query/store-peer.ts';
import type { OpenedScan, PlacedRole } from './messages.ts';
import type { ThreadCaller } from './thread-caller.ts';

const elsewhere: NotReadable = { state: 'elsewhere' };

/** A worker thread's state as readers on the main thread see it. */
export class ThreadPeer implements StorePeer {
  /** As the thread said last. */
  sharing: PeerSharing | undefined = undefined;
  processId: string | undefined = undefined;
  readonly #caller: ThreadCaller;
  #roles: ReadonlyMap<string, PeerRole> = new Map();

  constructor(caller: ThreadCaller) {
    this.#caller = caller;
  }

  /** What the thread has, as it said last. */
  set roles(roles: readonly PlacedRole[]) {
    this.#roles = new Map(roles.map(({ place, ...role }) => [keyOf(place), role]));
  }

  role(place: StorePlace): PeerRole | undefined {
    return this.#roles.get(keyOf(place));
  }

  get(question: PeerGet): Promise<PeerAnswer> {
    return this.#unlessGone(this.#caller.call('get', question), elsewhere);
  }

  async scan(question: PeerScanQuestion): Promise<PeerScan | NotReadable> {
    const opened = await this.#unlessGone(this.#caller.call('scan', question), elsewhere);
    return opened.state === 'open' ? this.#scanOf(opened) : opened;
  }

  waitFor(place: StorePlace, wait: PeerWait): Promise<PeerWaitOutcome> {
    return this.#unlessGone(this.#caller.call('waitFor', { place, wait }), 'elsewhere');
  }

  #scanOf({ scan, ...opened }: OpenedScan): PeerScan {
    const next = (): Promise<ScanPage> =>
      this.#unlessGone(this.#caller.call('nextPage', scan), elsewhere);
    return { ...opened, next, close: () => this.#caller.notify({ kind: 'close-scan', scan }) };
  }

  /** A thread that has ended has nothing any more; what it answered with an error is one. */
  async #unlessGone<A, G>(answer: Promise<A>, gone: G): Promise<A | G> {
    try {
      return await answer;
    } catch (error) {
      if (this.#caller.ended !== undefined) return gone;
      throw error;
    }
  }
}

function keyOf({ store, partition }: StorePlace): string {
  return `${partition} ${store}`;
}
