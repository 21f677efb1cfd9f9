import type { RecordPosition } from '../../errors/record-position.ts';
import type { StreamRecord } from '../../record/stream-record.ts';
import type { KeyInHand } from '../../store/levels.ts';
import { ObservedTimes } from './observed-times.ts';

/** A record of a queue, as the log has it. */
export interface SourceRecord {
  /** Slot of its key in the cache of keys; −1: it has none. */
  keySlot: number;
  position(): RecordPosition;
  /** Its bytes, copied. */
  raw(): RawRecord;
}

/** A record before its bytes became values. */
export type RawRecord = StreamRecord<Uint8Array | null, Uint8Array | null>;

/**
 * What a task is at: the time of the record in hand, which plain stores note in the changelog,
 * where it comes from, and which transaction is being filled.
 *
 * Made before the stores (`openStore({ timeMs: hand.timeMs, inHand: hand })`) and handed to the
 * task with them.
 * Survives the task: one that is opened anew over the same stores gets the same one.
 */
export class RecordInHand implements KeyInHand {
  timestamp = 0;
  key: unknown = undefined;
  keySlot = -1;
  /** Undefined in a punctuator and while a commit sends updates on. */
  source: SourceRecord | undefined = undefined;
  generation = 1;
  readonly observed = new ObservedTimes();
  readonly timeMs = (): number => this.timestamp;

  /** Nothing is in hand; what happens now happens at this time. */
  release(timestamp: number): void {
    this.source = undefined;
    this.keySlot = -1;
    this.timestamp = timestamp;
  }
}
