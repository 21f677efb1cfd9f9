import assert from 'node:assert/strict';
import { InvariantError } from '../../src/base/assert.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { LogUnavailableError, NotAMemberError } from '../../src/errors/log-errors.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import type { ContractCase } from './contract-case.ts';
import { pair, soonMs, stableGroup, TestMember, within } from './group-members.ts';

export function logGroupCases(it: ContractCase): void {
  joiningCases(it);
  joiningAgainCases(it);
  leavingCases(it);
  silenceCases(it);
  closingCases(it);
}

function joiningCases(it: ContractCase): void {
  it('a member that is alone leads itself', async (port) => {
    const a = new TestMember(port, 'a');

    await a.join();
    await a.sync();

    assert.deepEqual(a.heard, ['a']);
    assert.equal(a.share, 'for a');
    assert.equal(await stateOf(port), 'Stable');
  });

  it('one of several leads, hears what each says, and gives each its share', async (port) => {
    const members = ['a', 'b', 'c'].map((name) => new TestMember(port, name));

    await stableGroup(...members.slice(0, 1));
    await stableGroup(...members);

    const leaders = members.filter((member) => member.leads);
    assert.deepEqual(
      leaders.map((member) => member.heard),
      [['a', 'b', 'c']],
    );
    assert.deepEqual(
      members.map((member) => member.share),
      ['for a', 'for b', 'for c'],
    );
    assert.equal(new Set(members.map((member) => member.generation)).size, 1);
  });

  it('a member that the leader gave nothing has an empty share', async (port) => {
    const a = new TestMember(port, 'a');
    await a.join();

    assert.deepEqual(await a.port.sync(new Map()), new Uint8Array());
  });

  it('a new member calls the others, and waits for them', async (port) => {
    const a = new TestMember(port, 'a');
    const b = new TestMember(port, 'b');
    await stableGroup(a);

    const joining = b.join();
    await a.called();

    assert.equal(await a.port.heartbeat(), 'rejoin');
    assert.equal(await a.sync(), 'rejoin');
    assert.equal(await stateOf(port), 'PreparingRebalance');
    await a.join();
    await joining;
    assert.ok(a.generation === b.generation && a.leads && !b.leads);
    assert.equal(await stateOf(port), 'CompletingRebalance');
  });

  it('a member that comes during a rebalance is part of what it leads to', async (port) => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new TestMember(port, name));
    assert.ok(a && b && c);
    await stableGroup(a);
    const joining = [b.join(), c.join()];
    await a.called();

    await a.join();
    await Promise.all(joining);

    assert.deepEqual(a.heard, ['a', 'b', 'c']);
  });

  it('a member that comes before shares are given out begins another rebalance', async (port) => {
    const { a, b } = await pair(port, {});
    const c = new TestMember(port, 'c');
    b.metadata = 'b2';
    await Promise.all([a.join(), b.join()]);
    const waiting = b.sync();

    const joining = c.join();

    assert.equal(await waiting, 'rejoin');
    assert.equal(await a.sync(), 'rejoin');
    await Promise.all([a.join(), b.join(), joining]);
    assert.deepEqual(await Promise.all([a.sync(), b.sync(), c.sync()]), Array(3).fill('share'));
  });

  it('a member that speaks another protocol is refused while there are others', async (port) => {
    const a = new TestMember(port, 'a');
    const other = new TestMember(port, 'other', { protocol: 'other' });
    await stableGroup(a);

    await assert.rejects(other.join(), ConfigError);

    await a.port.leave();
    await other.join();
    assert.ok(other.leads);
  });

  it('groups have nothing to do with each other', async (port) => {
    const a = new TestMember(port, 'a');
    const other = new TestMember(port, 'other', { groupId: 'other', protocol: 'other' });

    await stableGroup(a);
    await stableGroup(other);

    assert.equal(await a.port.heartbeat(), 'stable');
    assert.deepEqual(
      (await port.admin.groups()).toSorted((left, right) => (left.id < right.id ? -1 : 1)),
      [
        { id: 'group', state: 'Stable' },
        { id: 'other', state: 'Stable' },
      ],
    );
  });

  it('who has not joined is no member', async (port) => {
    const a = new TestMember(port, 'a');

    await assert.rejects(a.port.heartbeat(), NotAMemberError);
    await assert.rejects(a.port.sync(), NotAMemberError);
  });
}

