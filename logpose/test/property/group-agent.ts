import assert from 'node:assert/strict';
import { FencedError, NotAMemberError } from '../../src/errors/log-errors.ts';
import type {
  GroupMember,
  GroupMemberOptions,
  JoinedGroup,
  MemberIdentity,
} from '../../src/log/group-port.ts';
import type { ManualClock } from '../../src/testing/manual-clock.ts';
import { turns } from '../simulation/turns.ts';

export const sessionTimeoutMs = 10_000;
export const rebalanceTimeoutMs = 30_000;

/** What all agents of a group saw, checked as they see it. */
export class GroupHistory {
  readonly #leaders = new Map<number, string>();
  readonly #given = new Map<number, ReadonlyMap<string, string>>();
  shares = 0;

  joined({ memberId, generation, members }: JoinedGroup): void {
    if (members === undefined) return;
    const leader = this.#leaders.get(generation) ?? memberId;
    assert.equal(memberId, leader, `generation ${generation} has one leader`);
    this.#leaders.set(generation, memberId);
  }

  gave(generation: number, shares: ReadonlyMap<string, string>): void {
    this.#given.set(generation, shares);
  }

  /** @param place - The member, or its instance: who comes back with it has what it had. */
  took(place: string, generation: number, share: string): void {
    const given = this.#given.get(generation)?.get(place);
    assert.equal(share, given, `what ${place} got in generation ${generation}`);
    this.shares++;
  }
}

/** What an agent lives in. */
export interface AgentParts {
  readonly clock: ManualClock;
  readonly history: GroupHistory;
  member(options: GroupMemberOptions): GroupMember;
}

/** A member as its users are: joins, takes its share, sends heartbeats, and may be held up. */
export class Agent {
  readonly instanceId: string | undefined;
  readonly #parts: AgentParts;
  readonly #member: GroupMember;
  /** Under which it may commit; undefined: it has no share. */
  identity: MemberIdentity | undefined;
  /** Those that it leads, as it was told last: members, or their instances. */
  led: readonly string[] | undefined;
  #isOver = false;
  #metadata = 0;
  #mustJoin = true;
  #wake: () => void = () => {};
  #held: Promise<void> | undefined;
  #release: () => void = () => {};
  readonly #ended: Promise<void>;

  constructor(parts: AgentParts, instanceId: string | undefined) {
    this.#parts = parts;
    this.instanceId = instanceId;
    this.#member = parts.member({
      groupId: 'group',
      protocol: 'test',
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      onRebalance: () => this.#again(),
      ...(instanceId === undefined ? {} : { instanceId }),
    });
    this.#beat();
    this.#ended = this.#run();
  }

  /** What it is known by when it is replaced: itself, or its instance. */
  get place(): string | undefined {
    return this.instanceId ?? this.identity?.memberId;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** It says something new of itself, and so begins a rebalance. */
  change(): void {
    this.#metadata++;
    this.#again();
  }

  /** It neither runs nor sends heartbeats. */
  hold(): void {
    if (this.#held !== undefined) return;
    this.#held = new Promise((resolve) => (this.#release = resolve));
  }

  goOn(): void {
    this.#held = undefined;
    this.#release();
  }

  async end(how: 'close' | 'leave'): Promise<void> {
    this.#isOver = true;
    this.goOn();
    this.#wake();
    if (how === 'close') this.#member.close();
    else await this.#member.leave();
  }

  /** @throws What went wrong in it. */
  async settle(): Promise<void> {
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#held;
      if (!this.#mustJoin) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      this.#mustJoin = false;
      await this.#rebalance().catch((error: unknown) => this.#failed(error));
    }
  }

  async #rebalance(): Promise<void> {
    const { clock, history } = this.#parts;
    const joined = await this.#member.join(Buffer.from(String(this.#metadata)));
    history.joined(joined);
    this.led = joined.members?.map((member) => member.instanceId ?? member.memberId);
    await turns(Math.floor(clock.random() * 8));
    await this.#held;
    const { memberId, generation } = joined;
    const shares = joined.members?.map((member) => {
      const place = member.instanceId ?? member.memberId;
      return { id: member.memberId, place, share: `${place} ${clock.random()}` };
    });
    if (shares !== undefined) {
      history.gave(generation, new Map(shares.map(({ place, share }) => [place, share])));
    }
    const bytes = shares?.map(({ id, share }): [string, Uint8Array] => [id, Buffer.from(share)]);
    const taken = await this.#member.sync(bytes && new Map(bytes));
    if (taken === 'rejoin') return this.#again();
    this.identity = { memberId, generation };
    history.took(this.instanceId ?? memberId, generation, Buffer.from(taken).toString());
  }

  #beat(): void {
    this.#parts.clock.after(2_000, async () => {
      await this.#held;
      if (this.#isOver) return;
      this.#beat();
      const answer = await this.#member.heartbeat().catch((error: unknown) => this.#failed(error));
      if (answer === 'rejoin') this.#again();
    });
  }

  #again(): void {
    this.#mustJoin = true;
    this.#wake();
  }

  #failed(error: unknown): void {
    if (this.#isOver) return;
    this.identity = undefined;
    if (error instanceof FencedError) this.#isOver = true;
    else if (!(error instanceof NotAMemberError)) throw error;
    this.#again();
  }
}
