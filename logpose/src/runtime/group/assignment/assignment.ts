/** A task as an assignor sees it. */
export interface AssignableTask {
  /** `subtopology_partition`. */
  readonly id: string;
  /** Whether it has stores with changelogs: where it runs then matters. */
  readonly isStateful: boolean;
  /** How much it has to carry, compared with the others; counts of tasks come first. */
  readonly weight: number;
  /**
   * Records that its changelogs have: how far behind a member is that has nothing of it. Undefined:
   * not known, and taken for too many.
   */
  readonly changelogRecords: number | undefined;
}

/** A member of the group as an assignor sees it. */
export interface AssignableMember {
  readonly id: string;
  /** Members of one host share its files: a task is with one of them or none, state with all. */
  readonly hostId: string;
  /** How much work it takes, compared with the others: its share of the tasks. At least 1. */
  readonly capacity: number;
  /** Ids of the tasks that it processes now: nobody else may have them before it lets go. */
  readonly active: readonly string[];
  /** Ids of the tasks whose stores it keeps warm now. */
  readonly standby: readonly string[];
  /** By task: changelog records it is behind. Left out: it has nothing of the task. */
  readonly lags: ReadonlyMap<string, number>;
}

/** What is wanted of an assignment. */
export interface AssignmentSettings {
  /** Copies of each stateful task's stores beside the task itself, where there are hosts enough. */
  readonly standbys: number;
  /** Copies of the whole group that are made only because tasks are to move there. */
  readonly maxWarmups: number;
  /** A member no more changelog records behind than this counts as caught up. */
  readonly acceptableLag: number;
}

/** What an assignor decides about. */
export interface AssignmentQuestion {
  readonly tasks: readonly AssignableTask[];
  readonly members: readonly AssignableMember[];
  readonly settings: AssignmentSettings;
}

/** What one member has in a generation. Ids of tasks, in order. */
export interface MemberTasks {
  readonly active: readonly string[];
  readonly standby: readonly string[];
  /** Kept warm as standbys are, but only until the task has moved there. */
  readonly warmup: readonly string[];
}

/**
 * Why another rebalance is to follow: tasks wait for the members that let go of them, who join
 * again when they have; or tasks are where they are only until others have caught up, and somebody
 * has to look again.
 */
export type FollowUp = 'none' | 'when-revoked' | 'probe';

/** Who has what in a generation. */
export interface Assignment {
  /** By member id, every member. */
  readonly members: ReadonlyMap<string, MemberTasks>;
  readonly followUp: FollowUp;
}

/** What holds where nothing else is said. */
export const defaultAssignmentSettings: AssignmentSettings = {
  standbys: 0,
  maxWarmups: 2,
  acceptableLag: 10_000,
};