function joiningAgainCases(it: ContractCase): void {
  it('a member that says something new begins a rebalance', async (port) => {
    const { a, b } = await pair(port, {});
    b.metadata = 'b2';

    const joining = b.join();
    await a.called();
    await Promise.all([a.join(), joining]);

    assert.deepEqual(a.heard, ['a', 'b2']);
  });

  it('a member that says nothing new is told what it knows', async (port) => {
    const { a, b } = await pair(port, {});
    const { generation } = b;

    await b.join();
    await b.sync();

    assert.equal(b.generation, generation);
    assert.equal(b.share, 'for b');
    assert.equal(await a.port.heartbeat(), 'stable');
  });

  it('the leader can give out shares anew by joining again', async (port) => {
    const { a, b } = await pair(port, {});
    const { generation } = a;

    const joining = a.join();
    await b.called();
    await Promise.all([joining, b.join()]);

    assert.equal(a.generation, generation + 1);
  });

  it('a share can be asked for twice, and a heartbeat be sent twice', async (port) => {
    const { a, b } = await pair(port, {});

    await Promise.all([a.sync(), b.sync(), b.sync()]);

    assert.equal(b.share, 'for b');
    assert.deepEqual(await Promise.all([a.port.heartbeat(), a.port.heartbeat()]), [
      'stable',
      'stable',
    ]);
  });

  it('a share that is asked for late is still there', async (port) => {
    const { a, b } = await pair(port, {});
    b.metadata = 'b2';
    await Promise.all([a.join(), b.join()]);
    await a.sync();

    await b.sync();

    assert.equal(b.share, 'for b2');
  });

  it('generations rise, also behind a time in which the group was empty', async (port) => {
    const a = new TestMember(port, 'a');
    const b = new TestMember(port, 'b');
    await stableGroup(a);
    await a.port.leave();
    assert.equal(await stateOf(port), undefined);

    await stableGroup(b);

    assert.ok(b.generation > a.generation);
    assert.notEqual(b.id, a.id);
  });
}

function leavingCases(it: ContractCase): void {
  for (const how of ['leave', 'close'] as const) {
    it(`the others go on at once without a member that is gone (${how})`, async (port) => {
      const { a, b } = await pair(port, {});

      await b.port[how]();
      await a.called();
      await stableGroup(a);

      assert.deepEqual(a.heard, ['a']);
    });

    it(`the next leads when the leader is gone without giving shares (${how})`, async (port) => {
      const { a, b } = await pair(port, {});
      b.metadata = 'b2';
      await Promise.all([a.join(), b.join()]);
      const waiting = b.sync();

      await a.port[how]();

      assert.equal(await waiting, 'rejoin');
      await stableGroup(b);
      assert.deepEqual(b.heard, ['b2']);
    });

    it(`a member that is gone waits no more (${how})`, async (port) => {
      const { a, b } = await pair(port, {});
      b.metadata = 'b2';
      const refused = assert.rejects(b.join(), NotAMemberError);

      await b.port[how]();

      await refused;
      await stableGroup(a);
      assert.deepEqual(a.heard, ['a']);
    });

    it(`a member that is gone does not come back (${how})`, async (port) => {
      const { b } = await pair(port, {});
      await b.port[how]();
      await b.port[how]();

      await assert.rejects(b.join(), InvariantError);
      await assert.rejects(b.port.heartbeat(), NotAMemberError);
    });
  }
}

