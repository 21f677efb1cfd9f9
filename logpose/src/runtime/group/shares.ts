import type { MemberTasks } from './assignment/assignment.ts';

/** What the leader tells one member. */
export type Share = GrantedShare | RefusedShare;

/** A member's tasks in a generation, and everybody's. */
export interface GrantedShare extends MemberTasks {
  readonly state: 'granted';
  /** Who has what, for whoever looks for a task's state. In order of the members' ids. */
  readonly holders: readonly TaskHolder[];
}

/** A member that cannot be given tasks: it has none, and is to end. */
export interface RefusedShare {
  readonly state: 'refused';
  readonly reason: string;
}

/** A member and its tasks as the others know them. */
export interface TaskHolder {
  readonly memberId: string;
  readonly processId: string;
  /** `host:port` under which its stores are reached. */
  readonly advertised: string | undefined;
  readonly active: readonly string[];
  /** Warm-ups among them. */
  readonly standby: readonly string[];
}
