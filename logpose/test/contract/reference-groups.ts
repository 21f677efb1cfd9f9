import { assert, must } from '../../src/base/assert.ts';
import { system } from '../../src/base/clock.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { FencedError, LogUnavailableError, NotAMemberError } from '../../src/errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions, MemberIdentity } from '../../src/log/group-port.ts';
import type { GroupOffsets } from '../../src/log/log-port.ts';

/** A member: what it said last, what it was told last, and what it waits for. */
interface Seat extends Required<Pick<GroupMemberOptions, 'sessionTimeoutMs'>> {
  readonly id: string;
  readonly options: GroupMemberOptions;
  metadata: string;
  share: Uint8Array;
  joined: number;
  synced: number;
  waitsFor: 'join' | 'sync' | undefined;
  isAway: boolean;
  heardMs: number;
  gone: Error | undefined;
}

type State = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/**
 * Groups in the fewest words: every call and every tick changes what is known and then looks at all
 * of it; whoever waits looks again after each change.
 */
export class ReferenceGroups {
  readonly groups = new Map<string, ReferenceGroup>();
  isClosed = false;

  member(options: GroupMemberOptions): GroupMember {
    return new ReferenceMember(this, options);
  }

  groupOf(id: string): ReferenceGroup {
    const group = this.groups.get(id) ?? new ReferenceGroup(id);
    this.groups.set(id, group);
    return group;
  }

  check({ groupId, member }: GroupOffsets): void {
    if (member !== undefined) this.groupOf(groupId).check(member);
  }

  states(): ReadonlyMap<string, State> {
    const known = [...this.groups].filter(([, { state }]) => state !== 'Empty');
    return new Map(known.map(([id, { state }]) => [id, state]));
  }

  close(): void {
    this.isClosed = true;
    for (const group of this.groups.values()) group.end(closed());
  }
}

class ReferenceGroup {
  readonly id: string;
  state: State = 'Empty';
  generation = 0;
  leader: Seat | undefined;
  seats: readonly Seat[] = [];
  #members = 0;
  #sinceMs = 0;
  #waiting: (() => void)[] = [];
  #stopClock: () => void = () => {};

  constructor(id: string) {
    this.id = id;
  }

  enter(options: GroupMemberOptions): Seat {
    const [other] = this.seats;
    const { protocol, instanceId, sessionTimeoutMs = 45_000 } = options;
    if (other !== undefined && other.options.protocol !== protocol) {
      throw new ConfigError([`group ${this.id} does not speak ${protocol}`]);
    }
    const old = this.#named(instanceId);
    const fresh = { metadata: '', share: new Uint8Array(), joined: -1 };
    const { metadata, share, joined } = old ?? fresh;
    const seat: Seat = {
      ...{ id: `${this.id}-${++this.#members}`, options, sessionTimeoutMs },
      ...{ metadata, share, joined, synced: -1, waitsFor: undefined },
      ...{ isAway: false, heardMs: system.nowMs(), gone: undefined },
    };
    this.seats = [...this.seats.filter((each) => each !== old), seat];
    if (old !== undefined) {
      old.gone = new FencedError({ instanceId: instanceId ?? '' });
      if (this.leader === old) this.leader = seat;
      if (this.state === 'CompletingRebalance') this.rebalance(seat);
    }
    return seat;
  }

  remove(seat: Seat, why: string): void {
    if (!this.seats.includes(seat)) return;
    this.seats = this.seats.filter((each) => each !== seat);
    seat.gone = new NotAMemberError(this.id, why);
    if (this.leader === seat) this.leader = undefined;
    if (this.seats.length === 0) this.state = 'Empty';
    else this.rebalance();
  }

  rebalance(except?: Seat): void {
    if (this.state === 'PreparingRebalance') return;
    this.state = 'PreparingRebalance';
    this.#sinceMs = system.nowMs();
    for (const seat of this.seats) {
      if (seat === except || seat.isAway || seat.waitsFor === 'join') continue;
      if (seat.waitsFor === undefined) queueMicrotask(() => seat.options.onRebalance?.());
      seat.waitsFor = undefined;
    }
  }

  check({ memberId, generation, instanceId }: MemberIdentity): void {
    this.look();
    const seat = this.seats.find(({ id }) => id === memberId);
    if (seat !== undefined && generation >= seat.synced && generation <= seat.joined) return;
    if (seat === undefined && this.#named(instanceId) !== undefined) {
      throw new FencedError({ instanceId: instanceId ?? '' });
    }
    throw new NotAMemberError(this.id, 'a test asked');
  }

  end(why: Error): void {
    for (const seat of this.seats) seat.gone = why;
    this.seats = [];
    this.look();
  }

