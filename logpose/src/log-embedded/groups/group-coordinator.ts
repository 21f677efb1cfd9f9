import type { Surroundings } from '../../base/clock.ts';
import { LogUnavailableError, NotAMemberError } from '../../errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions } from '../../log/group-port.ts';
import type { GroupOffsets } from '../../log/log-port.ts';
import { EmbeddedMember } from './embedded-member.ts';
import { Group, type GroupState } from './group.ts';

/** The groups of one log. In memory: no member outlives the process. */
export class GroupCoordinator {
  readonly #surroundings: Surroundings;
  readonly #groups = new Map<string, Group>();
  #members = 0;
  /** The latest of groups that nobody is in any more: theirs rise on when somebody comes. */
  #lastGeneration = 0;
  #isClosed = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  member(options: GroupMemberOptions): GroupMember {
    return new EmbeddedMember(options, {
      checkOpen: () => this.#checkOpen(),
      group: () => this.#groupOf(options.groupId),
    });
  }

  /** @throws {NotAMemberError | FencedError} When offsets are not to be taken from their member. */
  check(offsets: GroupOffsets | undefined): void {
    if (offsets?.member === undefined) return;
    const group = this.#groups.get(offsets.groupId);
    if (group === undefined) throw new NotAMemberError(offsets.groupId, 'the group has none');
    group.check(offsets.member);
  }

  /** Where each group with members stands. */
  states(): ReadonlyMap<string, GroupState> {
    this.#forgetEmpty();
    return new Map([...this.#groups].map(([id, { state }]) => [id, state]));
  }

  /** Ends every wait. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const group of this.#groups.values()) group.close(closed());
    this.#groups.clear();
  }

  #groupOf(id: string): Group {
    this.#forgetEmpty();
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const group = new Group(id, {
      surroundings: this.#surroundings,
      generation: this.#lastGeneration,
      newMemberId: () => `member-${++this.#members}`,
    });
    this.#groups.set(id, group);
    return group;
  }

  #forgetEmpty(): void {
    for (const [id, { state, generation }] of this.#groups) {
      if (state !== 'Empty') continue;
      this.#groups.delete(id);
      this.#lastGeneration = Math.max(this.#lastGeneration, generation);
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closed();
  }
}

function closed(): LogUnavailableError {
  return new LogUnavailableError('the log is closed', { retriable: false });
}
