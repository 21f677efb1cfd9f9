import { assert, must } from '../../base/assert.ts';
import { compareBytes, emptyBytes } from '../../base/bytes.ts';
import type { Surroundings } from '../../base/clock.ts';
import { ConfigError } from '../../errors/config-errors.ts';
import { FencedError, NotAMemberError } from '../../errors/log-errors.ts';
import type { StreamsError } from '../../errors/streams-error.ts';
import type { GroupMemberOptions, JoinedGroup, MemberIdentity } from '../../log/group-port.ts';
import { Deadline } from './deadline.ts';
import { Seat } from './seat.ts';

/** Where a group stands, in Kafka's words. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/** What a group is made with. */
export interface GroupParts {
  readonly surroundings: Surroundings;
  /** The generation before its first. */
  readonly generation: number;
  newMemberId(): string;
}

/**
 * Brings its members from one generation to the next: all join, one leads and gives out the shares,
 * each takes its own.
 */
export class Group {
  readonly id: string;
  readonly #parts: GroupParts;
  /** In the order they came. */
  readonly #seats = new Set<Seat>();
  /** Ends the wait for members that do not join again, or do not take their share. */
  readonly #deadline: Deadline;
  #state: GroupState = 'Empty';
  #generation: number;
  #protocol = '';
  #leader: Seat | undefined;

  constructor(id: string, parts: GroupParts) {
    this.id = id;
    this.#parts = parts;
    this.#generation = parts.generation;
    this.#deadline = new Deadline(parts.surroundings, () => this.#dropLate());
  }

  get state(): GroupState {
    return this.#state;
  }

  get generation(): number {
    return this.#generation;
  }

