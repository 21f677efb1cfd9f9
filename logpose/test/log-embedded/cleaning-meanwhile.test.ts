import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LogUnavailableError } from '../../src/errors/log-errors.ts';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { recordsIn } from '../contract/log-records.ts';
import {
  bytesOn,
  clean,
  createRed,
  listen,
  place,
  put,
  rowsOf,
  segmentsOn,
  startMs,
  sync,
} from './cleaning-kit.ts';
import { CrashDisk } from './crash-disk.ts';
import { openOn } from './crashed-log.ts';

const tiny = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'segment.bytes': '1',
};
const count = 40;
/** The last of each key, and what stands in front of the segment that grows. */
const cleaned = ['37:k1=37', '38:k0=38', '39:k1=39'];

suite('while an embedded log is cleaned', () => {
  test('records are written and read', async () => {
    const { log, clock } = await openOverwritten();
    const consumer = log.consumer({ maxPartitionBytes: 1 });
    consumer.assign([{ ...place, offset: 0 }]);
    const read: number[] = [];

    const cleaning = log.housekeeping.run();
    for (let turn = 0; turn < count; turn++) {
      await put(log, startMs, `new${turn}=1`);
      read.push(...recordsIn(await consumer.poll(0)).map(({ offset }) => offset));
      await new Promise(setImmediate);
    }
    await cleaning;
    await clean(log, clock);

    assert.deepEqual(
      read,
      read.toSorted((left, right) => left - right),
    );
    const rows = await rowsOf(log);
    assert.deepEqual(rows.slice(0, 2), [
      `${count - 2}:k0=${count - 2}`,
      `${count - 1}:k1=${count - 1}`,
    ]);
    assert.equal(rows.length, 2 + count);
  });

  test('records are given up, and stay so', async () => {
    await atEachTurn(async ({ log, clock }, turn) => {
      const cleaning = log.housekeeping.run();
      await turns(turn);
      await log.admin.deleteRecords([{ ...place, offset: count - 1 }]);
      await cleaning;
      await clean(log, clock);

      assert.deepEqual(await rowsOf(log), [`${count - 1}:k1=${count - 1}`]);
    });
  });

  test('its topic is deleted, and made again under the same name', async () => {
    await atEachTurn(async ({ log, disk, clock }, turn) => {
      const cleaning = log.housekeeping.run();
      await turns(turn);
      await log.admin.deleteTopics(['red']);
      await createRed(log, tiny);
      await put(log, startMs, 'k0=new');
      await cleaning;
      await sync(clock);

      assert.deepEqual(await rowsOf(log), ['0:k0=new']);
      assert.deepEqual(
        segmentsOn(disk).filter((path) => path.startsWith('topics/0.')),
        [],
      );
      await log.close();
      const again = await openOn(disk.copy(), {}, clock);
      assert.deepEqual(await rowsOf(again), ['0:k0=new']);
    });
  });

  test('the log is closed, and leaves nothing half', async () => {
    await atEachTurn(async ({ log, disk, clock }, turn) => {
      const cleaning = log.housekeeping.run();
      await turns(turn);
      await log.close();
      await cleaning;

      const left = segmentsOn(disk);
      const again = await openOn(disk.copy(), {}, clock);
      assert.deepEqual(left, segmentsOn(disk));
      await clean(again, clock);
      assert.deepEqual(await rowsOf(again), cleaned);
    });
  });
});

suite('cleaning that fails', () => {
  test('for want of space loses nothing, says so once, and is tried again', async (t) => {
    const warnings = listen(t);
    const { log, disk, clock } = await openOverwritten();
    const before = { rows: await rowsOf(log), bytes: bytesOn(disk) };
    disk.failing = (step) => (/\.1\.log$/.test(step) ? { bytes: 20, error: noSpace() } : undefined);

    await clean(log, clock);
    await clean(log, clock);
    assert.deepEqual({ rows: await rowsOf(log), bytes: bytesOn(disk) }, before);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /red-0 could not be cleaned, and is tried again: no space/);

    disk.failing = () => undefined;
    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), cleaned);
    assert.equal(warnings.length, 1);
  });

  test('in the middle, at any change of the disk, leaves what can be cleaned later', async (t) => {
    listen(t);
    for (let change = 0; change < 30; change++) {
      const { log, disk, clock } = await openOverwritten();
      let changes = 0;
      disk.failing = (step) => {
        if (step.startsWith('sync')) return undefined;
        return changes++ === change ? { bytes: 20, error: noSpace() } : undefined;
      };
      await clean(log, clock);
      disk.failing = () => undefined;
      assert.equal((await log.admin.offsetRanges([place]))[0]?.endOffset, count);

      await clean(log, clock);

      assert.deepEqual(await rowsOf(log), cleaned, `at change ${change}`);
      const again = await openOn(disk.afterKill(), {}, clock);
      assert.deepEqual(await rowsOf(again), cleaned, `at change ${change}, opened again`);
    }
  });

  test('because records are damaged stops there, says so, and leaves them', async (t) => {
    const warnings = listen(t);
    const { log, disk, clock } = await openOverwritten();
    await log.close();
    const copy = disk.copy();
    const damaged = segmentsOn(copy)[5] ?? '';
    copy.flip(damaged, 70, 0x10);
    const again = await openOn(copy, {}, clock);

    await clean(again, clock);
    await put(again, startMs, 'k0=9');
    await clean(again, clock);

    assert.deepEqual(segmentsOn(copy).slice(0, count), segmentsOn(disk));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /red-0 any more.*another CRC at red-0@5/);
  });

  test('because the disk cannot sync ends with the log', async (t) => {
    const warnings = listen(t);
    const { log, disk, clock } = await openOverwritten();
    disk.failing = (step) =>
      step.startsWith('sync topics/0.red/') && !step.endsWith('.log')
        ? { bytes: 0, error: new LogUnavailableError('the disk failed', { retriable: false }) }
        : undefined;

    await clean(log, clock);

    assert.equal((await rowsOf(log)).length, count);
    await assert.rejects(put(log, startMs, 'late=1'), { retriable: false });
    assert(warnings.length <= 1);
    disk.failing = () => undefined;
    const again = await openOn(disk.afterKill(), {}, clock);
    assert.equal((await rowsOf(again)).length, count);
  });
});

/** Two keys, overwritten again and again, each record in a segment of its own. */
async function openOverwritten() {
  const disk = new CrashDisk();
  const clock = new ManualClock(startMs);
  const options = { cleaningIntervalMs: Number.MAX_SAFE_INTEGER };
  const log = await openOn(disk, options, clock);
  await createRed(log, tiny);
  for (let round = 0; round < count; round++) await put(log, startMs, `k${round % 2}=${round}`);
  return { log, disk, clock };
}

type World = {
  readonly log: EmbeddedLog;
  readonly disk: CrashDisk;
  readonly clock: ManualClock;
};

/** Runs with a new log for each turn of the event loop that cleaning has. */
async function atEachTurn(run: (world: World, turn: number) => Promise<void>): Promise<void> {
  for (let turn = 0; turn < 3 * count; turn += 3) await run(await openOverwritten(), turn);
}

async function turns(number: number): Promise<void> {
  for (let turn = 0; turn < number; turn++) await new Promise(setImmediate);
}

function noSpace(): LogUnavailableError {
  const cause = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  return new LogUnavailableError('no space left on the disk', { cause, retriable: true });
}
