import { PositionOutOfRangeError } from '../../errors/log-errors.ts';
import type { Membership } from '../group/membership.ts';
import { recoveryFrom } from './recovery.ts';
import type { TaskSlot } from './task-slot.ts';

/** A failure, and on which task, where that is known. */
export interface WorkerFailure {
  readonly error: unknown;
  readonly slot?: TaskSlot | undefined;
}

const graveness = ['reopen', 'rebuild', 'new-producer', 'rejoin', 'lost', 'fail'] as const;

/** What failed outside of a worker's loop, and which of several failures counts. */
export class Failures {
  readonly #met: WorkerFailure[] = [];

  add(failure: WorkerFailure): void {
    this.#met.push(failure);
  }

  take(): WorkerFailure | undefined {
    return this.#met.shift();
  }

  /** Of two that came together, the one that leaves less. */
  graver(one: WorkerFailure, other: WorkerFailure | undefined): WorkerFailure {
    if (other === undefined) return one;
    const [first, second] = [one, other].map(({ error }) => graveness.indexOf(recoveryFrom(error)));
    return (second ?? 0) > (first ?? 0) ? other : one;
  }

  /**
   * What a member that was silent for too long meets may be its successor's doing: records that it
   * was to read are purged. Then it counts that it is none any more.
   */
  async asMember(
    failure: WorkerFailure,
    membership: Pick<Membership, 'check'>,
  ): Promise<WorkerFailure> {
    if (!(failure.error instanceof PositionOutOfRangeError)) return failure;
    try {
      await membership.check();
      return failure;
    } catch (error) {
      return { error };
    }
  }
}
