import assert from 'node:assert/strict';
import { must } from '../../src/base/assert.ts';
import type { GroupMember, GroupMemberOptions, JoinedGroup } from '../../src/log/group-port.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { deadlineMs } from './log-records.ts';

/** The time-out of members that are to be found silent, and of rebalances that end without some. */
export const soonMs = 100;

/** A member, what it says of itself and what it was told last. */
export class TestMember {
  readonly port: GroupMember;
  metadata: string;
  joined: JoinedGroup | undefined;
  share: string | undefined;
  /** How often the log has called, and not waited for a heartbeat. */
  calls = 0;
  #called: (() => void) | undefined;

  constructor(log: LogPort, metadata: string, options: Partial<GroupMemberOptions> = {}) {
    this.metadata = metadata;
    const onRebalance = (): void => {
      this.calls++;
      this.#called?.();
    };
    this.port = log.groupMember({ groupId: 'group', protocol: 'test', onRebalance, ...options });
  }

  get id(): string {
    return must(this.joined, 'it has joined').memberId;
  }

  get generation(): number {
    return must(this.joined, 'it has joined').generation;
  }

  get leads(): boolean {
    return this.joined?.members !== undefined;
  }

  /** What the members say of themselves, as the leader hears it. */
  get heard(): readonly string[] {
    const { members = [] } = this.joined ?? {};
    return members.map(({ metadata }) => Buffer.from(metadata).toString()).sort();
  }

  async join(): Promise<void> {
    this.joined = await within(this.port.join(Buffer.from(this.metadata)));
  }

  /** The leader gives everybody `for …`, and what the member says of itself. */
  async sync(): Promise<'share' | 'rejoin'> {
    const shares = this.joined?.members?.map(({ memberId, metadata }): [string, Uint8Array] => [
      memberId,
      Buffer.concat([Buffer.from('for '), metadata]),
    ]);
    const taken = await within(this.port.sync(shares && new Map(shares)));
    if (taken === 'rejoin') return 'rejoin';
    this.share = Buffer.from(taken).toString();
    return 'share';
  }

  /** Resolves when the log has called since this member was made, or is told to join again. */
  called(): Promise<void> {
    if (this.calls > 0) return Promise.resolve();
    return within(new Promise((resolve) => (this.#called = resolve)));
  }
}

/** All join and take their shares: a generation of exactly these, the oldest of them first. */
export async function stableGroup(...members: readonly TestMember[]): Promise<void> {
  // The newest first: joining alone, the oldest would have a generation of its own.
  await Promise.all(members.toReversed().map((member) => member.join()));
  const taken = await Promise.all(members.map((member) => member.sync()));
  assert.deepEqual(new Set(taken), new Set(['share']));
  for (const member of members) member.calls = 0;
}

/** A group of `a`, which leads, and `b`. */
export async function pair(
  log: LogPort,
  options: { readonly a?: Partial<GroupMemberOptions>; readonly b?: Partial<GroupMemberOptions> },
): Promise<{ readonly a: TestMember; readonly b: TestMember }> {
  const a = new TestMember(log, 'a', options.a);
  const b = new TestMember(log, 'b', options.b);
  await stableGroup(a);
  await stableGroup(a, b);
  assert.ok(a.leads && !b.leads);
  return { a, b };
}

/** Fails when it takes too long. */
export async function within<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('it did not come')), deadlineMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
