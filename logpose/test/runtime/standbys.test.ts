import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { system } from '../../src/base/clock.ts';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import { StoreDamagedError, StoreUnavailableError } from '../../src/errors/store-errors.ts';
import { WorkerPeer } from '../../src/query/worker-peer.ts';
import { encodeToBytes } from '../../src/serde/encoded.ts';
import { utf8 } from '../../src/serde/primitives.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { until } from '../app/app-kit.ts';
import { changelog, StandbyRig } from './standby-rig.ts';

const dayMs = 86_400_000;
const store = 'word-counts';

suite('a standby', () => {
  test('has what the changelog has, and what comes', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1, moon: 1 });

    const slot = rig.add();
    await rig.caught(slot);
    const before = [rig.get(slot, 'sun'), rig.get(slot, 'moon'), slot.lag];
    await rig.put({ sun: 2 });
    await rig.caught(slot);

    assert.deepEqual(before, [1, 1, 0]);
    assert.deepEqual([rig.get(slot, 'sun'), rig.get(slot, 'moon'), slot.lag], [2, 1, 0]);
    assert.equal(slot.find('another'), undefined);
    assert.deepEqual(rig.errors, []);
  });

  test('tells how far it is behind, and once when that is little', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1, moon: 1, sea: 1 });
    const gate = Promise.withResolvers<void>();
    rig.port.beforePoll = () => gate.promise;

    const slot = rig.add();
    const unknown = slot.lag;
    await until('it has looked', () => slot.lag !== undefined);
    const [lag, told] = [slot.lag, rig.caughtUp.length];
    gate.resolve();
    await rig.caught(slot);
    await rig.put({ sun: 2 });
    await rig.caught(slot);

    assert.deepEqual([unknown, lag, told], [undefined, 3, 0]);
    assert.deepEqual(rig.caughtUp, [slot]);
  });

  test('becomes a task that reads the tail alone', async () => {
    await using rig = await StandbyRig.open();
    await rig.put(manyRows(500));
    const slot = rig.add();
    await rig.caught(slot);
    const { closing } = ready(slot.find(store));
    rig.port.beforePoll = () => Promise.reject(new LogUnavailableError('it cannot be reached'));
    await rig.put({ sun: 7, moon: 8 });

    const { stores, freed } = rig.standbys.release('1_0');
    await freed;
    rig.port.beforePoll = async () => {};
    await stores?.open(new AbortController().signal);

    assert.deepEqual(rig.restored, [2, 0], 'of 502 records two were read');
    assert.equal(stores?.find(store)?.state, 'ready');
    assert.deepEqual(rig.standbys.slots, []);
    assert.ok(closing.aborted, 'whoever reads the standby is sent away');
    await stores?.close('clean');
  });

  test('that has hardly begun becomes a task, too: its files are opened once', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    rig.add();
    // Files take a turn of the event loop to open: this is in the middle of it.
    for (let step = 0; rig.engines.opened === 0 && step < 100; step++) await Promise.resolve();

    const { stores, freed } = rig.standbys.release('1_0');
    await freed;
    await stores?.open(new AbortController().signal);
    await stores?.close('clean');

    assert.equal(rig.engines.opened, 1);
    assert.deepEqual(rig.engines.closed, ['clean']);
    assert.deepEqual(rig.failures, []);
  });

  test('comes of a task with what that has, committed rows only', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const stores = rig.newStores();
    await stores.open(new AbortController().signal);
    assert.deepEqual(rig.restored, [1, 0]);
    const engine = rig.engines.only;
    let applied = 0;
    rig.engines.beforeApply = async () => {
      applied++;
    };

    rig.standbys.add(rig.plan, { stores, freed: Promise.resolve() });
    const [slot] = rig.standbys.slots;
    assert.ok(slot);
    await rig.caught(slot);

    assert.equal(rig.get(slot, 'sun'), 1);
    assert.equal(applied, 0, 'nothing was read again');
    assert.equal(rig.engines.only, engine);
  });

  test('waits until the task before it is gone', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const gone = Promise.withResolvers<void>();

    rig.standbys.add(rig.plan, { stores: undefined, freed: gone.promise });
    const [slot] = rig.standbys.slots;
    assert.ok(slot);
    await turns();
    const before = slot.find(store)?.state;
    gone.resolve();
    await rig.caught(slot);

    assert.equal(before, 'restoring');
  });

  test('that went and comes again waits for its own files', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const first = rig.add();
    await rig.caught(first);

    rig.standbys.remove([first]);
    const second = rig.add();
    await rig.caught(second);

    assert.deepEqual(rig.engines.closed, ['clean']);
    assert.equal(rig.get(second, 'sun'), 1);
    assert.equal(first.find(store)?.state, 'restoring');
  });
});

