import type { AssignableMember, AssignableTask } from './assignment.ts';
import { compareText, type GroupView } from './group-view.ts';
import { Loads, least } from './loads.ts';
import type { Targets } from './targets.ts';

/** What standbys are laid around. */
export interface Actives {
  readonly targets: Targets;
  /** By task id: who has it until its target has caught up. */
  readonly active: Targets;
}

/** By task id: who keeps its stores warm. */
export type Standbys = ReadonlyMap<string, readonly AssignableMember[]>;

/**
 * Who is to keep stores warm: on other hosts than the task and than each other, with who does so
 * already, else with who has the fewest. One moves only where counts then differ by less.
 */
export function standbysOf(view: GroupView, actives: Actives): Standbys {
  return new StandbyPlan(view, actives).run();
}

class StandbyPlan {
  readonly #view: GroupView;
  readonly #actives: Actives;
  readonly #loads = new Loads();
  readonly #activeLoads = new Loads();
  readonly #standbys = new Map<string, AssignableMember[]>();

  constructor(view: GroupView, actives: Actives) {
    this.#view = view;
    this.#actives = actives;
    for (const task of view.tasks) {
      const member = actives.targets.get(task.id);
      if (member !== undefined) this.#activeLoads.add(member, task);
      this.#standbys.set(task.id, []);
    }
  }

  run(): Standbys {
    const { statefulTasks } = this.#view;
    for (const task of statefulTasks) this.#keep(task);
    for (const task of statefulTasks) this.#fill(task);
    while (this.#even());
    return this.#standbys;
  }

  /** Those that keep it warm now; then who is about to lose the task, and has its state. */
  #keep(task: AssignableTask): void {
    const target = this.#actives.targets.get(task.id);
    // Who is only waiting for the task to move there stands last: it has its own place.
    const rank = (member: AssignableMember) =>
      Number(member === target) * 2 + Number(!this.#view.isCaughtUp(member, task));
    const holders = this.#view
      .standbys(task)
      .toSorted((a, b) => rank(a) - rank(b) || this.#compareLoads(a, b));
    for (const member of [...holders, ...this.#view.owners(task)]) this.#tryAdd(member, task);
  }

  #fill(task: AssignableTask): void {
    while (this.#of(task).length < this.#view.settings.standbys) {
      const fit = this.#view.members.filter((member) => this.#mayKeep(member, task));
      const member = least(
        fit,
        (a, b) =>
          this.#relative(a) - this.#relative(b) ||
          Number(this.#view.isCaughtUp(b, task)) - Number(this.#view.isCaughtUp(a, task)) ||
          this.#compareLoads(a, b),
      );
      if (member === undefined) return;
      this.#tryAdd(member, task);
    }
  }

  /** Moves one standby to where there are fewer; false: nothing is to be gained. */
  #even(): boolean {
    const from = this.#view.members.toSorted((a, b) => -this.#compareLoads(a, b));
    for (const member of from) {
      const tasks = this.#view.statefulTasks.filter((task) => this.#of(task).includes(member));
      for (const task of tasks.toReversed()) if (this.#tryMove(member, task)) return true;
    }
    return false;
  }

  #tryMove(from: AssignableMember, task: AssignableTask): boolean {
    const list = this.#of(task);
    const rest = list.filter((each) => each !== from);
    const fit = this.#view.members.filter(
      (member) =>
        (this.#loads.tasks(member) + 1) / member.capacity < this.#relative(from) &&
        this.#isFree(member, task, rest),
    );
    const to = least(fit, (a, b) => this.#compareLoads(a, b));
    if (to === undefined) return false;
    list.splice(list.indexOf(from), 1, to);
    this.#loads.remove(from, task);
    this.#loads.add(to, task);
    return true;
  }

  #tryAdd(member: AssignableMember, task: AssignableTask): void {
    if (!this.#mayKeep(member, task)) return;
    this.#of(task).push(member);
    this.#loads.add(member, task);
  }

  #mayKeep(member: AssignableMember, task: AssignableTask): boolean {
    const list = this.#of(task);
    return list.length < this.#view.settings.standbys && this.#isFree(member, task, list);
  }

  #isFree(
    { hostId }: AssignableMember,
    { id }: AssignableTask,
    others: readonly AssignableMember[],
  ): boolean {
    if (this.#actives.active.get(id)?.hostId === hostId) return false;
    return others.every((other) => other.hostId !== hostId);
  }

  #of({ id }: AssignableTask): AssignableMember[] {
    return this.#standbys.get(id) ?? [];
  }

  #relative(member: AssignableMember): number {
    return this.#loads.tasks(member) / member.capacity;
  }

  #compareLoads(a: AssignableMember, b: AssignableMember): number {
    return (
      this.#relative(a) - this.#relative(b) ||
      this.#activeLoads.compare(a, b) ||
      compareText(a.id, b.id)
    );
  }
}
