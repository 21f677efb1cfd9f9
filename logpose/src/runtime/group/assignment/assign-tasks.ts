import type {
  AssignableMember,
  AssignableTask,
  Assignment,
  AssignmentQuestion,
  FollowUp,
} from './assignment.ts';
import { GroupView } from './group-view.ts';
import { Loads, least } from './loads.ts';
import { type Standbys, standbysOf } from './standbys.ts';
import { type Targets, targetsOf } from './targets.ts';

/**
 * Shares the tasks of an application out among the members of its group.
 *
 * Sticky: what need not move stays. Balanced: by count, stateful tasks by themselves too. A
 * stateful task moves only to a member that has nearly all of its state (unless nobody has); until
 * then that member keeps a copy warm. Cooperative: what another member still has goes to nobody
 * before that one has let go of it. The answer depends on the question alone, not on its order.
 *
 * Source: the aims are those of KIP-429 and KIP-441.
 */
export function assignTasks(question: AssignmentQuestion): Assignment {
  const view = new GroupView(question);
  if (view.members.length === 0) return { members: new Map(), followUp: 'none' };
  const targets = targetsOf(view);
  const active = activesOf(view, targets);
  const standbys = standbysOf(view, { targets, active });
  const plan = { targets, active, standbys };
  return new Handout(view, { ...plan, warmups: warmupsOf(view, plan) }).run();
}

/** Where everything is to be, as far as members have let go of it. */
interface Plan {
  readonly targets: Targets;
  /** By task id: who has it until its target has caught up. */
  readonly active: Targets;
  readonly standbys: Standbys;
  /** By task id: the target, where it is to get the state first. */
  readonly warmups: Targets;
}

function activesOf(view: GroupView, targets: Targets): Targets {
  const active = new Map<string, AssignableMember>();
  const loads = new Loads();
  const give = (task: AssignableTask, member: AssignableMember) => {
    active.set(task.id, member);
    loads.add(member, task);
  };
  for (const task of view.tasks) {
    const target = targets.get(task.id);
    if (target === undefined) continue;
    const caughtUp = view.members.filter((member) => view.isCaughtUp(member, task));
    if (caughtUp.length === 0 || caughtUp.includes(target)) {
      give(task, target);
      continue;
    }
    const owner = view.owners(task).find((member) => caughtUp.includes(member));
    give(task, owner ?? least(caughtUp, (a, b) => loads.compare(a, b)) ?? target);
  }
  return active;
}

/** Those that are at it come first, so that they are not given up half-way. */
function warmupsOf(view: GroupView, { targets, active, standbys }: Omit<Plan, 'warmups'>): Targets {
  const warmups = new Map<string, AssignableMember>();
  const waiting = view.tasks.flatMap((task) => {
    const target = targets.get(task.id);
    if (target === undefined || active.get(task.id) === target) return [];
    const isWarm = standbys.get(task.id)?.some(({ hostId }) => hostId === target.hostId);
    return isWarm ? [] : [{ task, target, isBegun: view.standbys(task).includes(target) }];
  });
  const inOrder = waiting.toSorted((a, b) => Number(b.isBegun) - Number(a.isBegun));
  for (const { task, target } of inOrder.slice(0, view.settings.maxWarmups)) {
    warmups.set(task.id, target);
  }
  return warmups;
}

/** Gives out what of a plan can be given now. */
class Handout {
  readonly #view: GroupView;
  readonly #plan: Plan;
  readonly #given: Map<AssignableMember, Given>;
  #isHeldBack = false;

  constructor(view: GroupView, plan: Plan) {
    this.#view = view;
    this.#plan = plan;
    this.#given = new Map(
      view.members.map((member) => [member, { active: [], standby: [], warmup: [] }]),
    );
  }

  run(): Assignment {
    for (const task of this.#view.tasks) this.#giveOut(task);
    const members = new Map([...this.#given].map(([{ id }, given]) => [id, given]));
    return { members, followUp: this.#followUp() };
  }

  #giveOut(task: AssignableTask): void {
    const { active, standbys, warmups } = this.#plan;
    const owner = active.get(task.id);
    if (owner !== undefined && !this.#give(owner, task, 'active')) {
      // What it keeps warm for the day is not closed the day before.
      if (this.#view.standbys(task).includes(owner)) this.#give(owner, task, 'warmup');
    }
    for (const member of standbys.get(task.id) ?? []) this.#give(member, task, 'standby');
    const warmup = warmups.get(task.id);
    if (warmup !== undefined) this.#give(warmup, task, 'warmup');
  }

  /** False: another member has to let go of it first. */
  #give(member: AssignableMember, task: AssignableTask, as: keyof Given): boolean {
    const others = [...this.#view.owners(task), ...this.#view.standbys(task)];
    const isHeld = others.some(
      (other) =>
        other !== member &&
        (other.hostId === member.hostId || (as === 'active' && other.active.includes(task.id))),
    );
    if (isHeld) this.#isHeldBack = true;
    else this.#given.get(member)?.[as].push(task.id);
    return !isHeld;
  }

  #followUp(): FollowUp {
    if (this.#isHeldBack) return 'when-revoked';
    const { targets, active } = this.#plan;
    const isMoving = [...targets].some(([id, target]) => active.get(id) !== target);
    return isMoving ? 'probe' : 'none';
  }
}

interface Given {
  readonly active: string[];
  readonly standby: string[];
  readonly warmup: string[];
}
