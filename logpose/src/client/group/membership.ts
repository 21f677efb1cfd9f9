import type { Surroundings } from '../../base/clock.ts';
import { LogUnavailableError, NotAMemberError } from '../../errors/log-errors.ts';
import type { GroupMember, JoinedMember, MemberIdentity } from '../../log/group-port.ts';
import type { LogPort } from '../../log/log-port.ts';
import { partitionKey, type TopicPartition } from '../../record/topic-partition.ts';
import { CommitGate } from './commit-gate.ts';
import {
  decodeShare,
  decodeSubscription,
  encodeShare,
  encodeSubscription,
  protocol,
} from './share-codec.ts';
import { sharePartitions } from './share-partitions.ts';

// As Kafka's consumers: fifteen of them in a session.
const heartbeatIntervalMs = 3_000;

/** What a membership works with. */
export interface MembershipParts {
  readonly port: LogPort;
  readonly surroundings: Surroundings;
  readonly groupId: string;
  /** What is read: topics, and how many partitions they have. */
  readonly topics: ReadonlyMap<string, number>;
  readonly rebalanceTimeoutMs: number;
  /** Called when there is something for `turn`. */
  changed(): void;
}

/** A partition, from when a member got it until it lost it: having it again is another claim. */
export interface Claim extends TopicPartition {}

/**
 * A consumer's part in its group. Joins and joins again on its own; what it has changes at once
 * when it gets more or is dropped, but gives partitions up only when its reader is between batches.
 */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #gate = new CommitGate();
  readonly #held = new Map<string, Claim>();
  /** What it is to give up. */
  #revoked: ReadonlySet<string> = new Set();
  #member: GroupMember;
  #identity: MemberIdentity | undefined;
  #mustJoin = true;
  /** What it had is lost: it is no member again before its reader knows. */
  #isOut = true;
  #hasShare = false;
  #failure: { readonly error: unknown } | undefined;
  #poke: () => void = () => {};
  #stopBeating: () => void = () => {};
  #hasEnded = false;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#member = this.#newMember();
    this.#run();
  }

  /** What it has, by `topic-partition`. */
  get held(): ReadonlyMap<string, Claim> {
    return this.#held;
  }

  /** Whether it is no member and waits for its reader. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** Whether it was given a share, be it empty. */
  get hasShare(): boolean {
    return this.#hasShare;
  }

  /**
   * Its reader is between two batches: what was taken away is given up, and who was out joins.
   *
   * @throws What the membership has failed with.
   */
  turn(): void {
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      throw error;
    }
    for (const key of this.#revoked) this.#held.delete(key);
    if (this.#revoked.size > 0) this.#mustJoin = true;
    this.#revoked = new Set();
    this.#isOut = false;
    this.#poke();
  }

  /**
   * Commits in this member's name.
   *
   * @param check - Throws when what is to be committed is not this member's.
   * @throws {NotAMemberError} When it is no member.
   */
  commit<R>(check: () => void, run: (member: MemberIdentity) => Promise<R>): Promise<R> {
    return this.#gate.commit(async () => {
      check();
      if (this.#identity === undefined) throw this.#lost('it has no share');
      return run(this.#identity);
    });
  }

  /** Leaves the group, and is no member before the next turn. */
  async stepOut(): Promise<void> {
    const member = this.#member;
    this.#member = this.#newMember();
    this.#drop();
    // A log that does not hear of it finds out when the session is over.
    await member.leave().catch(() => undefined);
  }

  /** Leaves the group for good, when commits that are on their way have ended. */
  async end(): Promise<void> {
    await this.#gate.idle();
    this.#hasEnded = true;
    await this.stepOut();
    this.#poke();
  }

  #newMember(): GroupMember {
    const { port, groupId, rebalanceTimeoutMs } = this.#parts;
    const onRebalance = (): void => this.#join();
    return port.groupMember({ groupId, protocol, rebalanceTimeoutMs, onRebalance });
  }

  async #run(): Promise<void> {
    while (!this.#hasEnded) {
      if (this.#mustJoin && !this.#isOut) await this.#rebalance();
      else await new Promise<void>((resolve) => (this.#poke = resolve));
    }
  }

  async #rebalance(): Promise<void> {
    this.#mustJoin = false;
    const member = this.#member;
    try {
      const owned = [...this.#held.values()];
      const { topics } = this.#parts;
      const joined = await member.join(encodeSubscription({ topics, owned }));
      this.#beat();
      await this.#gate.take(async () => {
        const share = await member.sync(joined.members && sharesOf(joined.members));
        if (share === 'rejoin') this.#mustJoin = true;
        else if (member === this.#member) this.#take(decodeShare(share), joined);
      });
    } catch (error) {
      if (member === this.#member) this.#failed(error);
    }
  }

  #take(share: readonly TopicPartition[], { memberId, generation }: MemberIdentity): void {
    this.#identity = { memberId, generation };
    const given = new Map(share.map((each) => [partitionKey(each.topic, each.partition), each]));
    this.#revoked = new Set([...this.#held.keys()].filter((key) => !given.has(key)));
    for (const [key, each] of given) if (!this.#held.has(key)) this.#held.set(key, each);
    this.#hasShare = true;
    this.#parts.changed();
  }

  #beat(): void {
    this.#stopBeating();
    const { surroundings } = this.#parts;
    this.#stopBeating = surroundings.after(heartbeatIntervalMs, async () => {
      const member = this.#member;
      const answer = await member.heartbeat().catch((error: unknown) => ({ error }));
      if (member !== this.#member || this.#isOut) return;
      this.#beat();
      if (answer === 'rejoin') this.#join();
      // A log that cannot be reached may be, in time.
      else if (typeof answer === 'object' && !mayPass(answer.error)) this.#failed(answer.error);
    });
  }

  #join(): void {
    this.#mustJoin = true;
    this.#poke();
  }

  #failed(error: unknown): void {
    if (!(error instanceof NotAMemberError)) this.#failure = { error };
    this.#drop();
  }

  /** All it had is lost. Its reader is told, and may then join again. */
  #drop(): void {
    this.#stopBeating();
    this.#held.clear();
    this.#revoked = new Set();
    this.#identity = undefined;
    this.#isOut = true;
    this.#mustJoin = true;
    this.#parts.changed();
  }

  #lost(why: string): NotAMemberError {
    return new NotAMemberError(this.#parts.groupId, why);
  }
}

/** The leader's part: who gets what. */
function sharesOf(members: readonly JoinedMember[]): ReadonlyMap<string, Uint8Array> {
  const sharers = members.map(({ memberId, metadata }) => ({
    memberId,
    ...decodeSubscription(metadata),
  }));
  const shares = [...sharePartitions(sharers)];
  return new Map(shares.map(([memberId, share]) => [memberId, encodeShare(share)]));
}

function mayPass(error: unknown): boolean {
  return error instanceof LogUnavailableError && error.retriable;
}
