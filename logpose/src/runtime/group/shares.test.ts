import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decideShares } from './decide-shares.ts';
import {
  decodeMemberMetadata,
  encodeMemberMetadata,
  type MemberMetadata,
} from './member-metadata.ts';
import { decodeShare, encodeShare, type Share } from './shares.ts';

const metadata: MemberMetadata = {
  processId: '00ff',
  hostId: 'host',
  planFingerprint: 'plan',
  advertised: '127.0.0.1:8080',
  capacity: 2,
  active: ['0_0', '1_0'],
  standby: ['0_1'],
  lags: new Map([
    ['0_0', 0],
    ['0_1', 2 ** 40],
  ]),
};

const share: Share = {
  state: 'granted',
  isProvisional: true,
  active: ['0_0'],
  standby: ['0_1'],
  warmup: [],
  holders: [
    { memberId: 'm1', processId: '00ff', advertised: undefined, active: ['0_0'], standby: [] },
    { memberId: 'm2', processId: 'ää', advertised: 'b:1', active: [], standby: ['0_0'] },
  ],
};

suite('what members of an application tell each other', () => {
  test('comes back from its bytes', () => {
    const silent = { ...metadata, advertised: undefined, lags: new Map() };
    const refused: Share = { state: 'refused', reason: 'another plan' };

    assert.deepEqual(decodeMemberMetadata(encodeMemberMetadata(metadata)), metadata);
    assert.deepEqual(decodeMemberMetadata(encodeMemberMetadata(silent)), silent);
    assert.deepEqual(decodeShare(encodeShare(share)), share);
    assert.deepEqual(decodeShare(encodeShare(refused)), refused);
  });

  test('is not guessed from bytes that are cut, longer, of another version or changed', () => {
    const cases = [
      { bytes: encodeMemberMetadata(metadata), decode: decodeMemberMetadata },
      { bytes: encodeShare(share), decode: decodeShare },
    ];
    for (const { bytes, decode } of cases) {
      for (let length = 0; length < bytes.length; length++) {
        assert.equal(decode(bytes.subarray(0, length)), undefined);
      }
      assert.equal(decode(Buffer.concat([bytes, Buffer.of(0)])), undefined);
      assert.equal(decode(Buffer.concat([Buffer.of(2), bytes.subarray(1)])), undefined);
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes);
        changed[at] = 0xff;
        // Some changes are as good as what was there; none may throw, hang or allocate much.
        decode(changed);
      }
    }
  });

  test('has text that is UTF-8, a capacity of at least 1 and lags of at least 0', () => {
    const bad = [
      { ...metadata, capacity: 0 },
      { ...metadata, lags: new Map([['0_0', -1]]) },
    ];
    const text = Buffer.from(encodeMemberMetadata(metadata));
    text[text.indexOf('plan')] = 0xff;

    for (const each of bad) {
      assert.equal(decodeMemberMetadata(encodeMemberMetadata(each)), undefined);
    }
    assert.equal(decodeMemberMetadata(text), undefined);
  });
});

suite('a leader', () => {
  const member = (said: Partial<MemberMetadata>) =>
    encodeMemberMetadata({ ...metadata, active: [], standby: [], lags: new Map(), ...said });
  const tasks = ['0_0', '0_1'].map((id) => ({
    id,
    isStateful: true,
    weight: 1,
    changelogRecords: 0,
  }));
  const settings = { standbys: 1, maxWarmups: 2, acceptableLag: 10 };
  const decided = (members: Readonly<Record<string, Uint8Array>>) => {
    const joined = Object.entries(members).map(([memberId, bytes]) => ({
      memberId,
      instanceId: undefined,
      metadata: bytes,
    }));
    const { shares, followUp } = decideShares(joined, { tasks, settings });
    const read = [...shares].map(([id, bytes]) => [id, decodeShare(bytes)] as const);
    return { shares: new Map(read), followUp };
  };

  test('tells every member its tasks and everybody else’s', () => {
    const { shares, followUp } = decided({
      a: member({ hostId: 'a', processId: 'pa' }),
      b: member({ hostId: 'b', processId: 'pb', advertised: undefined }),
    });

    const holders = [
      {
        memberId: 'a',
        processId: 'pa',
        advertised: '127.0.0.1:8080',
        active: ['0_0'],
        standby: ['0_1'],
      },
      { memberId: 'b', processId: 'pb', advertised: undefined, active: ['0_1'], standby: ['0_0'] },
    ];
    assert.equal(followUp, 'none');
    assert.deepEqual(shares.get('a'), {
      state: 'granted',
      isProvisional: false,
      active: ['0_0'],
      standby: ['0_1'],
      warmup: [],
      holders,
    });
    assert.deepEqual(shares.get('b'), {
      state: 'granted',
      isProvisional: false,
      active: ['0_1'],
      standby: ['0_0'],
      warmup: [],
      holders,
    });
  });

  test('refuses members of another plan than most have, and those it cannot read', () => {
    const { shares } = decided({
      a: member({ hostId: 'a' }),
      b: member({ hostId: 'b', planFingerprint: 'another' }),
      c: member({ hostId: 'c' }),
      d: Buffer.from('?'),
    });

    const states = [...shares].map(([id, given]) => [id, given?.state]);
    assert.deepEqual(states, [
      ['a', 'granted'],
      ['b', 'refused'],
      ['c', 'granted'],
      ['d', 'refused'],
    ]);
  });

  test('of two plans that equally many have keeps the one that has the tasks', () => {
    const { shares } = decided({
      a: member({ hostId: 'a', planFingerprint: 'a new one' }),
      b: member({ hostId: 'b', planFingerprint: 'the old one', active: ['0_0', '0_1'] }),
    });

    assert.equal(shares.get('a')?.state, 'refused');
    assert.equal(shares.get('b')?.state, 'granted');
  });
});
