import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  LogUnavailableError,
  TransactionAbortedError,
  TransactionInDoubtError,
} from '../../src/errors/log-errors.ts';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { batchOf } from '../contract/log-records.ts';
import { CrashDisk } from './crash-disk.ts';
import { liveOn, openOn, referenceAfter, smallFiles } from './crashed-log.ts';
import { doStep, dumpOf, type LogStep } from './log-steps.ts';

const place = { topic: 'red', partition: 0 };
const other = { topic: 'red', partition: 1 };
const full = { code: 'ENOSPC' };

const first: LogStep = { do: 'create', name: 'red', partitions: 2 };
const steps: readonly LogStep[] = [
  { do: 'append', place, values: ['a', 'b'] },
  transaction('c'),
  { do: 'append', place: other, values: ['d'.repeat(300)] },
  {
    do: 'offsets',
    offsets: { groupId: 'group', offsets: [{ ...place, offset: 1, metadata: '' }] },
  },
  transaction('e'.repeat(200)),
  { do: 'create', name: 'blue', partitions: 1 },
  transaction('f'),
];

suite('the embedded log on a full disk', () => {
  for (const fsync of ['interval', 'commit'] as const) {
    test(`refuses what has no room and goes on when there is (fsync '${fsync}')`, async () => {
      const changes = await countChanges(fsync);
      for (let change = 0; change < changes; change++) {
        for (const bytes of [0, 5, 100]) {
          for (const howLong of [1, 2, 4]) await failAt({ change, bytes, howLong }, fsync);
        }
      }
    });
  }

  test('has nothing of a commit without room, and takes it later', async () => {
    const disk = new CrashDisk();
    const log = await openOn(disk);
    await doStep(log, first);
    disk.failing = () => ({ bytes: 3, error: noSpace() });
    const producer = log.producer();

    await assert.rejects(producer.append(place, batchOf('a')), { retriable: true, ...unavailable });
    await assert.rejects(doStep(log, transaction('b')), TransactionAbortedError);

    disk.failing = () => undefined;
    assert.equal(await producer.append(place, batchOf('c')), 0);
  });
});

suite('the embedded log on a disk that cannot sync', () => {
  test('takes no more writes, because the system may have dropped some', async () => {
    const disk = new CrashDisk();
    const clock = new ManualClock();
    const log = await openOn(disk, {}, clock);
    await doStep(log, first);
    const { durable } = await doStep(log, transaction('a'));
    disk.failing = (what) => (what.startsWith('sync') ? { bytes: 0, error: broken() } : undefined);
    clock.advance(100);
    await assert.rejects(durable, LogUnavailableError);
    disk.failing = () => undefined;

    const late = log.producer().append(place, batchOf('late'));

    await assert.rejects(late, { ...unavailable, retriable: false });
    assert.match(await dumpOf(log), /red-0 \[0, 1\)/);
    await assert.rejects(log.close(), LogUnavailableError);
  });

  test('does not know of a commit whose journal was not synced', async () => {
    const disk = new CrashDisk();
    const log = await openOn(disk, { fsync: 'commit' });
    await doStep(log, first);
    await doStep(log, transaction('before'));
    disk.failing = (what) =>
      what.startsWith('sync journal') ? { bytes: 0, error: broken() } : undefined;

    await assert.rejects(doStep(log, transaction('in doubt')), TransactionInDoubtError);

    const again = await openOn(disk.afterKill());
    assert.match(await dumpOf(again), /red-0 \[0, 2\).*in doubt/);
  });

  test('has nothing of a commit whose records were not synced', async () => {
    const disk = new CrashDisk();
    const log = await openOn(disk, { fsync: 'commit' });
    await doStep(log, first);
    await doStep(log, transaction('before'));
    disk.failing = (what) =>
      what.startsWith('sync topics') ? { bytes: 0, error: broken() } : undefined;

    await assert.rejects(doStep(log, transaction('never')), { ...unavailable, retriable: false });

    const again = await openOn(disk.afterKill());
    assert.match(await dumpOf(again), /red-0 \[0, 1\)/);
  });

  test('cannot be opened, and can once it syncs again', async () => {
    const disk = new CrashDisk();
    disk.failing = (what) => (what.startsWith('sync') ? { bytes: 0, error: broken() } : undefined);
    await assert.rejects(openOn(disk), LogUnavailableError);

    disk.failing = () => undefined;

    await doStep(await openOn(disk), first);
  });
});

const unavailable = { name: 'LogUnavailableError', code: 'LOG_UNAVAILABLE' };

function noSpace(): LogUnavailableError {
  const cause = Object.assign(new Error('ENOSPC'), full);
  return new LogUnavailableError('no space left on the disk', { cause, retriable: true });
}

function broken(): LogUnavailableError {
  return new LogUnavailableError('the disk failed', { retriable: false });
}

function transaction(value: string): LogStep {
  const parts = [place, other].map((each) => ({ place: each, values: [value] }));
  const offsets = { groupId: 'group', offsets: [{ ...place, offset: 1, metadata: value }] };
  return { do: 'transaction', parts, offsets };
}

/** How often the disk is changed while all steps are done. */
async function countChanges(fsync: 'interval' | 'commit'): Promise<number> {
  const disk = new CrashDisk();
  const log = await openOn(disk, { fsync, ...smallFiles });
  await doStep(log, first);
  const before = disk.steps.length;
  await liveOn(log, steps);
  return disk.steps.length - before;
}

interface FailingChanges {
  readonly change: number;
  readonly bytes: number;
  readonly howLong: number;
}

/** Lets some changes fail for want of room; what was refused must be missing, and nothing else. */
async function failAt(
  { change, bytes, howLong }: FailingChanges,
  fsync: 'interval' | 'commit',
): Promise<void> {
  const disk = new CrashDisk();
  const log = await openOn(disk, { fsync, ...smallFiles });
  await doStep(log, first);
  let changes = 0;
  disk.failing = (what) => {
    if (what.startsWith('sync')) return undefined;
    const fails = changes >= change && changes < change + howLong;
    changes++;
    return fails ? { bytes, error: noSpace() } : undefined;
  };
  const done = [first];
  for (const step of steps) if (await isTaken(log, step)) done.push(step);
  const expected = await dumpOf(await referenceAfter(done));
  const where = `at change ${change}, for ${howLong}, of which ${bytes} bytes are done`;
  assert.equal(await dumpOf(log), expected, where);
  const again = await openOn(disk.afterKill());
  assert.equal(await dumpOf(again), expected, `${where}, opened again`);
}

async function isTaken(log: EmbeddedLog, step: LogStep): Promise<boolean> {
  try {
    await doStep(log, step);
    return true;
  } catch (error) {
    assert(error instanceof LogUnavailableError || error instanceof TransactionAbortedError);
    return false;
  }
}
