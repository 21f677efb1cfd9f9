import type { MessagePort } from 'node:worker_threads';
import type { ErrorData } from '../../message-port/error-data.ts';
import type {
  AnsweredFrom,
  NotReadable,
  PeerAnswer,
  PeerGet,
  PeerRole,
  PeerScanQuestion,
  PeerSharing,
  PeerWait,
  PeerWaitOutcome,
  ScanPage,
  StorePlace,
} from '../../query/store-peer.ts';
import type { StateChange } from '../../runtime/lifecycle.ts';
import type { Metric } from '../../runtime/metrics.ts';
import type { WorkerSettings } from '../../runtime/worker/settings.ts';
import type { RestoreProgress } from '../../runtime/worker/worker-listeners.ts';
import type { DroppedRecords } from '../events.ts';
import type { SharedOptions } from '../options.ts';

/** What a worker thread is started with. */
export interface ThreadData {
  readonly logposeWorker: true;
  /** Which of the application's workers it is, from 0. */
  readonly worker: number;
  /** The module whose default export is the application. */
  readonly module: string;
  /** The topology as the main thread has it. */
  readonly topologyHash: string;
  readonly options: ThreadOptions;
  readonly settings: Partial<WorkerSettings>;
  /** Every partition of every store, for `roles`. */
  readonly places: readonly StorePlace[];
  /** Where the log is. */
  readonly log: MessagePort;
  /** Where the main thread is. */
  readonly control: MessagePort;
}

/** An application's options, as far as they are plain data. */
export interface ThreadOptions extends Omit<SharedOptions, 'log' | 'stores'> {
  /** Undefined: as `stateDirectory` says. */
  readonly engine: 'memory' | undefined;
}

/** What the main thread asks a worker thread. */
export interface ThreadCalls {
  readonly start: { readonly args: StartOrder; readonly result: void };
  readonly close: {
    readonly args: { readonly timeoutMs: number; readonly leaveGroup: 'yes' | 'no' };
    readonly result: void;
  };
  readonly abandon: { readonly args: undefined; readonly result: void };
  readonly get: { readonly args: PeerGet; readonly result: PeerAnswer };
  readonly scan: { readonly args: PeerScanQuestion; readonly result: OpenedScan | NotReadable };
  readonly nextPage: { readonly args: number; readonly result: ScanPage };
  readonly waitFor: {
    readonly args: { readonly place: StorePlace; readonly wait: PeerWait };
    readonly result: PeerWaitOutcome;
  };
}

export interface StartOrder {
  readonly isPaused: boolean;
}

/** A scan that is open in the thread, by the number that the thread gave it. */
export interface OpenedScan extends AnsweredFrom {
  readonly state: 'open';
  readonly scan: number;
}

/** What it tells it. */
export type ThreadNotice =
  | { readonly kind: 'pause' | 'resume' }
  | { readonly kind: 'close-scan'; readonly scan: number };

/** What a worker thread tells unasked. */
export type ThreadEvent =
  | { readonly kind: 'state'; readonly change: StateChange }
  | { readonly kind: 'restore'; readonly progress: RestoreProgress }
  | { readonly kind: 'rebalance'; readonly tasks: readonly string[] }
  | { readonly kind: 'dropped'; readonly dropped: DroppedRecords }
  /** It was survived. */
  | { readonly kind: 'error'; readonly error: ErrorData }
  /** It was not. */
  | { readonly kind: 'failed'; readonly error: ErrorData }
  | { readonly kind: 'figures'; readonly figures: ThreadFigures };

/** What changes all the time, told from time to time. */
export interface ThreadFigures {
  readonly metrics: readonly Metric[];
  readonly roles: readonly PlacedRole[];
  readonly sharing: PeerSharing | undefined;
  readonly processId: string | undefined;
}

export interface PlacedRole extends PeerRole {
  readonly place: StorePlace;
}