  /** Draws all conclusions from what is known and what time it is. */
  look(): void {
    const nowMs = system.nowMs();
    for (const seat of this.seats) {
      const isSilent = seat.waitsFor === undefined && nowMs - seat.heardMs >= seat.sessionTimeoutMs;
      if (isSilent) this.remove(seat, 'it was silent');
      else if (nowMs - this.#sinceMs >= this.#patienceMs && this.#isAwaited(seat)) {
        this.remove(seat, 'it was late');
      }
    }
    const joining = this.seats.filter(({ waitsFor }) => waitsFor === 'join');
    const all = this.seats.every(({ waitsFor, isAway }) => isAway || waitsFor === 'join');
    if (this.state === 'PreparingRebalance' && all && joining.length > 0) this.#complete(joining);
    for (const wake of this.#waiting.splice(0)) wake();
    this.#stopClock();
    if (this.seats.length > 0) this.#stopClock = system.after(10, () => this.look());
  }

  /** Resolves when the seat waits for nothing any more. */
  async answered(seat: Seat): Promise<void> {
    this.look();
    while (seat.waitsFor !== undefined && seat.gone === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    seat.heardMs = system.nowMs();
    if (seat.gone !== undefined) throw seat.gone;
  }

  #complete(joining: readonly Seat[]): void {
    this.state = 'CompletingRebalance';
    this.generation++;
    this.#sinceMs = system.nowMs();
    this.leader = joining.find((seat) => seat === this.leader) ?? joining[0];
    for (const seat of this.seats) {
      seat.joined = this.generation;
      seat.share = new Uint8Array();
      seat.waitsFor = undefined;
      seat.heardMs = system.nowMs();
    }
  }

  #isAwaited({ isAway, waitsFor, synced }: Seat): boolean {
    if (isAway || waitsFor !== undefined) return false;
    return this.state === 'PreparingRebalance' || synced !== this.generation;
  }

  get #patienceMs(): number {
    const asked = this.seats.map(({ options }) => options.rebalanceTimeoutMs ?? 300_000);
    return Math.max(...asked);
  }

  #named(instanceId: string | undefined): Seat | undefined {
    return this.seats.find(({ options }) => instanceId && options.instanceId === instanceId);
  }
}

class ReferenceMember implements GroupMember {
  readonly #groups: ReferenceGroups;
  readonly #options: GroupMemberOptions;
  #seat: Seat | undefined;
  #hasEnded = false;

  constructor(groups: ReferenceGroups, options: GroupMemberOptions) {
    this.#groups = groups;
    this.#options = options;
  }

  async join(said: Uint8Array) {
    assert(!this.#hasEnded, 'a member that has left does not join again');
    const group = this.#group();
    this.#throwIfGone();
    const seat = (this.#seat ??= group.enter(this.#options));
    const metadata = Buffer.from(said).toString('latin1');
    const isKnown = seat.metadata === metadata && seat.joined === group.generation;
    const isNeeded =
      group.state === 'Stable' ? seat === group.leader : group.state !== 'CompletingRebalance';
    seat.metadata = metadata;
    if (!isKnown || isNeeded) {
      group.rebalance(seat);
      seat.waitsFor = 'join';
      await group.answered(seat);
    }
    const members = group.seats.map(({ id, options, ...each }) => ({
      memberId: id,
      instanceId: options.instanceId,
      metadata: Buffer.from(each.metadata, 'latin1'),
    }));
    const isLeader = seat === group.leader;
    return { memberId: seat.id, generation: seat.joined, members: isLeader ? members : undefined };
  }

  async sync(shares?: ReadonlyMap<string, Uint8Array>) {
    const { group, seat } = this.#current();
    if (group.state === 'PreparingRebalance') return 'rejoin';
    if (group.state === 'CompletingRebalance' && seat === group.leader) {
      group.state = 'Stable';
      const given = must(shares, 'the leader gives out the shares');
      for (const each of group.seats) {
        each.share = given.get(each.id) ?? new Uint8Array();
        if (each.waitsFor === 'sync') each.synced = each.joined;
        each.waitsFor = undefined;
      }
      seat.synced = seat.joined;
      group.look();
    }
    if (group.state === 'CompletingRebalance') {
      seat.waitsFor = 'sync';
      await group.answered(seat);
      if (seat.synced !== seat.joined) return 'rejoin';
    }
    seat.synced = seat.joined;
    return seat.share;
  }

  async heartbeat() {
    const { group, seat } = this.#current();
    return group.state === 'PreparingRebalance' && seat.waitsFor !== 'join' ? 'rejoin' : 'stable';
  }

  async leave(): Promise<void> {
    this.#end((group, seat) => group.remove(seat, 'it has left'));
  }

  close(): void {
    this.#end((group, seat) => {
      if (seat.options.instanceId === undefined || seat.joined < 0) {
        group.remove(seat, 'it was closed');
        return;
      }
      seat.isAway = true;
      seat.waitsFor = undefined;
      seat.heardMs = system.nowMs();
      if (group.state === 'CompletingRebalance' && seat === group.leader) group.rebalance();
    });
  }

  #end(end: (group: ReferenceGroup, seat: Seat) => void): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#seat === undefined || this.#seat.gone !== undefined) return;
    const group = this.#groups.groupOf(this.#options.groupId);
    end(group, this.#seat);
    this.#seat.gone ??= new NotAMemberError(this.#options.groupId, 'it was closed');
    group.look();
  }

  #current() {
    const group = this.#group();
    this.#throwIfGone();
    const seat = this.#seat;
    if (seat === undefined) throw new NotAMemberError(this.#options.groupId, 'it has not joined');
    seat.heardMs = system.nowMs();
    return { group, seat };
  }

  #group(): ReferenceGroup {
    if (this.#groups.isClosed) throw closed();
    const group = this.#groups.groupOf(this.#options.groupId);
    group.look();
    return group;
  }

  #throwIfGone(): void {
    const gone = this.#seat?.gone;
    if (gone === undefined) return;
    if (!(gone instanceof FencedError)) this.#seat = undefined;
    throw gone;
  }
}

function closed(): LogUnavailableError {
  return new LogUnavailableError('the log is closed', { retriable: false });
}
