import { FencedError } from '../../errors/log-errors.ts';
import type { LogState } from '../state/log-state.ts';

/** Who may commit under a transactional id: its newest producer. */
export class Fences {
  readonly #state: LogState;
  /** Raised, and perhaps not in the journal yet. */
  readonly #raised = new Map<string, number>();

  constructor(state: LogState) {
    this.#state = state;
  }

  /** Returns the new producer's epoch. */
  raise(transactionalId: string): number {
    const epoch = this.#epochOf(transactionalId) + 1;
    this.#raised.set(transactionalId, epoch);
    return epoch;
  }

  /** @throws {FencedError} When there is a newer producer of the id. */
  check(transactionalId: string, epoch: number): void {
    if (this.#epochOf(transactionalId) !== epoch) throw new FencedError(transactionalId);
  }

  #epochOf(transactionalId: string): number {
    const kept = this.#state.producerEpochs.get(transactionalId) ?? -1;
    return Math.max(kept, this.#raised.get(transactionalId) ?? -1);
  }
}
