/**
 * One member of a group that shares work out among its members.
 *
 * The shape is that of Kafka's classic group protocol, so that a cluster and the embedded log serve
 * it alike: all members join with what they say of themselves, one of them, the leader, decides who
 * gets what, and each is told its share. The contents are bytes that only the members understand.
 *
 * Calls do not overlap, but for `heartbeat`, `leave` and `close`.
 */
export interface GroupMember {
  /**
   * Joins the group, or joins again because of a rebalance. Resolves when every member has done so
   * or was dropped: a new generation has begun. Joining again without need begins a rebalance when
   * the metadata is another than before, or when the member leads; else it changes nothing and
   * resolves with the generation there is.
   *
   * What a member commits meanwhile, it may still commit under its former generation; a log that
   * can't take that answers with `NotAMemberError`.
   *
   * @throws {NotAMemberError} When the group has dropped this member. It owns nothing any more; the
   *   next `join` makes it a new one.
   * @throws {FencedError} When another member has come with the same instance id.
   * @throws {LogUnavailableError}
   */
  join(metadata: Uint8Array): Promise<JoinedGroup>;
  /**
   * Takes this member's share of the generation, empty when the leader gave it none. The leader
   * passes the shares of all by member id, the others nothing.
   *
   * @returns `'rejoin'` when the next rebalance has begun already.
   * @throws As `join`.
   */
  sync(shares?: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array | 'rejoin'>;
  /**
   * Says that this member is alive; to be called several times per session time-out.
   *
   * @returns `'rejoin'` when a rebalance has begun and waits for this member to join again.
   * @throws As `join`.
   */
  heartbeat(): Promise<'stable' | 'rejoin'>;
  /** Leaves: what it had is shared out again at once. Idempotent; `join` afterwards is an error. */
  leave(): Promise<void>;
  /**
   * Lets go without a word, as a crash would. A log in the same process knows that the member is
   * gone; another finds out when the session is over. A member with an instance id keeps its place
   * until then.
   */
  close(): void;
}

/** A generation that a member is part of. */
export interface JoinedGroup {
  readonly memberId: string;
  /** Rises with each rebalance. */
  readonly generation: number;
  /** For the leader, who decides: every member, itself too, by member id. Else undefined. */
  readonly members: readonly JoinedMember[] | undefined;
}

/** A member as the leader sees it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly instanceId: string | undefined;
  readonly metadata: Uint8Array;
}

/** How a member takes part. */
export interface GroupMemberOptions {
  readonly groupId: string;
  /** Name of what the members speak. A group refuses members that speak another (`ConfigError`). */
  readonly protocol: string;
  /** Static membership: a restart within the session time-out takes the same place again. */
  readonly instanceId?: string;
  /** Without a heartbeat for so long, a member is dropped. Default 45,000. */
  readonly sessionTimeoutMs?: number;
  /** Who has not joined again for so long, once a rebalance began, is dropped. Default 300,000. */
  readonly rebalanceTimeoutMs?: number;
  /** Called when the log knows, before the next heartbeat does, that it will answer `'rejoin'`. */
  readonly onRebalance?: () => void;
}

/** In whose name offsets are committed: refused when it is a member no more (KIP-447). */
export interface MemberIdentity {
  readonly memberId: string;
  readonly generation: number;
  readonly instanceId?: string;
}
