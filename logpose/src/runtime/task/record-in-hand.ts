import type { RecordPosition } from '../../errors/record-position.ts';

/** A queue's record that is being processed. */
export interface SourceRecord {
  position(): RecordPosition;
}

/**
 * What a task is at: the time of the record in hand, which plain stores note in the changelog, and
 * where it comes from.
 *
 * Made before the stores (`openStore({ timeMs: hand.timeMs })`) and handed to the task with them.
 * Survives the task: one that is opened anew over the same stores gets the same one.
 */
export class RecordInHand {
  timestamp = 0;
  /** Undefined in a punctuator and while a commit sends updates on. */
  source: SourceRecord | undefined = undefined;
  readonly timeMs = (): number => this.timestamp;
}