suite('readers of a standby', () => {
  const place = { store, partition: 0 };
  const key = encodeToBytes(utf8, 'sun');

  test('are told the row, how far behind it is, and where in the changelog that is', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const slot = rig.add();
    await rig.caught(slot);
    const peer = peerOf(rig);

    const answer = await peer.get({ ...place, key, standby: 'allowed' });

    assert.equal(answer.state, 'found');
    assert.deepEqual(
      answer.state === 'found' && [answer.standbyLag, answer.changelogOffset],
      [0, 1],
    );
    assert.deepEqual(answer.state === 'found' && answer.position, [
      { topic: changelog.name, partition: 0, offset: 0 },
    ]);
    assert.deepEqual(peer.role(place), { role: 'standby', generation: 1, lag: 0 });
  });

  test('are sent elsewhere unless they say that a standby is good enough', async () => {
    await using rig = await StandbyRig.open();
    await rig.caught(rig.add());
    const peer = peerOf(rig);

    const answer = await peer.get({ ...place, key, standby: 'refused' });
    const another = await peer.get({ store, partition: 1, key, standby: 'allowed' });

    assert.deepEqual([answer.state, another.state], ['elsewhere', 'elsewhere']);
  });

  test('are told that it begins anew when they meet damage, and find it whole again', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const slot = rig.add();
    await rig.caught(slot);
    const peer = peerOf(rig);
    rig.engines.damage = new StoreDamagedError(store, '', { damage: 'it is rust' });

    const damaged = await peer.get({ ...place, key, standby: 'allowed' });
    await rig.caught(slot);
    const whole = await peer.get({ ...place, key, standby: 'allowed' });

    assert.deepEqual([damaged.state, whole.state], ['restoring', 'found']);
    assert.equal(rig.engines.discarded, 1);
  });
});

suite('a standby goes on', () => {
  test('when the log was away: while it reads and before it begins', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const away = () => Promise.reject(new LogUnavailableError('it is away'));
    rig.port.beforeAdmin = away;
    const slot = rig.add();
    await until('it has tried', () => rig.errors.length > 1);
    rig.port.beforePoll = away;
    rig.port.beforeAdmin = async () => {};
    await until('it has looked', () => slot.lag !== undefined);
    const tried = rig.errors.length;
    await until('it has tried to read', () => rig.errors.length > tried + 1);
    rig.port.beforePoll = async () => {};

    await rig.caught(slot);

    assert.equal(rig.get(slot, 'sun'), 1);
    assert.deepEqual([...new Set(rig.errors.map(({ code }) => code))], ['LOG_UNAVAILABLE']);
    assert.deepEqual(rig.failures, []);
  });

  test('where it was when the disk had no room', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    let left = 3;
    rig.engines.beforeApply = async () => {
      if (left-- > 0) throw new StoreUnavailableError(store, 'unavailable', { why: 'it is full' });
    };

    const slot = rig.add();
    await rig.caught(slot);

    assert.equal(rig.get(slot, 'sun'), 1);
    assert.equal(rig.errors.length, 3);
  });

  test('from the beginning when a reader meets damage', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const slot = rig.add();
    await rig.caught(slot);

    rig.standbys.damaged(slot, new StoreDamagedError(store, '', { damage: 'it is rust' }));
    const during = slot.find(store)?.state;
    await rig.caught(slot);

    assert.equal(during, 'restoring');
    assert.equal(rig.engines.discarded, 1);
    assert.equal(rig.get(slot, 'sun'), 1);
    assert.deepEqual(
      rig.errors.map(({ code }) => code),
      ['STORE_DAMAGED'],
    );
  });

  test('from the beginning when its engine finds damage', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    let isDamaged = true;
    rig.engines.beforeApply = async () => {
      if (isDamaged) throw new StoreDamagedError(store, '', { damage: 'it is rust' });
    };
    const slot = rig.add();
    await until('it is met', () => rig.engines.discarded > 0);
    isDamaged = false;

    await rig.caught(slot);

    assert.equal(rig.get(slot, 'sun'), 1);
  });

  test('from the beginning when the changelog is another topic of that name', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1, moon: 1 });
    const slot = rig.add();
    await rig.caught(slot);

    await rig.port.admin.deleteTopics([changelog.name]);
    await rig.createChangelog();
    await rig.put({ sea: 1 });
    await until('it has the other one', () => rig.get(slot, 'sea') === 1);

    assert.equal(rig.get(slot, 'sun'), undefined);
    assert.equal(rig.engines.discarded, 1);
  });

  test('from the beginning when records were removed that it has not read', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const slot = rig.add();
    await rig.caught(slot);
    const gate = Promise.withResolvers<void>();
    rig.port.beforePoll = () => gate.promise;
    // What ends the poll that is on its way.
    await rig.put({ moon: 1 });
    await rig.caught(slot);
    await rig.put({ sea: 1, wind: 1 });

    await rig.port.admin.deleteRecords([{ topic: changelog.name, partition: 0, offset: 3 }]);
    gate.resolve();
    await until('it has what is left', () => rig.get(slot, 'wind') === 1);

    assert.equal(rig.engines.discarded, 1);
    assert.deepEqual(
      ['sun', 'moon', 'sea'].map((word) => rig.get(slot, word)),
      [undefined, undefined, undefined],
    );
  });
});

