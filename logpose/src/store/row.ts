import type { RecordHeaders } from '../record/headers.ts';
import { noHeaders } from '../record/headers.ts';
import type { Timestamped } from '../record/stream-record.ts';

/** A row that is not there, and since when. */
export class Tombstone {
  readonly timestamp: number;

  constructor(timestamp: number) {
    this.timestamp = timestamp;
  }
}

/** What a row is at one level: a value in the form in which state holds it, or gone. */
export type Cell<H> = Timestamped<H> | Tombstone;

/** One key of one window in memory, newest level first. A store without windows has window 0. */
export class Row<K, H> {
  readonly key: K;
  readonly identity: string | number;
  readonly startMs: number;
  /** Written by the transaction being filled. */
  filling: Cell<H> | undefined = undefined;
  /** Written by the transaction that is on its way. */
  committing: Cell<H> | undefined = undefined;
  /** In the changelog, not yet in the engine. */
  committed: Cell<H> | undefined = undefined;
  /** As read from the engine. */
  stored: Cell<H> | undefined = undefined;
  /** Place of the last write among the transaction's writes; −1: none. */
  writtenAt = -1;
  /** Whether the table's reader has yet to hear of the last write. */
  unsent = false;
  /** The row as the table's reader last heard of it. Only while `unsent`. */
  sentBefore: Cell<H> | undefined = undefined;
  /** Of the last update. Only while `unsent`. */
  headers: RecordHeaders = noHeaders;
  /** Whether it stands in the index of its window. */
  indexed = false;
  /** Whether it waits for the next flush. */
  queued = false;
  /** The encoded key, one character per byte; made when a scan first needs it. */
  order: string | undefined = undefined;

  constructor(key: K, identity: string | number, startMs: number) {
    this.key = key;
    this.identity = identity;
    this.startMs = startMs;
  }
}
