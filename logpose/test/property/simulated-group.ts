import { assignTasks } from '../../src/runtime/group/assignment/assign-tasks.ts';
import type {
  AssignableMember,
  AssignableTask,
  Assignment,
  AssignmentSettings,
} from '../../src/runtime/group/assignment/assignment.ts';

/** Members that do what they are assigned, one rebalance after the other. */
export class SimulatedGroup {
  members: readonly AssignableMember[] = [];
  readonly tasks: readonly AssignableTask[];
  readonly settings: AssignmentSettings;
  /** What was wrong between one generation and the next. */
  readonly violations: string[] = [];

  constructor(tasks: readonly AssignableTask[], settings: AssignmentSettings) {
    this.tasks = tasks;
    this.settings = settings;
  }

  add(...ids: readonly string[]): void {
    const added = ids.map((id): AssignableMember => newMember(id));
    this.members = [...this.members, ...added];
  }

  remove(id: string): void {
    this.members = this.members.filter((member) => member.id !== id);
  }

  /** One rebalance; then members have let go, opened and caught up. */
  rebalance(): Assignment {
    const { tasks, members, settings } = this;
    const assignment = assignTasks({ tasks, members, settings });
    this.#check(assignment);
    this.members = members.map((member) => {
      const given = assignment.members.get(member.id);
      const active = given?.active ?? [];
      const standby = [...(given?.standby ?? []), ...(given?.warmup ?? [])];
      const lags = new Map([...active, ...standby].map((id) => [id, 0]));
      return { ...member, active, standby, lags };
    });
    return assignment;
  }

  /** Rebalances until nothing more is to follow; returns how many that took. */
  settle(maxRounds: number): number {
    for (let round = 1; round <= maxRounds; round++) {
      if (this.rebalance().followUp === 'none') return round;
    }
    throw new Error(`more is to follow after ${maxRounds} rebalances`);
  }

  /** By task: who processes it. */
  owners(): ReadonlyMap<string, string> {
    return new Map(this.members.flatMap(({ id, active }) => active.map((task) => [task, id])));
  }

  standbys(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const { id, standby } of this.members) {
      for (const task of standby) found.set(task, [...(found.get(task) ?? []), id]);
    }
    return found;
  }

  #check({ members: given }: Assignment): void {
    const before = this.owners();
    const seen = new Map<string, string>();
    let warmups = 0;
    for (const [id, { active, standby, warmup }] of given) {
      for (const task of active) {
        const [owner, other] = [before.get(task), seen.get(task)];
        if (other !== undefined) this.violations.push(`${task} is active on ${other} and ${id}`);
        if (owner !== undefined && owner !== id && this.#isThere(owner)) {
          this.violations.push(`${task} is given to ${id} while ${owner} still has it`);
        }
        seen.set(task, id);
      }
      const all = [...active, ...standby, ...warmup];
      if (new Set(all).size < all.length) this.violations.push(`${id} has a task twice`);
      const isKept = (task: string) => this.#member(id)?.standby.includes(task) === true;
      warmups += warmup.filter((task) => !isKept(task)).length;
    }
    if (warmups > this.settings.maxWarmups) this.violations.push(`${warmups} new warm-ups`);
  }

  #isThere(id: string): boolean {
    return this.#member(id) !== undefined;
  }

  #member(id: string): AssignableMember | undefined {
    return this.members.find((member) => member.id === id);
  }
}

/** A member that has nothing yet, on a host of its own. */
export function newMember(id: string): AssignableMember {
  return { id, hostId: id, capacity: 1, active: [], standby: [], lags: new Map() };
}
