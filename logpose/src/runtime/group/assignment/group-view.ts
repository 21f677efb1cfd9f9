import type {
  AssignableMember,
  AssignableTask,
  AssignmentQuestion,
  AssignmentSettings,
} from './assignment.ts';

/** A group as it is: the question, put in order and looked up by task. */
export class GroupView {
  /** By subtopology, then partition. */
  readonly tasks: readonly AssignableTask[];
  readonly statefulTasks: readonly AssignableTask[];
  readonly statelessTasks: readonly AssignableTask[];
  /** By id. */
  readonly members: readonly AssignableMember[];
  readonly settings: AssignmentSettings;
  readonly #active: ReadonlyMap<string, readonly AssignableMember[]>;
  readonly #standby: ReadonlyMap<string, readonly AssignableMember[]>;
  readonly #hosts: ReadonlyMap<string, readonly AssignableMember[]>;

  constructor({ tasks, members, settings }: AssignmentQuestion) {
    this.tasks = [...tasks].sort(compareTasks);
    this.statefulTasks = this.tasks.filter(({ isStateful }) => isStateful);
    this.statelessTasks = this.tasks.filter(({ isStateful }) => !isStateful);
    this.members = [...members].sort((a, b) => compareText(a.id, b.id));
    this.settings = settings;
    this.#active = membersBy(this.members, ({ active }) => active);
    this.#standby = membersBy(this.members, ({ standby }) => standby);
    this.#hosts = membersBy(this.members, ({ hostId }) => [hostId]);
  }

  /** Who processes a task now: at most one, unless somebody has not heard yet that it lost it. */
  owners({ id }: AssignableTask): readonly AssignableMember[] {
    return this.#active.get(id) ?? [];
  }

  /** How many stateless tasks a member has now. */
  statelessOf(member: AssignableMember): number {
    return this.statelessTasks.filter((task) => this.owners(task)[0] === member).length;
  }

  /** Who keeps a task's stores warm now. */
  standbys({ id }: AssignableTask): readonly AssignableMember[] {
    return this.#standby.get(id) ?? [];
  }

  /** Whether a member, or another of its host, has something of a task's state. */
  hasState(member: AssignableMember, { id }: AssignableTask): boolean {
    return this.#onHostOf(member).some(({ lags }) => lags.has(id));
  }

  /** Changelog records that a member would have to read before it has a task's state. */
  lag(member: AssignableMember, task: AssignableTask): number {
    if (!task.isStateful) return 0;
    const none = task.changelogRecords ?? Number.POSITIVE_INFINITY;
    const lags = this.#onHostOf(member).map(({ lags }) => lags.get(task.id) ?? none);
    return Math.min(...lags);
  }

  isCaughtUp(member: AssignableMember, task: AssignableTask): boolean {
    return this.lag(member, task) <= this.settings.acceptableLag;
  }

  #onHostOf({ hostId }: AssignableMember): readonly AssignableMember[] {
    return this.#hosts.get(hostId) ?? [];
  }
}

/** The subtopology of a task: what stands in front of its partition. */
export function subtopologyOf({ id }: AssignableTask): string {
  return id.slice(0, id.lastIndexOf('_'));
}

/** By UTF-16 units: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareTasks(a: AssignableTask, b: AssignableTask): number {
  return (
    Number(subtopologyOf(a)) - Number(subtopologyOf(b)) ||
    compareText(subtopologyOf(a), subtopologyOf(b)) ||
    partitionOf(a) - partitionOf(b)
  );
}

function partitionOf({ id }: AssignableTask): number {
  return Number(id.slice(id.lastIndexOf('_') + 1));
}

function membersBy(
  members: readonly AssignableMember[],
  keysOf: (member: AssignableMember) => Iterable<string>,
): ReadonlyMap<string, readonly AssignableMember[]> {
  const found = new Map<string, AssignableMember[]>();
  for (const member of members) {
    for (const key of new Set(keysOf(member))) {
      const list = found.get(key);
      if (list === undefined) found.set(key, [member]);
      else list.push(member);
    }
  }
  return found;
}
