import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FencedError, NotAMemberError } from '../../src/errors/log-errors.ts';
import type { MemberIdentity } from '../../src/log/group-port.ts';
import { GroupCoordinator } from '../../src/log-embedded/groups/group-coordinator.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { turns } from '../simulation/turns.ts';
import { Agent, GroupHistory, rebalanceTimeoutMs, sessionTimeoutMs } from './group-agent.ts';

const runs = Number(process.env['LOGPOSE_GROUP_RUNS'] ?? 100);
const firstSeed = Number(process.env['LOGPOSE_SEED'] ?? Date.now() % 1_000_000);

test('a group has one leader at a time, gives what it said, and comes to rest', async () => {
  let shares = 0;
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    try {
      shares += await runGroup(seed);
    } catch (cause) {
      throw new Error(`with LOGPOSE_SEED=${seed}`, { cause });
    }
  }
  assert.ok(shares > runs * 10, `only ${shares} shares were taken`);
});

/** Lets members come, go, change and be held up; then all must agree. */
async function runGroup(seed: number): Promise<number> {
  const clock = new ManualClock(0, seed);
  const group = new RandomGroup(clock);
  for (let step = 0; step < 60; step++) {
    await group.act();
    group.checkProgress();
  }
  await group.rest();
  return group.history.shares;
}

class RandomGroup {
  readonly history = new GroupHistory();
  readonly #clock: ManualClock;
  readonly #coordinator: GroupCoordinator;
  readonly #agents: Agent[] = [];

  constructor(clock: ManualClock) {
    this.#clock = clock;
    this.#coordinator = new GroupCoordinator(clock);
  }

  async act(): Promise<void> {
    const one = this.#pick(this.#live());
    switch (this.#pick(['start', 'end', 'hold', 'go on', 'change', 'wait', 'wait', 'wait'])) {
      case 'start':
        if (this.#live().length < 6) this.#start();
        break;
      case 'end':
        await this.#end(one);
        break;
      case 'hold':
        one?.hold();
        break;
      case 'go on':
        one?.goOn();
        break;
      case 'change':
        one?.change();
        break;
      default:
        await this.#wait(this.#clock.random() * 6_000);
    }
    await turns(Math.floor(this.#clock.random() * 10));
  }

  /** Who holds a share may commit, unless the group has dropped it and it does not know yet. */
  checkProgress(): void {
    for (const { identity, isOver, instanceId } of this.#agents) {
      if (identity === undefined) continue;
      const named = { ...identity, ...(instanceId === undefined ? {} : { instanceId }) };
      const isTaken = this.#takes(named);
      if (isOver && instanceId === undefined) assert.ok(!isTaken, 'who is gone commits nothing');
      const ahead = { ...named, generation: identity.generation + 1_000 };
      assert.ok(!this.#takes(ahead), 'no generation is committed under before it is there');
    }
  }

  /** Everybody goes on; all that live agree on one generation, and nobody else is in it. */
  async rest(): Promise<void> {
    for (const agent of this.#agents) agent.goOn();
    const endMs = this.#clock.nowMs() + 3 * (sessionTimeoutMs + rebalanceTimeoutMs);
    while (this.#clock.nowMs() < endMs) await this.#wait(1_000);
    const live = this.#live();
    const generations = new Set(live.map(({ identity }) => identity?.generation));
    const places = live.map(({ place }) => place).toSorted();
    assert.ok(generations.size <= 1, `generations ${[...generations]}`);
    assert.equal(this.#coordinator.states().get('group'), live.length > 0 ? 'Stable' : undefined);
    const leaders = live.filter(({ led }) => led !== undefined);
    if (live.length > 0) assert.deepEqual(leaders.at(0)?.led?.toSorted(), places);
    for (const { identity } of live) assert.ok(identity !== undefined && this.#takes(identity));
    this.#coordinator.close();
    for (const agent of this.#agents) await agent.end('leave');
    await Promise.all(this.#agents.map((agent) => agent.settle()));
  }

  #start(): void {
    const { history } = this;
    const clock = this.#clock;
    const coordinator = this.#coordinator;
    const member = coordinator.member.bind(coordinator);
    const instanceId = this.#pick([undefined, undefined, 'one', 'two']);
    this.#agents.push(new Agent({ clock, history, member }, instanceId));
  }

  async #end(agent: Agent | undefined): Promise<void> {
    await agent?.end(this.#pick(['close', 'leave'] as const) ?? 'close');
  }

  async #wait(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= 500) {
      this.#clock.advance(Math.min(500, leftMs));
      await turns(6);
    }
  }

  #takes(member: MemberIdentity): boolean {
    try {
      this.#coordinator.check({ groupId: 'group', offsets: [], member });
      return true;
    } catch (error) {
      if (error instanceof NotAMemberError || error instanceof FencedError) return false;
      throw error;
    }
  }

  #live(): readonly Agent[] {
    return this.#agents.filter((agent) => !agent.isOver);
  }

  #pick<T>(choices: readonly T[]): T | undefined {
    return choices[Math.floor(this.#clock.random() * choices.length)];
  }
}