suite('the checkpoint of a standby', () => {
  test('lets another worker go on from it', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1, moon: 1 });
    await rig.caught(rig.add());
    await rig.standbys.close('clean');
    await rig.put({ sun: 2 });
    let applied = 0;
    rig.engines.beforeApply = async () => {
      applied++;
    };

    const later = rig.newStandbys();
    const slot = rig.add(later);
    await rig.caught(slot);

    assert.equal(applied, 1);
    assert.deepEqual([rig.get(slot, 'sun'), rig.get(slot, 'moon')], [2, 1]);
    await later.close('clean');
  });

  test('is as old as the question that found the end of the changelog', async () => {
    const clock = new ManualClock(dayMs);
    await using rig = await StandbyRig.open(clock);
    await rig.put({ sun: 1 });
    const slot = rig.add();
    await rig.caught(slot);
    const gate = Promise.withResolvers<void>();
    rig.port.afterPoll = () => gate.promise;
    await rig.put({ sun: 2 });
    clock.advance(1000);
    gate.resolve();
    await rig.caught(slot);
    const first = rig.engines.only?.checkpoint;
    await rig.put({ sun: 3 });
    await rig.caught(slot);

    assert.deepEqual([first?.offset, first?.flushedAtMs], [2, dayMs]);
    assert.equal(rig.engines.only?.checkpoint?.flushedAtMs, dayMs + 1000);
  });

  test('is worth nothing when it was behind for longer than deletions are kept', async () => {
    const clock = new ManualClock(dayMs);
    await using rig = await StandbyRig.open(clock);
    await rig.put({ sun: 1 });
    const slot = rig.add();
    await rig.caught(slot);
    await until('it waits for more', () => rig.port.consumers === 1);
    const gate = Promise.withResolvers<void>();
    rig.port.afterPoll = () => gate.promise;
    await rig.put({ moon: 1 });

    clock.advance(dayMs + 1);
    gate.resolve();
    await until('it begins anew', () => {
      clock.advance(1);
      return rig.engines.discarded > 0;
    });
    await rig.caught(slot);

    assert.deepEqual([rig.get(slot, 'sun'), rig.get(slot, 'moon')], [1, 1]);
  });
});

suite('standbys that end', () => {
  test('while they read let go of everything', async () => {
    await using rig = await StandbyRig.open();
    await rig.put({ sun: 1 });
    const isApplying = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    rig.engines.beforeApply = () => {
      isApplying.resolve();
      return gate.promise;
    };
    rig.add();
    await isApplying.promise;

    const closed = rig.standbys.close('abandoned');
    gate.resolve();
    await closed;

    assert.deepEqual(rig.engines.closed, ['abandoned']);
    assert.equal(rig.port.consumers, 0);
    assert.deepEqual(rig.errors, []);
  });

  test('while they begin, or wait to try again, let go of everything', async () => {
    await using rig = await StandbyRig.open();
    const gate = Promise.withResolvers<void>();
    rig.port.beforeAdmin = () => gate.promise;
    rig.add();
    await turns();
    await rig.standbys.close('abandoned');
    gate.resolve();

    const others = rig.newStandbys();
    rig.port.beforeAdmin = () => Promise.reject(new LogUnavailableError('it is away'));
    rig.add(others);
    await until('it has tried', () => rig.errors.length > 0);
    await others.close('clean');

    assert.deepEqual(rig.engines.closed, ['abandoned', 'clean']);
    assert.equal(rig.port.consumers, 0);
  });

  test('take no more in', async () => {
    await using rig = await StandbyRig.open();
    await rig.standbys.close('clean');

    rig.standbys.add(rig.plan, { stores: undefined, freed: Promise.resolve() });

    assert.deepEqual(rig.standbys.slots, []);
  });
});

/** An instance that has the rig’s standbys and no task. */
function peerOf(rig: StandbyRig): WorkerPeer {
  return new WorkerPeer({
    clock: system,
    processId: () => 'one',
    worker: () => ({
      slots: [],
      standbys: rig.standbys.slots,
      generation: 1,
      share: undefined,
      waitFor: async () => 'closed',
      damaged: () => undefined,
      standbyDamaged: (slot, error) => rig.standbys.damaged(slot, error),
    }),
  });
}

function manyRows(count: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`word-${at}`, at]));
}

function ready<T extends { readonly state: string }>(found: T | undefined) {
  assert.equal(found?.state, 'ready');
  return found as Extract<T, { readonly state: 'ready' }>;
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
