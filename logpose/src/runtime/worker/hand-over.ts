import { must } from '../../base/assert.ts';
import type { GrantedShare } from '../group/shares.ts';
import type { Commits } from './commits.ts';
import type { PlannedTask } from './task-plan.ts';
import type { TaskSet } from './task-set.ts';

/** What a hand-over works on. */
export interface HandOverOf {
  /** Every task of the application. */
  readonly planned: readonly PlannedTask[];
  readonly tasks: TaskSet;
  readonly commits: Pick<Commits, 'isBusy'>;
  /** The tasks that are another's are let go of: they can be given to it now. */
  released(): void;
}

/**
 * Makes a worker's tasks those of its share.
 *
 * New tasks are opened at once. Those that are another's from now on process nothing more; when
 * what they did is committed they are let go of, and the group is told by joining it again. All
 * others go on meanwhile.
 */
export class HandOver {
  readonly #of: HandOverOf;
  #share: GrantedShare | undefined = undefined;

  constructor(of: HandOverOf) {
    this.#of = of;
  }

  /** Undefined before the first, and when the group counts this member no more. */
  get share(): GrantedShare | undefined {
    return this.#share;
  }

  /** Whether tasks are still to be let go of: until then the member must not join again. */
  get isReleasing(): boolean {
    return this.#of.tasks.slots.some(({ isRevoked }) => isRevoked);
  }

  take(share: GrantedShare): void {
    const { planned, tasks } = this.#of;
    this.#share = share;
    const active = new Set(share.active);
    for (const slot of tasks.slots) slot.isRevoked = !active.has(slot.plan.id);
    const had = new Set(tasks.slots.map(({ plan }) => plan.id));
    const plans = new Map(planned.map((plan) => [plan.id, plan]));
    const added = share.active.filter((id) => !had.has(id));
    tasks.add(added.map((id) => must(plans.get(id), 'all members have the same tasks')));
    tasks.open();
  }

  /** Lets go of tasks that are another's, as soon as nothing of them is left to commit. */
  run(): void {
    const { tasks, commits } = this.#of;
    const revoked = tasks.slots.filter(({ isRevoked }) => isRevoked);
    if (revoked.length === 0 || commits.isBusy) return;
    if (revoked.some(({ task }) => task?.isDirty === true)) return;
    tasks.remove(revoked);
    this.#of.released();
  }

  /** The group counts this member no more: what its tasks did not commit is not its to commit. */
  lost(): void {
    this.#share = undefined;
    this.#of.tasks.remove(this.#of.tasks.slots);
  }
}
