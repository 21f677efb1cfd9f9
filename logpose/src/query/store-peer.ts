import type { RecordPosition } from '../errors/record-position.ts';
import type { TaskHolder } from '../runtime/group/shares.ts';
import type { StorePosition } from './answer.ts';

/**
 * One instance of an application as readers of its state see it: keys in, rows out, both as bytes,
 * so that it may be in this thread, behind a message port or at the other end of a connection.
 *
 * Readers may assume that nothing but committed state is shown, that an answer is of one moment,
 * and that no promise is rejected for what can be said by an answer. An instance that has the
 * partition neither as its task's nor as a standby says `'elsewhere'`, never that a row is absent.
 * Damage that a read meets is told to the instance's own worker, and answered by `'restoring'`.
 */
export interface StorePeer {
  /** What the others call it in `holders`; undefined: not known yet. */
  readonly processId: string | undefined;
  /** How the group shares tasks out, as this instance knows it; undefined: it is no member. */
  readonly sharing: PeerSharing | undefined;
  /**
   * What it has of a partition, as far as that is known on this side: whom to ask first. Only what
   * it answers is certain.
   */
  role(place: StorePlace): PeerRole | undefined;
  get(question: PeerGet): Promise<PeerAnswer>;
  /** Begins a scan of one partition: what it shows is fixed when this resolves. */
  scan(question: PeerScanQuestion): Promise<PeerScan | NotReadable>;
  /** Waits until a record of an input is processed and committed by the task that has the place. */
  waitFor(place: StorePlace, wait: PeerWait): Promise<PeerWaitOutcome>;
}

/** A member's view of its group. */
export interface PeerSharing {
  readonly generation: number;
  /** Every member with its tasks. */
  readonly holders: readonly TaskHolder[];
}

/** One partition of a store. */
export interface StorePlace {
  readonly store: string;
  readonly partition: number;
}

/** How an instance has a partition. */
export interface PeerRole {
  readonly role: 'active' | 'standby';
  /** Of several that say `'active'` the one of the latest generation of the group is. */
  readonly generation: number;
  /** Changelog records that it has still to read, as far as is known. */
  readonly lag: number;
}

/** A row to find. */
export interface PeerGet extends StorePlace {
  readonly key: Uint8Array;
  /** For windowed stores. */
  readonly windowStartMs?: number;
  readonly standby: 'allowed' | 'refused';
}

/** A row as bytes. */
export interface EncodedRow {
  readonly key: Uint8Array;
  /** Undefined: the store has no windows. */
  readonly windowStartMs: number | undefined;
  readonly value: Uint8Array;
  /** Undefined: the store has no timestamps. */
  readonly timestamp: number | undefined;
}

/** Of what an answer is. */
export interface AnsweredFrom {
  /**
   * The last record of each input that the task has seen; of a standby, the last record of the
   * changelog.
   */
  readonly position: StorePosition;
  /** Where in the changelog that is: the next offset. Undefined: the store has none. */
  readonly changelogOffset: number | undefined;
  /** Changelog records that a standby is behind; undefined: it is the task's own store. */
  readonly standbyLag: number | undefined;
}

/** What a read by key comes to. */
export type PeerAnswer =
  | ({ readonly state: 'found'; readonly row: EncodedRow } & AnsweredFrom)
  | ({ readonly state: 'absent' } & AnsweredFrom)
  | NotReadable;

/** Why an instance does not read. */
export type NotReadable =
  | { readonly state: 'restoring'; readonly lag: number }
  /** It is not (or no longer, or not yet) this instance that has the partition. */
  | { readonly state: 'elsewhere' };

/** Rows to scan, in the order of the store: by encoded key, windows of a key by start. */
export type PeerRange =
  | {
      readonly kind: 'keys';
      readonly gte?: Uint8Array;
      readonly gt?: Uint8Array;
      readonly lte?: Uint8Array;
      readonly lt?: Uint8Array;
      readonly reverse?: boolean;
      readonly limit?: number;
    }
  | { readonly kind: 'prefix'; readonly prefix: Uint8Array }
  | ({ readonly kind: 'windows-of-key'; readonly key: Uint8Array } & PeerTimeBounds)
  | ({ readonly kind: 'windows' } & PeerTimeBounds);

/** Starts of windows, both ends inclusive. */
export interface PeerTimeBounds {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** A scan to begin. */
export interface PeerScanQuestion extends StorePlace {
  readonly range: PeerRange;
  readonly standby: 'allowed' | 'refused';
}

/** A scan that has begun. It holds on to what it shows until it is exhausted or closed. */
export interface PeerScan extends AnsweredFrom {
  readonly state: 'open';
  /** The next rows, boundedly many; the last page may be empty. Calls do not overlap. */
  next(): Promise<ScanPage>;
  /** Idempotent. */
  close(): void;
}

/** Some rows of a scan, or why there are no more although it is not at its end. */
export type ScanPage =
  | { readonly state: 'rows'; readonly rows: readonly EncodedRow[]; readonly isLast: boolean }
  | NotReadable;

/** What to wait for, at most how long. */
export interface PeerWait {
  readonly position: RecordPosition;
  readonly timeoutMs: number;
}

/** How a wait ended. `'elsewhere'`: the task is another instance's by now. */
export type PeerWaitOutcome = 'reached' | 'timeout' | 'elsewhere';
