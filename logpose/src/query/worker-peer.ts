import type { Clock } from '../base/clock.ts';
import type { StandbySlot } from '../runtime/worker/standby/standby-slot.ts';
import type { TaskSlot } from '../runtime/worker/task-slot.ts';
import type { Worker } from '../runtime/worker/worker.ts';
import { committedRow } from './encoded-rows.ts';
import { answeredFrom, damageOf, type ReadableStore } from './readable-store.ts';
import { RowScan } from './row-scan.ts';
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
  StorePeer,
  StorePlace,
} from './store-peer.ts';

/** What an instance offers from. */
export interface WorkerPeerParts {
  readonly clock: Clock;
  processId(): string | undefined;
  /** Undefined while there is none to be read: not started, closing, ended. */
  worker(): ReadableWorker | undefined;
}

/** What readers use of a worker. */
type ReadableWorker = Pick<
  Worker,
  'slots' | 'standbys' | 'waitFor' | 'damaged' | 'standbyDamaged' | 'generation' | 'share'
>;

/** The stores of a worker in this thread, for readers. */
export class WorkerPeer implements StorePeer {
  readonly #parts: WorkerPeerParts;

  constructor(parts: WorkerPeerParts) {
    this.#parts = parts;
  }

  get processId(): string | undefined {
    return this.#parts.processId();
  }

  get sharing(): PeerSharing | undefined {
    const worker = this.#parts.worker();
    if (worker?.share === undefined) return undefined;
    const { generation, share } = worker;
    return { generation, holders: share.holders };
  }

  role(place: StorePlace): PeerRole | undefined {
    const found = this.#slot(place)?.stores.find(place.store);
    const generation = this.#generation();
    if (found !== undefined) {
      const lag = found.state === 'restoring' ? found.lag : 0;
      return { role: 'active', generation, lag };
    }
    const standby = this.#standby(place);
    return standby && { role: 'standby', generation, lag: standby.lag ?? 0 };
  }

  async get(question: PeerGet): Promise<PeerAnswer> {
    const found = this.#readable(question);
    if (found.state !== 'ready') return found;
    try {
      const row = committedRow(found.store, question.key, question.windowStartMs);
      const from = answeredFrom(found);
      return row === undefined ? { state: 'absent', ...from } : { state: 'found', row, ...from };
    } catch (error) {
      return damageOf(found, error);
    }
  }

  async scan(question: PeerScanQuestion): Promise<PeerScan | NotReadable> {
    const found = this.#readable(question);
    if (found.state !== 'ready') return found;
    try {
      return new RowScan(found, question.range);
    } catch (error) {
      return damageOf(found, error);
    }
  }

  async waitFor(place: StorePlace, { position, timeoutMs }: PeerWait): Promise<PeerWaitOutcome> {
    const { clock } = this.#parts;
    const endMs = clock.nowMs() + timeoutMs;
    for (;;) {
      const worker = this.#parts.worker();
      if (worker === undefined || this.#slot(place) === undefined) return 'elsewhere';
      const leftMs = endMs - clock.nowMs();
      if (leftMs < 0) return 'timeout';
      // Its task may move away meanwhile: then nobody here ends the wait.
      const outcome = await worker.waitFor(position, Math.min(leftMs, maxWaitMs));
      if (outcome === 'reached') return 'reached';
      if (outcome === 'closed') return 'elsewhere';
      if (leftMs <= maxWaitMs) return 'timeout';
    }
  }

  #generation(): number {
    return this.#parts.worker()?.generation ?? noGeneration;
  }

  #readable({ store, partition, standby }: ReadQuestion): ReadableStore | NotReadable {
    const place = { store, partition };
    const slot = this.#slot(place);
    const found = slot?.stores.find(store);
    if (slot === undefined || found === undefined) {
      return standby === 'allowed' ? this.#readableStandby(place) : { state: 'elsewhere' };
    }
    if (found.state === 'restoring') return found;
    return {
      ...found,
      position: positionOf(slot),
      standbyLag: undefined,
      damaged: (error) => this.#parts.worker()?.damaged(slot, error),
    };
  }

  #readableStandby(place: StorePlace): ReadableStore | NotReadable {
    const slot = this.#standby(place);
    const found = slot?.find(place.store);
    if (slot === undefined || found === undefined) return { state: 'elsewhere' };
    if (found.state === 'restoring') return found;
    const { lag, changelog, ...readable } = found;
    const last = { ...changelog, offset: found.changelogOffset - 1 };
    return {
      ...readable,
      position: last.offset < 0 ? [] : [last],
      standbyLag: lag,
      damaged: (error) => this.#parts.worker()?.standbyDamaged(slot, error),
    };
  }

  #standby({ store, partition }: StorePlace): StandbySlot | undefined {
    return this.#parts
      .worker()
      ?.standbys.find(
        (slot) => slot.plan.partition === partition && slot.find(store) !== undefined,
      );
  }

  #slot({ store, partition }: StorePlace): TaskSlot | undefined {
    return this.#parts
      .worker()
      ?.slots.find(
        ({ plan, stores }) => plan.partition === partition && stores.find(store) !== undefined,
      );
  }
}

interface ReadQuestion extends StorePlace {
  readonly standby: 'allowed' | 'refused';
}

const maxWaitMs = 100;
const noGeneration = -1;

/** The last record of each input that the task has seen and committed. */
function positionOf(slot: TaskSlot) {
  return slot.committed
    .filter(({ offset }) => offset > 0)
    .map(({ topic, partition, offset }) => ({ topic, partition, offset: offset - 1 }));
}
