import type { Timers } from '../../base/clock.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';

/** How a wait ended. */
export type WaitOutcome = 'reached' | 'timeout' | 'closed';

/** The next offset of an input; undefined: not known. */
export type OffsetOf = (input: TopicPartition) => number | undefined;

interface Wait {
  readonly position: RecordPosition;
  end(outcome: WaitOutcome): void;
}

/** Who waits until a record of an input is processed and committed. */
export class PositionWaits {
  readonly #timers: Timers;
  readonly #waits = new Set<Wait>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** @param timeoutMs - May be infinite. */
  wait(position: RecordPosition, timeoutMs: number): Promise<WaitOutcome> {
    return new Promise((resolve) => {
      const wait: Wait = {
        position,
        end: (outcome) => {
          this.#waits.delete(wait);
          cancel();
          resolve(outcome);
        },
      };
      const cancel = Number.isFinite(timeoutMs)
        ? this.#timers.after(timeoutMs, () => wait.end('timeout'))
        : () => undefined;
      this.#waits.add(wait);
    });
  }

  /** Whether a commit now would end a wait. */
  wantCommit(processed: OffsetOf): boolean {
    for (const { position } of this.#waits) if (isReached(position, processed)) return true;
    return false;
  }

  /** Ends the waits for what is committed. */
  settle(committed: OffsetOf): void {
    for (const wait of this.#waits) if (isReached(wait.position, committed)) wait.end('reached');
  }

  /** Ends every wait. */
  close(): void {
    for (const wait of this.#waits) wait.end('closed');
  }
}

function isReached(position: RecordPosition, offsetOf: OffsetOf): boolean {
  return (offsetOf(position) ?? -1) > position.offset;
}
