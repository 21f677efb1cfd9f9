import { must } from '../../base/assert.ts';
import type { GrantedShare } from '../group/shares.ts';
import type { Commits } from './commits.ts';
import type { Standbys } from './standby/standbys.ts';
import type { PlannedTask } from './task-plan.ts';
import type { TaskSet } from './task-set.ts';

/** What a hand-over works on. */
export interface HandOverOf {
  /** Every task of the application. */
  readonly planned: readonly PlannedTask[];
  readonly tasks: TaskSet;
  readonly standbys: Standbys;
  readonly commits: Pick<Commits, 'isBusy'>;
  /** The tasks that are another's are let go of: they can be given to it now. */
  released(): void;
}

/**
 * Makes a worker's tasks and standbys those of its share.
 *
 * New tasks are opened at once. Those that are another's from now on process nothing more; when
 * what they did is committed they are let go of, and the group is told by joining it again. All
 * others go on meanwhile. A standby that becomes a task, or a task that becomes a standby, takes
 * its stores along.
 */
export class HandOver {
  readonly #of: HandOverOf;
  readonly #plans: ReadonlyMap<string, PlannedTask>;
  #share: GrantedShare | undefined = undefined;

  constructor(of: HandOverOf) {
    this.#of = of;
    this.#plans = new Map(of.planned.map((plan) => [plan.id, plan]));
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
    const { tasks, standbys } = this.#of;
    this.#share = share;
    const active = new Set(share.active);
    for (const slot of tasks.slots) slot.isRevoked = !active.has(slot.plan.id);
    const had = new Set(tasks.slots.map(({ plan }) => plan.id));
    const added = share.active.filter((id) => !had.has(id));
    tasks.add(
      added.map((id) => this.#plan(id)),
      (id) => standbys.release(id),
    );
    this.#takeStandbys(share);
    tasks.open();
  }

  /** Lets go of tasks that are another's, as soon as nothing of them is left to commit. */
  run(): void {
    const { tasks, standbys, commits } = this.#of;
    const revoked = tasks.slots.filter(({ isRevoked }) => isRevoked);
    if (revoked.length === 0 || commits.isBusy) return;
    if (revoked.some(({ task, isPinning }) => isPinning || task?.isDirty === true)) return;
    const kept = this.#share === undefined ? new Set<string>() : standbysOf(this.#share);
    for (const slot of revoked.filter(({ plan }) => kept.has(plan.id))) {
      standbys.add(slot.plan, tasks.release(slot));
    }
    tasks.remove(revoked.filter(({ plan }) => !kept.has(plan.id)));
    this.#of.released();
  }

  /** The group counts this member no more: what its tasks did not commit is not its to commit. */
  lost(): void {
    this.#share = undefined;
    this.#of.tasks.remove(this.#of.tasks.slots);
  }

  /** A task that is to become a standby does so when it has been let go of. */
  #takeStandbys(share: GrantedShare): void {
    const { standbys, tasks } = this.#of;
    const wanted = standbysOf(share);
    standbys.remove(standbys.slots.filter(({ plan }) => !wanted.has(plan.id)));
    for (const { plan } of [...tasks.slots, ...standbys.slots]) wanted.delete(plan.id);
    for (const id of wanted) {
      standbys.add(this.#plan(id), { stores: undefined, freed: tasks.left(id) });
    }
  }

  #plan(id: string): PlannedTask {
    return must(this.#plans.get(id), 'all members have the same tasks');
  }
}

function standbysOf({ standby, warmup }: GrantedShare): Set<string> {
  return new Set([...standby, ...warmup]);
}
