import type { Surroundings } from '../base/clock.ts';
import type { PlannedTask } from '../runtime/worker/task-plan.ts';
import type { Unavailable } from './answer.ts';
import type { StorePeer } from './store-peer.ts';

/** An instance through which state is read: what it knows of itself and of the others. */
export interface StoreHost {
  readonly surroundings: Surroundings;
  /** Why nothing can be read through it now; undefined: it can. */
  unavailable(): Extract<Unavailable, { state: 'unavailable' }> | undefined;
  /** The tasks that have a store, by partition. */
  tasksOf(store: string): readonly PlannedTask[];
  /** The instances that can be asked, itself first. */
  peers(): readonly StorePeer[];
  /** Whether an instance of that process id was one of them a short while ago. */
  hasLost(processId: string): boolean;
}
