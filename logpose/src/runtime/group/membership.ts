import type { Clock } from '../../base/clock.ts';
import { FencedError, NotAMemberError } from '../../errors/log-errors.ts';
import { StreamsError } from '../../errors/streams-error.ts';
import type { GroupMember, JoinedMember, MemberIdentity } from '../../log/group-port.ts';
import type { LogPort } from '../../log/log-port.ts';

/** What a membership is made with. */
export interface MembershipParts {
  readonly log: Pick<LogPort, 'groupMember'>;
  readonly groupId: string;
  readonly instanceId: string | undefined;
  readonly settings: MembershipSettings;
  readonly clock: Clock;
  /** Called when `run`, `takeShare` or `takeFailure` has something to do. */
  notify(): void;
  /** What this member says of itself when it joins. */
  metadata(): Uint8Array;
  /** As leader: what everybody gets. */
  decide(members: readonly JoinedMember[]): Promise<Decision>;
  /** Resolves when no commit is on its way that was begun before. */
  settled(): Promise<void>;
}

/** When a member is heard of, and what a group bears. In milliseconds. */
export interface MembershipSettings {
  readonly heartbeatIntervalMs: number;
  readonly sessionTimeoutMs: number;
  /** Who does not join again for so long, once a rebalance began, is dropped. */
  readonly maxPollIntervalMs: number;
  /** A leader looks again after this time whether tasks can go where they are to be. */
  readonly probingRebalanceIntervalMs: number;
}

/** What a leader has decided. */
export interface Decision {
  /** By member id. */
  readonly shares: ReadonlyMap<string, Uint8Array>;
  /** Some tasks are where they are only until others have caught up. */
  readonly isProvisional: boolean;
}

const protocol = 'logpose';

/**
 * A worker's part in the group of its application: joins, leads when it is the leader, beats.
 *
 * The worker's loop calls `run`, so that a loop that is stuck loses its membership. One question to
 * the log at a time, in the background; what comes of it is taken by the loop.
 */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #member: GroupMember;
  #identity: MemberIdentity | undefined = undefined;
  #asking: Promise<void> | undefined = undefined;
  #mustJoin = true;
  #hasEnded = false;
  #share: Uint8Array | undefined = undefined;
  #failure: { readonly error: unknown } | undefined = undefined;
  #beatAtMs = 0;
  #probeAtMs = Number.POSITIVE_INFINITY;

  constructor(parts: MembershipParts) {
    const { log, groupId, instanceId, settings } = parts;
    this.#parts = parts;
    this.#member = log.groupMember({
      groupId,
      protocol,
      ...(instanceId !== undefined && { instanceId }),
      sessionTimeoutMs: settings.sessionTimeoutMs,
      rebalanceTimeoutMs: settings.maxPollIntervalMs,
      onRebalance: () => this.rejoin(),
    });
  }

  /** In whose name offsets are committed; undefined: not a member. */
  get identity(): MemberIdentity | undefined {
    return this.#identity;
  }

  /**
   * Begins what is due.
   *
   * @param mayJoin - False while tasks are to be handed over first.
   */
  run(nowMs: number, mayJoin: boolean): void {
    const { heartbeatIntervalMs } = this.#parts.settings;
    if (nowMs >= this.#probeAtMs) {
      this.#probeAtMs = Number.POSITIVE_INFINITY;
      this.#mustJoin = true;
    }
    if (this.#hasEnded || this.#asking !== undefined) return;
    // A clock that was set back does not make it silent.
    this.#beatAtMs = Math.min(this.#beatAtMs, nowMs + heartbeatIntervalMs);
    if (this.#mustJoin && mayJoin) this.#ask(this.#join());
    else if (this.#identity !== undefined && nowMs >= this.#beatAtMs) {
      this.#beatAtMs = nowMs + heartbeatIntervalMs;
      this.#ask(this.#beat());
    }
  }

  /** When to call `run` again; infinite: not before it says so. */
  nextMs(): number {
    if (this.#hasEnded || this.#asking !== undefined) return Number.POSITIVE_INFINITY;
    return Math.min(this.#beatAtMs, this.#probeAtMs);
  }

  /** The share of a new generation, once. */
  takeShare(): Uint8Array | undefined {
    const share = this.#share;
    this.#share = undefined;
    return share;
  }

  /** Why it is not a member, or could not find out; told once. */
  takeFailure(): { readonly error: unknown } | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** Joins again as soon as that may be: what this member has or wants is another thing now. */
  rejoin(): void {
    this.#mustJoin = true;
    this.#parts.notify();
  }

  /** The group counts this member no more. It joins anew, and has nothing. */
  lost(): void {
    this.#identity = undefined;
    this.#share = undefined;
    this.rejoin();
  }

  /**
   * Asks whether it is still a member.
   *
   * @throws {NotAMemberError} {@link FencedError} When it is not.
   */
  async check(): Promise<void> {
    await this.#asking;
    if (this.#identity !== undefined && !this.#hasEnded) await this.#member.heartbeat();
  }

  /** What it had is shared out again at once. Idempotent. */
  async leave(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#member.leave();
  }

  /** Lets go without a word. Idempotent. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#member.close();
  }

  #ask(question: Promise<void>): void {
    this.#asking = question
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#asking = undefined;
        if (!this.#hasEnded) this.#parts.notify();
      });
  }

  async #join(): Promise<void> {
    const { metadata, decide, settled, instanceId, clock, settings } = this.#parts;
    this.#mustJoin = false;
    this.#probeAtMs = Number.POSITIVE_INFINITY;
    try {
      const { memberId, generation, members } = await this.#member.join(metadata());
      this.#identity = { memberId, generation, ...(instanceId !== undefined && { instanceId }) };
      const decision = members && (await decide(members));
      // A share that is taken ends the generation before: its commits are refused from then on.
      await settled();
      const share = await this.#member.sync(decision?.shares);
      const nowMs = clock.nowMs();
      this.#beatAtMs = nowMs + settings.heartbeatIntervalMs;
      if (decision?.isProvisional === true) {
        this.#probeAtMs = nowMs + settings.probingRebalanceIntervalMs;
      }
      if (share === 'rejoin') this.#mustJoin = true;
      else this.#share = share;
    } catch (error) {
      this.#mustJoin = true;
      throw error;
    }
  }

  async #beat(): Promise<void> {
    try {
      if ((await this.#member.heartbeat()) === 'rejoin') this.#mustJoin = true;
    } catch (error) {
      // A log that does not answer is asked again; whether that was too late, the group decides.
      const isDefinite = error instanceof NotAMemberError || error instanceof FencedError;
      if (isDefinite || !(error instanceof StreamsError && error.retriable)) throw error;
    }
  }
}
