import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { FencedError, LogUnavailableError, NotAMemberError } from '../../errors/log-errors.ts';
import type { GroupMember, GroupMemberOptions, JoinedMember } from '../../log/group-port.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { Membership, type MembershipSettings } from './membership.ts';

const share = new Uint8Array([7]);
const settings: MembershipSettings = {
  heartbeatIntervalMs: 10,
  sessionTimeoutMs: 100,
  maxPollIntervalMs: 1000,
  probingRebalanceIntervalMs: 500,
};

/** A group of one that answers as a test says, and a worker's loop that runs when it is told to. */
class Rig implements GroupMember {
  readonly clock = new ManualClock(1000);
  readonly asked: string[] = [];
  readonly membership: Membership;
  /** What the next questions fail with, in order. */
  readonly failures: Error[] = [];
  beat: 'stable' | 'rejoin' = 'stable';
  synced: Uint8Array | 'rejoin' = share;
  isProvisional = false;
  settled: Promise<void> = Promise.resolve();
  options: GroupMemberOptions | undefined;
  #generation = 0;

  constructor() {
    this.membership = new Membership({
      log: {
        groupMember: (options) => {
          this.options = options;
          return this;
        },
      },
      groupId: 'app',
      instanceId: undefined,
      settings,
      clock: this.clock,
      notify: () => undefined,
      metadata: () => new Uint8Array(),
      decide: async () => ({ shares: new Map(), isProvisional: this.isProvisional }),
      settled: () => this.settled,
    });
  }

  /** A turn of the loop, and what comes of it. */
  async turn(mayJoin = true): Promise<void> {
    this.membership.run(this.clock.nowMs(), mayJoin);
    await setImmediate();
  }

  async join() {
    this.#ask('join');
    const members: readonly JoinedMember[] = [];
    return { memberId: 'one', generation: ++this.#generation, members };
  }

  async sync() {
    this.#ask('sync');
    return this.synced;
  }

  async heartbeat() {
    this.#ask('beat');
    return this.beat;
  }

  async leave(): Promise<void> {
    this.#ask('leave');
  }

  close(): void {
    this.#ask('close');
  }

  #ask(what: string): void {
    this.asked.push(what);
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}

suite('a membership', () => {
  test('begins by joining; its share is taken once', async () => {
    const rig = new Rig();
    await rig.turn();

    assert.deepEqual(rig.asked, ['join', 'sync']);
    assert.deepEqual(rig.membership.identity, { memberId: 'one', generation: 1 });
    assert.equal(rig.membership.takeShare(), share);
    assert.equal(rig.membership.takeShare(), undefined);
  });

  test('beats at its interval, whatever the loop does more often', async () => {
    const rig = new Rig();
    await rig.turn();
    for (let ms = 0; ms < 30; ms += 5) {
      rig.clock.advance(5);
      await rig.turn();
    }

    assert.deepEqual(rig.asked, ['join', 'sync', 'beat', 'beat', 'beat']);
  });

  test('joins again when a heartbeat says so, or the log calls', async () => {
    const rig = new Rig();
    await rig.turn();
    rig.beat = 'rejoin';
    rig.clock.advance(10);
    await rig.turn();
    await rig.turn();
    rig.options?.onRebalance?.();
    await rig.turn();

    assert.deepEqual(rig.asked, ['join', 'sync', 'beat', 'join', 'sync', 'join', 'sync']);
    assert.equal(rig.membership.identity?.generation, 3);
  });

  test('beats, and does not join, while tasks are to be let go of', async () => {
    const rig = new Rig();
    await rig.turn();
    rig.membership.rejoin();
    rig.clock.advance(10);
    await rig.turn(false);
    assert.deepEqual(rig.asked.splice(0), ['join', 'sync', 'beat']);

    await rig.turn();
    assert.deepEqual(rig.asked, ['join', 'sync']);
  });

  test('takes its share when no commit of before is on its way', async () => {
    const rig = new Rig();
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.settled = promise;
    await rig.turn();
    assert.deepEqual(rig.asked, ['join']);
    assert.equal(rig.membership.identity?.generation, 1);

    resolve();
    await setImmediate();
    assert.deepEqual(rig.asked, ['join', 'sync']);
  });

  test('joins again when the next rebalance has begun before it has its share', async () => {
    const rig = new Rig();
    rig.synced = 'rejoin';
    await rig.turn();
    assert.equal(rig.membership.takeShare(), undefined);
    rig.synced = share;
    await rig.turn();

    assert.deepEqual(rig.asked, ['join', 'sync', 'join', 'sync']);
    assert.equal(rig.membership.takeShare(), share);
  });

  test('looks again later when it has led to what is provisional', async () => {
    const rig = new Rig();
    rig.isProvisional = true;
    await rig.turn();
    rig.isProvisional = false;
    rig.clock.advance(499);
    await rig.turn();
    rig.clock.advance(1);
    await rig.turn();
    rig.clock.advance(5000);
    await rig.turn();

    assert.deepEqual(rig.asked, ['join', 'sync', 'beat', 'join', 'sync', 'beat']);
  });

  test('bears a heartbeat that gets no answer: the group decides', async () => {
    const rig = new Rig();
    await rig.turn();
    rig.failures.push(new LogUnavailableError('a test says so'));
    rig.clock.advance(10);
    await rig.turn();
    assert.equal(rig.membership.takeFailure(), undefined);

    rig.clock.advance(10);
    await rig.turn();
    assert.deepEqual(rig.asked, ['join', 'sync', 'beat', 'beat']);
  });

  for (const error of [new NotAMemberError('app', 'late'), new FencedError('app')]) {
    test(`tells, once, that it is none any more (${error.code})`, async () => {
      const rig = new Rig();
      await rig.turn();
      rig.failures.push(error);
      rig.clock.advance(10);
      await rig.turn();

      assert.equal(rig.membership.takeFailure()?.error, error);
      assert.equal(rig.membership.takeFailure(), undefined);
    });
  }

  test('that is lost joins anew, and forgets the share that it was given', async () => {
    const rig = new Rig();
    await rig.turn();
    rig.membership.lost();
    assert.equal(rig.membership.identity, undefined);
    assert.equal(rig.membership.takeShare(), undefined);

    await rig.turn();
    assert.deepEqual(rig.asked, ['join', 'sync', 'join', 'sync']);
  });

  test('tries a join that failed again', async () => {
    const rig = new Rig();
    const error = new LogUnavailableError('a test says so');
    rig.failures.push(error);
    await rig.turn();
    assert.equal(rig.membership.takeFailure()?.error, error);

    await rig.turn();
    assert.deepEqual(rig.asked, ['join', 'join', 'sync']);
  });

  test('that has left or was closed asks nothing more', async () => {
    for (const how of ['leave', 'close'] as const) {
      const rig = new Rig();
      await rig.turn();
      await rig.membership[how]();
      await rig.membership[how]();
      rig.clock.advance(1000);
      await rig.turn();

      assert.deepEqual(rig.asked, ['join', 'sync', how]);
    }
  });

  test('is not silent when its clock is set back', async () => {
    const rig = new Rig();
    await rig.turn();
    rig.membership.run(0, true);
    rig.membership.run(10, true);
    await setImmediate();

    assert.deepEqual(rig.asked, ['join', 'sync', 'beat']);
  });
});