function silenceCases(it: ContractCase): void {
  it('a member that is silent for its session is dropped', async (port) => {
    const { a, b } = await pair(port, { b: { sessionTimeoutMs: soonMs } });
    const { id } = b;

    await a.called();
    await stableGroup(a);

    assert.deepEqual(a.heard, ['a']);
    await assert.rejects(b.port.heartbeat(), NotAMemberError);
    await stableGroup(a, b);
    assert.notEqual(b.id, id);
  });

  it('a member that does not join again is dropped, though it is alive', async (port) => {
    const rebalanceTimeoutMs = soonMs;
    const { a, b } = await pair(port, { a: { rebalanceTimeoutMs }, b: { rebalanceTimeoutMs } });
    a.metadata = 'a2';

    const joining = a.join();
    assert.equal(await b.port.heartbeat(), 'rejoin');
    await joining;
    await a.sync();

    assert.deepEqual(a.heard, ['a2']);
    await assert.rejects(b.join(), NotAMemberError);
  });

  it('a member that waits for the others is not silent', async (port) => {
    const { a, b } = await pair(port, { b: { sessionTimeoutMs: soonMs } });
    const elsewhere = { groupId: 'elsewhere' };
    const watch = await pair(port, {
      a: elsewhere,
      b: { ...elsewhere, sessionTimeoutMs: 3 * soonMs },
    });
    b.metadata = 'b2';

    const joining = b.join();
    await b.port.heartbeat();
    await watch.a.called();
    await Promise.all([a.join(), joining]);

    assert.deepEqual(a.heard, ['a', 'b2']);
  });

  it('a leader that gives out no shares is dropped, though it is alive', async (port) => {
    const rebalanceTimeoutMs = soonMs;
    const { a, b } = await pair(port, { a: { rebalanceTimeoutMs }, b: { rebalanceTimeoutMs } });
    await Promise.all([a.join(), b.join()]);

    assert.equal(await b.sync(), 'rejoin');

    await assert.rejects(a.port.heartbeat(), NotAMemberError);
    await stableGroup(b);
    assert.deepEqual(b.heard, ['b']);
  });

  it('a leader that dies before it gave out shares is found out', async (port) => {
    const { a, b } = await pair(port, { a: { sessionTimeoutMs: soonMs } });
    b.metadata = 'b2';
    await Promise.all([a.join(), b.join()]);

    assert.equal(await b.sync(), 'rejoin');

    await stableGroup(b);
    assert.deepEqual(b.heard, ['b2']);
  });
}

function closingCases(it: ContractCase): void {
  it('no member waits for a log that is closed', async (port) => {
    const { a, b } = await pair(port, {});
    const other = new TestMember(port, 'other', { groupId: 'other' });
    const waiting = new TestMember(port, 'waiting', { groupId: 'other' });
    await stableGroup(other);
    b.metadata = 'b2';
    await Promise.all([a.join(), b.join()]);
    const refused = [
      assert.rejects(b.sync(), LogUnavailableError),
      assert.rejects(waiting.join(), LogUnavailableError),
    ];

    await port.close();

    await within(Promise.all(refused));
    await assert.rejects(a.port.heartbeat(), LogUnavailableError);
    await assert.rejects(new TestMember(port, 'c').join(), LogUnavailableError);
    await a.port.leave();
    b.port.close();
  });

  it('no member outlives the log', async (port, log) => {
    const { a } = await pair(port, {});
    const reopened = await log.reopen?.();

    await assert.rejects(a.port.heartbeat(), LogUnavailableError);
    if (reopened === undefined) return;
    const c = new TestMember(reopened, 'c');
    await stableGroup(c);
    assert.deepEqual(c.heard, ['c']);
  });
}

async function stateOf(port: LogPort): Promise<string | undefined> {
  return (await port.admin.groups()).find(({ id }) => id === 'group')?.state;
}
