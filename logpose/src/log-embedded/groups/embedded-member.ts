import { assert } from '../../base/assert.ts';
import { FencedError, NotAMemberError } from '../../errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions, JoinedGroup } from '../../log/group-port.ts';
import type { Group } from './group.ts';
import type { Seat } from './seat.ts';

/** What a member finds its group with. */
export interface MemberParts {
  /** @throws {LogUnavailableError} When the log is closed. */
  checkOpen(): void;
  /** The group, as it is now or new. */
  group(): Group;
}

/** One member of a group, as whoever takes part holds it. */
export class EmbeddedMember implements GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #parts: MemberParts;
  #seated: { readonly seat: Seat; readonly group: Group } | undefined;
  #hasEnded = false;

  constructor(options: GroupMemberOptions, parts: MemberParts) {
    this.#options = options;
    this.#parts = parts;
  }

  async join(metadata: Uint8Array): Promise<JoinedGroup> {
    assert(!this.#hasEnded, 'a member that has left does not join again');
    this.#parts.checkOpen();
    this.#throwIfGone();
    const { group, seat } = this.#seated ?? this.#enter();
    return group.join(seat, metadata);
  }

  async sync(shares?: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array | 'rejoin'> {
    const { group, seat } = this.#current();
    return group.sync(seat, shares);
  }

  async heartbeat(): Promise<'stable' | 'rejoin'> {
    const { group, seat } = this.#current();
    return group.heartbeat(seat);
  }

  async leave(): Promise<void> {
    this.#end(({ group, seat }) => group.remove(seat, this.#lost('it has left')));
  }

  close(): void {
    this.#end(({ group, seat }) => group.abandon(seat));
  }

  #enter(): Seated {
    const group = this.#parts.group();
    this.#seated = { group, seat: group.enter(this.#options) };
    return this.#seated;
  }

  #current(): Seated {
    this.#parts.checkOpen();
    this.#throwIfGone();
    if (this.#seated === undefined) throw this.#lost('it has not joined');
    return this.#seated;
  }

  /** A member that was dropped is told so once; then it is a new one. A fenced one stays so. */
  #throwIfGone(): void {
    const gone = this.#seated?.seat.gone;
    if (gone === undefined) return;
    if (!(gone instanceof FencedError) && !this.#hasEnded) this.#seated = undefined;
    throw gone;
  }

  #end(end: (seated: Seated) => void): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#seated?.seat.gone === undefined && this.#seated !== undefined) end(this.#seated);
  }

  #lost(why: string): NotAMemberError {
    return new NotAMemberError(this.#options.groupId, why);
  }
}

interface Seated {
  readonly seat: Seat;
  readonly group: Group;
}
