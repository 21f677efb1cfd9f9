import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ConfigError } from '../../src/errors/config-errors.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import {
  bytesOn,
  clean,
  createRed,
  dayMs,
  hourMs,
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

/** A segment for each batch of a test. */
const tiny = { 'segment.bytes': '1' };

suite('retention by time', () => {
  test('gives up segments whose latest record is older, from the front', async () => {
    const { log, disk, clock } = await openRed({ ...tiny, 'retention.ms': `${dayMs}` });
    await put(log, startMs, 'a=1');
    await put(log, startMs + 2, 'a=2');
    await put(log, startMs + 1, 'a=3');
    await put(log, startMs + 9, 'a=4');

    clock.advance(dayMs + 2);
    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['1:a=2', '2:a=3', '3:a=4']);
    assert.equal(segmentsOn(disk).length, 3);
  });

  test('goes by what records say of their time, not by when they came', async () => {
    const { log, clock } = await openRed({ ...tiny, 'retention.ms': `${dayMs}` });
    await put(log, startMs - 2 * dayMs, 'old=1');
    await put(log, startMs + dayMs, 'future=2');

    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['1:future=2']);
  });

  test('keeps records for seven days where a topic says nothing', async () => {
    const { log, clock } = await openRed(tiny);
    await put(log, startMs, 'a=1');
    await put(log, startMs + dayMs, 'a=2');

    clock.advance(7 * dayMs);
    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), ['0:a=1', '1:a=2']);

    clock.advance(1);
    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), ['1:a=2']);
  });

  test('keeps records for ever where retention.ms is -1', async () => {
    const { log, clock } = await openRed({ ...tiny, 'retention.ms': '-1' });
    await put(log, 0, 'a=1');

    clock.advance(10_000 * dayMs);
    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['0:a=1']);
  });

  test('empties a topic to which nobody writes, and offsets go on', async () => {
    const { log, disk, clock } = await openRed({ 'retention.ms': `${hourMs}` });
    await put(log, startMs, 'a=1', 'b=2');

    clock.advance(hourMs + 1);
    await clean(log, clock);

    const [range] = await log.admin.offsetRanges([place]);
    assert.deepEqual([range?.startOffset, range?.endOffset], [2, 2]);
    assert.deepEqual(segmentsOn(disk), []);
    await put(log, clock.nowMs(), 'c=3');
    assert.deepEqual(await rowsOf(log), ['2:c=3']);
  });

  test('lets a segment end when its records span segment.ms, so that old ones can go', async () => {
    const config = { 'retention.ms': `${2 * dayMs}`, 'segment.ms': `${hourMs}` };
    const { log, clock } = await openRed(config);
    for (let hour = 0; hour < 6; hour++) await put(log, startMs + hour * hourMs, `a=${hour}`);

    clock.advance(2 * dayMs + 3 * hourMs);
    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['2:a=2', '3:a=3', '4:a=4', '5:a=5']);
  });

  test('lets segments end by retention.ms where that is shorter than segment.ms', async () => {
    const { log, clock } = await openRed({ 'retention.ms': `${hourMs}` });
    let most = 0;
    for (let minute = 0; minute < 600; minute++) {
      await put(log, clock.nowMs(), `a=${minute}`);
      clock.advance(60_000);
      if (minute % 10 === 0) await clean(log, clock);
      most = Math.max(most, (await rowsOf(log)).length);
    }

    assert(most <= 140, `${most} records of 60 minutes`);
  });

  test('works by itself at every cleaningIntervalMs', async () => {
    const { log, clock } = await openRed({ 'retention.ms': `${hourMs}` });
    await put(log, startMs, 'a=1');

    clock.advance(hourMs - 1);
    await sync(clock);
    clock.advance(15_000);
    await sync(clock);

    assert.deepEqual(await rowsOf(log), []);
  });

  test('knows the times of records that an earlier process wrote', async () => {
    const { log, disk, clock } = await openRed({ ...tiny, 'retention.ms': `${dayMs}` });
    await put(log, startMs, 'a=1');
    await put(log, startMs + hourMs, 'a=2');
    await log.close();
    const again = await openOn(disk.copy(), {}, clock);
    await put(again, startMs + 2 * hourMs, 'a=3');

    clock.advance(dayMs + 2);
    await clean(again, clock);

    assert.deepEqual(await rowsOf(again), ['1:a=2', '2:a=3']);
  });

  test('removes nothing whose time is damaged, says so, and goes on with others', async (t) => {
    const warnings = listen(t);
    const { log, disk, clock } = await openRed({ ...tiny, 'retention.ms': `${dayMs}` });
    await log.admin.createTopics([{ name: 'blue', partitions: 1, config: tiny }]);
    await put(log, startMs + dayMs, 'a=1');
    await put(log, startMs + dayMs, 'a=2');
    await log.close();
    const copy = disk.copy();
    // The time of the batch, which the CRC covers.
    copy.flip('topics/0.red/0-00000000000000000000.log', 40, 0xff);
    const again = await openOn(copy, {}, clock);

    await clean(again, clock);
    await clean(again, clock);

    const [range] = await again.admin.offsetRanges([place]);
    assert.deepEqual([range?.startOffset, range?.endOffset], [0, 2]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /nothing is removed of red-0 any more.*another CRC/);
  });
});

suite('retention by size', () => {
  test('gives up the oldest segments while there is enough without them', async () => {
    const { log, disk, clock } = await openRed({
      ...tiny,
      'retention.ms': '-1',
      'retention.bytes': '200',
    });
    for (let round = 0; round < 10; round++) await put(log, startMs, `a=${round}`);
    const bytes = bytesOn(disk) / 10;

    await clean(log, clock);

    const kept = Math.ceil(200 / bytes);
    assert.equal((await rowsOf(log)).length, kept);
    assert.equal(bytesOn(disk), kept * bytes);
  });

  test('does nothing to a topic that is only compacted', async () => {
    const { log, clock } = await openRed({
      ...tiny,
      'cleanup.policy': 'compact',
      'retention.ms': '1',
      'retention.bytes': '1',
    });
    await put(log, startMs, 'a=1');
    await put(log, startMs, 'b=1');

    clock.advance(dayMs);
    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['0:a=1', '1:b=1']);
  });
});

suite('topics', () => {
  test('refuse to be made with settings that make no sense', async () => {
    const log = await openOn(new CrashDisk());
    const config = { 'retention.ms': 'soon', 'segment.bytes': '-1' };

    const made = log.admin.createTopics([
      { name: 'red', partitions: 1, config },
      { name: 'blue', partitions: 1 },
    ]);

    await assert.rejects(made, (error: unknown) => {
      assert(error instanceof ConfigError);
      assert.equal(error.problems.length, 2);
      return true;
    });
    assert.deepEqual(await log.admin.listTopics(), []);
  });
});

async function openRed(config: Readonly<Record<string, string>>) {
  const disk = new CrashDisk();
  const clock = new ManualClock(startMs);
  const log = await openOn(disk, {}, clock);
  await createRed(log, config);
  return { log, disk, clock };
}
