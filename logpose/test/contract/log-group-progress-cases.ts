import assert from 'node:assert/strict';
import { FencedError, NotAMemberError } from '../../src/errors/log-errors.ts';
import type { MemberIdentity } from '../../src/log/group-port.ts';
import type { GroupOffsets, LogPort } from '../../src/log/log-port.ts';
import { type ContractCase, createTopics, first } from './contract-case.ts';
import { pair, soonMs, stableGroup, TestMember } from './group-members.ts';
import { batchOf } from './log-records.ts';

export function logGroupProgressCases(it: ContractCase): void {
  instanceCases(it);
  progressCases(it);
  it('a group that nobody is in any more is listed with its progress', async (port) => {
    await createTopics(port);
    const a = new TestMember(port, 'a');
    await stableGroup(a);
    await commit(port, progress(1, identityOf(a)));
    await a.port.leave();

    assert.deepEqual(await port.admin.groups(), [{ id: 'group', state: 'Empty' }]);
  });
}

function instanceCases(it: ContractCase): void {
  const named = { instanceId: 'b' };

  it('an instance that comes back in time takes its place, and nobody notices', async (port) => {
    await createTopics(port);
    const { a, b } = await pair(port, { b: named });
    b.port.close();
    const again = new TestMember(port, 'b', named);

    await again.join();
    await again.sync();

    assert.equal(again.share, 'for b');
    assert.equal(again.generation, b.generation);
    assert.equal(await a.port.heartbeat(), 'stable');
    assert.equal(a.calls, 0);
    await assert.rejects(commit(port, progress(1, identityOf(b, named))), FencedError);
    await commit(port, progress(2, identityOf(again, named)));
  });

  it('an instance that comes back with something new begins a rebalance', async (port) => {
    const { a, b } = await pair(port, { b: named });
    b.port.close();
    const again = new TestMember(port, 'b2', named);

    const joining = again.join();
    await a.called();
    await Promise.all([a.join(), joining]);

    assert.deepEqual(a.heard, ['a', 'b2']);
    assert.deepEqual(
      a.joined?.members?.map(({ instanceId }) => instanceId),
      [undefined, 'b'],
    );
  });

  it('a leader that comes back begins a rebalance', async (port) => {
    const { a, b } = await pair(port, { a: { instanceId: 'a' } });
    a.port.close();
    const again = new TestMember(port, 'a', { instanceId: 'a' });

    const joining = again.join();
    await b.called();
    await Promise.all([joining, b.join()]);

    assert.equal(again.generation, a.generation + 1);
    assert.ok(again.leads && !b.leads);
  });

  it('an instance that comes twice fences who was there first', async (port) => {
    const { a, b } = await pair(port, { b: named });
    const second = new TestMember(port, 'b2', named);

    const joining = second.join();
    await Promise.all([a.join(), joining]);

    await assert.rejects(b.port.heartbeat(), FencedError);
    await assert.rejects(b.join(), FencedError);
    await assert.rejects(b.sync(), FencedError);
    await b.port.leave();
    assert.equal(await second.port.heartbeat(), 'stable');
  });

  it('an instance that is fenced waits no more', async (port) => {
    const { a, b } = await pair(port, { b: named });
    b.metadata = 'b2';
    const refused = assert.rejects(b.join(), FencedError);
    const second = new TestMember(port, 'b3', named);

    const joining = second.join();

    await refused;
    await Promise.all([a.join(), joining]);
    assert.deepEqual(a.heard, ['a', 'b3']);
  });

  it('an instance that comes while shares are given out begins another rebalance', async (port) => {
    const { a, b } = await pair(port, { b: named });
    b.metadata = 'b2';
    await Promise.all([a.join(), b.join()]);
    const second = new TestMember(port, 'b2', named);

    const joining = second.join();

    assert.equal(await a.sync(), 'rejoin');
    await Promise.all([a.join(), joining]);
  });

  it('nobody waits for an instance that is away, and it has its share', async (port) => {
    const { a, b } = await pair(port, { b: named });
    b.port.close();
    const c = new TestMember(port, 'c');

    const joining = c.join();
    await Promise.all([a.join(), joining]);
    await Promise.all([a.sync(), c.sync()]);

    assert.deepEqual(a.heard, ['a', 'b', 'c']);
    const again = new TestMember(port, 'b', named);
    await again.join();
    await again.sync();
    assert.equal(again.share, 'for b');
  });

  it('the next leads when an instance is away before it gave out shares', async (port) => {
    const { a, b } = await pair(port, { a: { instanceId: 'a' } });
    b.metadata = 'b2';
    await Promise.all([a.join(), b.join()]);
    const waiting = b.sync();

    a.port.close();

    assert.equal(await waiting, 'rejoin');
    await b.join();
    assert.deepEqual(b.heard, ['a', 'b2']);
  });

  it('an instance that stays away for its session is dropped', async (port) => {
    const { a, b } = await pair(port, { b: { ...named, sessionTimeoutMs: soonMs } });
    b.port.close();

    await a.called();
    await stableGroup(a);

    assert.deepEqual(a.heard, ['a']);
  });

  it('an instance that leaves is gone at once', async (port) => {
    const { a, b } = await pair(port, { b: named });

    await b.port.leave();
    await a.called();
    await stableGroup(a);

    assert.deepEqual(a.heard, ['a']);
  });
}