  /**
   * Gives a member its place: that of its predecessor, when there is one of its instance id.
   *
   * @throws {ConfigError} When it speaks what the others do not.
   */
  enter(options: GroupMemberOptions): Seat {
    const { protocol, instanceId } = options;
    if (this.#seats.size > 0 && protocol !== this.#protocol) {
      throw new ConfigError([
        `group ${this.id} speaks ${this.#protocol}: a member that speaks ${protocol} cannot join`,
      ]);
    }
    this.#protocol = protocol;
    const { surroundings } = this.#parts;
    const expired = (silent: Seat): void =>
      this.remove(silent, this.#lost(`nothing was heard of it for ${silent.sessionTimeoutMs} ms`));
    const seat = new Seat(this.#parts.newMemberId(), options, { surroundings, expired });
    const predecessor = this.#find(instanceId);
    this.#seats.add(seat);
    if (predecessor !== undefined) this.#replace(predecessor, seat);
    return seat;
  }

  join(seat: Seat, metadata: Uint8Array): Promise<JoinedGroup> | JoinedGroup {
    assert(!seat.isJoining && !seat.isSyncing, 'a member makes one call after the other');
    const isKnown = compareBytes(seat.metadata, metadata) === 0 && seat.joined === this.#generation;
    seat.metadata = metadata;
    seat.renewSession();
    if (isKnown && this.#changesNothing(seat)) return this.#generationFor(seat);
    const joined = seat.waitForOthers();
    this.#prepare();
    this.#tryToComplete();
    return joined;
  }

  sync(
    seat: Seat,
    shares: ReadonlyMap<string, Uint8Array> | undefined,
  ): Promise<Uint8Array | 'rejoin'> | Uint8Array | 'rejoin' {
    assert(!seat.isJoining && !seat.isSyncing, 'a member makes one call after the other');
    assert(seat.joined >= 0, 'a member joins before it takes its share');
    seat.renewSession();
    if (this.#state === 'PreparingRebalance') return 'rejoin';
    if (this.#state === 'Stable') return this.#take(seat);
    if (seat !== this.#leader) {
      assert(shares === undefined, 'none but the leader gives out shares');
      return seat.waitForShare();
    }
    this.#distribute(must(shares, 'the leader gives out the shares'));
    return this.#take(seat);
  }

  heartbeat(seat: Seat): 'stable' | 'rejoin' {
    seat.renewSession();
    return this.#state === 'PreparingRebalance' && !seat.isJoining ? 'rejoin' : 'stable';
  }

  /** It is a member no more, and what it had is shared out again. */
  remove(seat: Seat, why: StreamsError): void {
    if (!this.#seats.delete(seat)) return;
    seat.end(why);
    if (this.#leader === seat) this.#leader = undefined;
    if (this.#seats.size === 0) this.#empty();
    else this.#prepare();
    this.#tryToComplete();
  }

  /** It has let go without a word. A place that has a name is kept until its session is over. */
  abandon(seat: Seat): void {
    const why = this.#lost('it was closed');
    if (seat.instanceId === undefined || seat.joined < 0) {
      this.remove(seat, why);
      return;
    }
    seat.leaveEmpty(why);
    // Nobody else would give out the shares.
    if (this.#state === 'CompletingRebalance' && seat === this.#leader) this.#prepare();
    this.#tryToComplete();
  }

  /** The log is closed: nobody waits any more. */
  close(why: StreamsError): void {
    for (const seat of this.#seats) seat.end(why);
    this.#seats.clear();
    this.#empty();
  }

  /** @throws {NotAMemberError | FencedError} When progress is not to be taken from this member. */
  check({ memberId, generation, instanceId }: MemberIdentity): void {
    const seat = [...this.#seats].find((each) => each.memberId === memberId);
    if (seat === undefined) {
      const isFenced = this.#find(instanceId) !== undefined;
      throw isFenced ? fenced(instanceId) : this.#lost('the group does not know it');
    }
    // Before it has taken its next share it has what the last one gave it, and nobody else does.
    if (generation < seat.synced || generation > seat.joined) {
      throw this.#lost(`generation ${generation} is not its own`);
    }
  }

  #find(instanceId: string | undefined): Seat | undefined {
    if (instanceId === undefined) return undefined;
    return [...this.#seats].find((seat) => seat.instanceId === instanceId);
  }

  #replace(old: Seat, seat: Seat): void {
    this.#seats.delete(old);
    seat.metadata = old.metadata;
    seat.share = old.share;
    seat.joined = old.joined;
    if (this.#leader === old) this.#leader = seat;
    old.end(fenced(old.instanceId));
    // The leader may be giving out shares to a member that is gone.
    if (this.#state === 'CompletingRebalance') this.#prepare();
  }

  /** The leader joins again to give out the shares anew; the others because they must. */
  #changesNothing(seat: Seat): boolean {
    if (this.#state === 'Stable') return seat !== this.#leader;
    return this.#state === 'CompletingRebalance';
  }

  #prepare(): void {
    if (this.#state === 'PreparingRebalance') return;
    this.#state = 'PreparingRebalance';
    this.#deadline.renew(this.#longestWaitMs());
    for (const seat of this.#seats) seat.callBack();
  }

  #tryToComplete(): void {
    if (this.#state !== 'PreparingRebalance') return;
    const seats = [...this.#seats];
    const joining = seats.filter((seat) => seat.isJoining);
    const [oldest] = joining;
    if (oldest === undefined || seats.some((seat) => !seat.isJoining && !seat.isAbsent)) return;
    this.#state = 'CompletingRebalance';
    this.#generation++;
    this.#leader = joining.find((seat) => seat === this.#leader) ?? oldest;
    for (const seat of seats) seat.joined = this.#generation;
    this.#deadline.renew(this.#longestWaitMs());
    for (const seat of joining) seat.answerJoin(this.#generationFor(seat));
  }

  #distribute(shares: ReadonlyMap<string, Uint8Array>): void {
    this.#state = 'Stable';
    for (const seat of this.#seats) seat.share = shares.get(seat.memberId) ?? emptyBytes;
    for (const seat of this.#seats) if (seat.isSyncing) seat.answerSync(this.#take(seat));
  }

  #take(seat: Seat): Uint8Array {
    seat.synced = seat.joined;
    if (this.#late().length === 0) this.#deadline.stop();
    return seat.share;
  }

  #generationFor(seat: Seat): JoinedGroup {
    const { memberId } = seat;
    const members = [...this.#seats].map((each) => ({
      memberId: each.memberId,
      instanceId: each.instanceId,
      metadata: each.metadata,
    }));
    const isLeader = seat === this.#leader;
    return { memberId, generation: this.#generation, members: isLeader ? members : undefined };
  }

  /** Whose turn it is. */
  #late(): readonly Seat[] {
    const here = [...this.#seats].filter((seat) => !seat.isAbsent);
    if (this.#state === 'PreparingRebalance') return here.filter((seat) => !seat.isJoining);
    return here.filter((seat) => !seat.isSyncing && seat.synced !== this.#generation);
  }

  #dropLate(): void {
    const what =
      this.#state === 'PreparingRebalance' ? 'join the next generation' : 'take its share';
    for (const seat of this.#late()) this.remove(seat, this.#lost(`it was too late to ${what}`));
  }

  #longestWaitMs(): number {
    return Math.max(...[...this.#seats].map((seat) => seat.rebalanceTimeoutMs));
  }

  #empty(): void {
    this.#state = 'Empty';
    this.#leader = undefined;
    this.#deadline.stop();
  }

  #lost(why: string): NotAMemberError {
    return new NotAMemberError(this.id, why);
  }
}

function fenced(instanceId = ''): FencedError {
  return new FencedError({ instanceId });
}
