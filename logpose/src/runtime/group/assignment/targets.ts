import { must } from '../../../base/assert.ts';
import type { AssignableMember, AssignableTask } from './assignment.ts';
import { type GroupView, subtopologyOf } from './group-view.ts';
import { Loads, least } from './loads.ts';
import { Room } from './room.ts';

/** By task id: who is to have it. */
export type Targets = ReadonlyMap<string, AssignableMember>;

/**
 * Who is to have each task in the end, as balanced as counts allow: stateful tasks by themselves,
 * then all together.
 *
 * A member keeps what it has up to its share. What is over goes to members that have room: to those
 * that have its state, else to where the fewest of its subtopology are.
 */
export function targetsOf(view: GroupView): Targets {
  const loads = new Loads();
  const targets = new Map<string, AssignableMember>();
  for (const tasks of [view.statefulTasks, view.statelessTasks]) {
    const distribution = new Distribution(view, loads, tasks);
    for (const [task, member] of distribution.run()) targets.set(task.id, member);
  }
  return targets;
}

/** Shares tasks of one sort out. */
class Distribution {
  readonly #view: GroupView;
  readonly #loads: Loads;
  readonly #tasks: readonly AssignableTask[];
  readonly #room: Room;
  readonly #taken = new Map<AssignableTask, AssignableMember>();

  constructor(view: GroupView, loads: Loads, tasks: readonly AssignableTask[]) {
    this.#view = view;
    this.#loads = loads;
    this.#tasks = tasks;
    this.#room = new Room(view.members, loads, tasks.length);
  }

  run(): ReadonlyMap<AssignableTask, AssignableMember> {
    this.#keep();
    // Before others take the room: who has a task's state costs least.
    this.#place((member, task) => this.#isWarm(member, task, 2));
    this.#place((member, task) => this.#isWarm(member, task, 1));
    this.#place(() => true);
    for (const task of this.#open()) {
      this.#give(task, must(this.#room.widest(), 'a group has members'));
    }
    return this.#taken;
  }

  /** Where others would soon have the state, too, it is not worth a move of another task. */
  #isWarm(member: AssignableMember, task: AssignableTask, warmth: number): boolean {
    if (this.#warmth(member, task) !== warmth) return false;
    const { changelogRecords = Number.POSITIVE_INFINITY } = task;
    return changelogRecords > this.#view.settings.acceptableLag || !this.#isFull(member);
  }

  /** 2: caught up; 1: on the way; 0: it has nothing of it. */
  #warmth(member: AssignableMember, task: AssignableTask): number {
    if (!task.isStateful || !this.#view.hasState(member, task)) return 0;
    return this.#view.isCaughtUp(member, task) ? 2 : 1;
  }

  #keep(): void {
    const owned = Map.groupBy(
      this.#tasks.filter((task) => this.#view.owners(task).length > 0),
      (task) => must(this.#view.owners(task)[0], 'it was just seen'),
    );
    const counts = new Map([...owned].map(([member, { length }]) => [member, length]));
    const allowances = this.#room.allowances(counts, (member) => this.#later(member));
    const receivers = this.#view.members.filter(
      (each) => this.#room.mayTake(each) && (counts.get(each) ?? 0) <= (allowances.get(each) ?? 0),
    );
    for (const [member, tasks] of owned) {
      const over = tasks.length - (allowances.get(member) ?? 0);
      for (const task of this.#withoutMovable({ member, tasks, receivers }, over)) {
        this.#give(task, member);
      }
    }
  }

  /** Takes so many tasks out as are over: best those that others have the state of. */
  #withoutMovable({ member, tasks, receivers }: Surplus, over: number): readonly AssignableTask[] {
    const warmth = new Map(
      tasks.map((task) => [
        task,
        Math.max(0, ...receivers.map((each) => (each === member ? 0 : this.#warmth(each, task)))),
      ]),
    );
    const kept = [...tasks];
    const counts = new Map<string, number>();
    for (const task of kept) {
      counts.set(subtopologyOf(task), (counts.get(subtopologyOf(task)) ?? 0) + 1);
    }
    const crowd = (task: AssignableTask) => counts.get(subtopologyOf(task)) ?? 0;
    const heat = (task: AssignableTask) => warmth.get(task) ?? 0;
    for (let left = over; left > 0; left--) {
      // Of equals the last: who comes later in the order moves first.
      const movable = must(
        least(kept.toReversed(), (a, b) => heat(b) - heat(a) || crowd(b) - crowd(a)),
        'no more is over than there is',
      );
      kept.splice(kept.indexOf(movable), 1);
      counts.set(subtopologyOf(movable), crowd(movable) - 1);
    }
    return kept;
  }

  #place(isFit: (member: AssignableMember, task: AssignableTask) => boolean): void {
    for (const task of this.#open()) {
      const fit = this.#view.members.filter(
        (each) => this.#room.mayTake(each) && isFit(each, task),
      );
      const member = least(fit, (a, b) => this.#comparePlaces(a, b, task));
      if (member !== undefined) this.#give(task, member);
    }
  }

  #comparePlaces(a: AssignableMember, b: AssignableMember, task: AssignableTask): number {
    return (
      this.#compareLags(a, b, task) ||
      this.#burden(a) - this.#burden(b) ||
      this.#crowd(a, task) - this.#crowd(b, task) ||
      this.#loads.compare(a, b)
    );
  }

  /** With the tasks that a member has and that are shared out later: they are to stay. */
  #burden(member: AssignableMember): number {
    return (this.#loads.tasks(member) + this.#later(member)) / member.capacity;
  }

  /** Whether one more would be more than a member's share of all. */
  #isFull(member: AssignableMember): boolean {
    const { tasks, members } = this.#view;
    const capacity = members.reduce((sum, each) => sum + each.capacity, 0);
    return (
      this.#burden(member) >=
      Math.ceil((tasks.length * member.capacity) / capacity) / member.capacity
    );
  }

  #crowd(member: AssignableMember, task: AssignableTask): number {
    return this.#loads.ofSubtopology(member, task) / member.capacity;
  }

  /** All that are caught up are equal. */
  #compareLags(a: AssignableMember, b: AssignableMember, task: AssignableTask): number {
    const { acceptableLag } = this.#view.settings;
    const [one = 0, other = 0] = [a, b].map((each) =>
      Math.max(acceptableLag, this.#view.lag(each, task)),
    );
    // Unknown lags are equal, though their difference is not a number.
    return one === other ? 0 : one - other;
  }

  /** How many tasks a member has that are shared out later. */
  #later(member: AssignableMember): number {
    return this.#tasks === this.#view.statefulTasks ? this.#view.statelessOf(member) : 0;
  }

  #open(): readonly AssignableTask[] {
    return this.#tasks.filter((task) => !this.#taken.has(task));
  }

  #give(task: AssignableTask, member: AssignableMember): void {
    this.#taken.set(task, member);
    this.#room.take(member);
    this.#loads.add(member, task);
  }
}

/** Tasks of a member, some of which are over, and who has room for them. */
interface Surplus {
  readonly member: AssignableMember;
  readonly tasks: readonly AssignableTask[];
  readonly receivers: readonly AssignableMember[];
}