function progressCases(it: ContractCase): void {
  it('a member commits progress in its own name', async (port) => {
    await createTopics(port);
    const { a, b } = await pair(port, {});

    await commit(port, progress(1, identityOf(a)));
    await port.admin.commitOffsets(progress(2, identityOf(b)));

    assert.equal(await committed(port), 2);
  });

  it('who is no member commits nothing of a transaction', async (port) => {
    await createTopics(port);
    await pair(port, {});

    const unknown = { memberId: 'nobody', generation: 1 };
    await assert.rejects(commit(port, progress(1, unknown)), NotAMemberError);
    await assert.rejects(port.admin.commitOffsets(progress(1, unknown)), NotAMemberError);
    const elsewhere = { ...progress(1, unknown), groupId: 'elsewhere' };
    await assert.rejects(commit(port, elsewhere), NotAMemberError);

    assert.equal(await committed(port), undefined);
    const [range] = await port.admin.offsetRanges([first]);
    assert.equal(range?.endOffset, 0);
  });

  it('a member that was dropped or has left commits no more', async (port) => {
    await createTopics(port);
    const { a, b } = await pair(port, { b: { sessionTimeoutMs: soonMs } });
    await a.called();
    const left = identityOf(a);
    await a.port.leave();

    await assert.rejects(commit(port, progress(1, identityOf(b))), NotAMemberError);
    await assert.rejects(commit(port, progress(1, left)), NotAMemberError);

    assert.equal(await committed(port), undefined);
  });

  it('a member commits under its former generation until it takes the next share', async (port) => {
    await createTopics(port);
    const { a, b } = await pair(port, {});
    const former = identityOf(b);
    b.metadata = 'b2';
    const joining = b.join();

    await commit(port, progress(1, former));
    await Promise.all([a.join(), joining]);
    await commit(port, progress(2, former));
    await Promise.all([a.sync(), b.sync()]);

    await assert.rejects(commit(port, progress(3, former)), NotAMemberError);
    await commit(port, progress(4, identityOf(b)));
    assert.equal(await committed(port), 4);
  });

  it('a generation that is not there yet is refused', async (port) => {
    await createTopics(port);
    const { a } = await pair(port, {});

    const ahead = { ...identityOf(a), generation: a.generation + 1 };
    await assert.rejects(commit(port, progress(1, ahead)), NotAMemberError);
  });

  it('who names no member is not asked', async (port) => {
    await createTopics(port);
    await pair(port, {});

    await commit(port, progress(1));

    assert.equal(await committed(port), 1);
  });
}

function progress(offset: number, member?: MemberIdentity): GroupOffsets {
  const offsets = [{ ...first, offset, metadata: '' }];
  return { groupId: 'group', offsets, ...(member === undefined ? {} : { member }) };
}

function identityOf(member: TestMember, more: { instanceId?: string } = {}): MemberIdentity {
  return { memberId: member.id, generation: member.generation, ...more };
}

/** Commits a record and progress in one transaction. */
async function commit(port: LogPort, offsets: GroupOffsets): Promise<void> {
  const producer = await port.transactionalProducer({ transactionalId: 'writer' });
  const transaction = producer.begin();
  transaction.append(first, batchOf('x'));
  await transaction.commit(offsets);
}

async function committed(port: LogPort): Promise<number | undefined> {
  const [offset] = await port.admin.committedOffsets('group', [first]);
  return offset?.offset;
}
