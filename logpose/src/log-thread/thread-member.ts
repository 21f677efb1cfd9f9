import { assert } from '../base/assert.ts';
import { NotAMemberError } from '../errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions, JoinedGroup } from '../log/group-port.ts';
import type { LogCaller } from './log-caller.ts';

/** A group's member at a log in another thread. */
export class ThreadMember implements GroupMember {
  readonly #caller: LogCaller;
  readonly #member: number;
  readonly #groupId: string;
  readonly #closed: () => void;
  #hasEnded = false;

  constructor(
    caller: LogCaller,
    member: number,
    about: { readonly options: GroupMemberOptions; readonly closed: () => void },
  ) {
    this.#caller = caller;
    this.#member = member;
    this.#groupId = about.options.groupId;
    this.#closed = about.closed;
    const { onRebalance: _, ...options } = about.options;
    caller.notify({ kind: 'open-member', member, options });
  }

  async join(metadata: Uint8Array): Promise<JoinedGroup> {
    assert(!this.#hasEnded, 'a member that has left does not join again');
    // A view is cloned with all of the memory behind it.
    const copy = new Uint8Array(metadata);
    return this.#caller.call('join', { member: this.#member, metadata: copy });
  }

  async sync(shares?: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array | 'rejoin'> {
    this.#checkIsIn();
    const copies =
      shares && new Map([...shares].map(([member, share]) => [member, new Uint8Array(share)]));
    return this.#caller.call('sync', { member: this.#member, shares: copies });
  }

  async heartbeat(): Promise<'stable' | 'rejoin'> {
    this.#checkIsIn();
    return this.#caller.call('heartbeat', this.#member);
  }

  async leave(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    // With the other side, the membership is gone.
    if (this.#caller.ended !== undefined) return;
    await this.#caller.call('leave', this.#member);
    this.#end();
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#end();
  }

  /** What waits at the other side is ended by that. */
  #end(): void {
    this.#closed();
    this.#caller.notify({ kind: 'close-member', member: this.#member });
  }

  #checkIsIn(): void {
    if (this.#hasEnded) throw new NotAMemberError(this.#groupId, 'it has left');
  }
}
