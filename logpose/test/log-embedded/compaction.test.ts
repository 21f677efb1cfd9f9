import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { EmbeddedLogOptions } from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import {
  bytesOn,
  clean,
  createRed,
  dayMs,
  hourMs,
  place,
  put,
  readAll,
  rowsOf,
  segmentsOn,
  startMs,
} from './cleaning-kit.ts';
import { CrashDisk } from './crash-disk.ts';
import { openOn } from './crashed-log.ts';

/** A segment for each batch, and each is worth compaction. */
const eager = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' };
const tiny = { ...eager, 'segment.bytes': '1' };

suite('compaction', () => {
  test('leaves the last record of each key, where it was', async () => {
    const { log, clock } = await openRed(tiny);
    await put(log, startMs, 'a=1', 'b=1', 'c=1');
    await put(log, startMs + 1, 'a=2');
    await put(log, startMs + 2, 'b=2', 'a=3');
    await put(log, startMs + 3, 'd=1');

    await clean(log, clock);

    const records = await readAll(log);
    assert.deepEqual(
      records.map(({ offset, key, value, timestamp }) => [offset, key, value, timestamp - startMs]),
      [
        [2, 'c', '1', 0],
        [4, 'b', '2', 2],
        [5, 'a', '3', 2],
        [6, 'd', '1', 3],
      ],
    );
  });

  test('moves neither end of a partition', async () => {
    const { log, clock } = await openRed(tiny);
    for (let round = 0; round < 5; round++) await put(log, startMs, `a=${round}`);
    const before = await log.admin.offsetRanges([place]);

    await clean(log, clock);

    assert.deepEqual(await log.admin.offsetRanges([place]), before);
    assert.deepEqual(await rowsOf(log), ['3:a=3', '4:a=4']);
  });

  test('does not touch the segment that grows', async () => {
    const { log, clock } = await openRed(eager);
    await put(log, startMs, 'a=1');
    await put(log, startMs, 'a=2');

    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['0:a=1', '1:a=2']);
  });

  test('gets to the segment that grows when segment.ms is over', async () => {
    const { log, clock } = await openRed({ ...eager, 'segment.ms': `${hourMs}` });
    await put(log, startMs, 'a=1');
    await put(log, startMs, 'a=2');

    clock.advance(hourMs + 1);
    await clean(log, clock);
    await put(log, clock.nowMs(), 'a=3');

    assert.deepEqual(await rowsOf(log), ['1:a=2', '2:a=3']);
  });

  test('gets to it when max.compaction.lag.ms is over, however little is new', async () => {
    const lag = { 'max.compaction.lag.ms': `${hourMs}`, 'min.cleanable.dirty.ratio': '1' };
    const { log, clock } = await openRed({ ...eager, ...lag });
    await put(log, startMs, 'a=1', 'a=2');

    clock.advance(hourMs + 1);
    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['1:a=2']);
  });

  test('waits until min.cleanable.dirty.ratio of the bytes are new', async () => {
    const { log, clock } = await openRed({ ...tiny, 'min.cleanable.dirty.ratio': '0.5' });
    for (const key of ['a', 'b', 'c', 'd']) await put(log, startMs, `${key}=${'x'.repeat(100)}`);
    await clean(log, clock);

    await put(log, startMs, 'a=2');
    await put(log, startMs, 'e=1');
    await clean(log, clock);

    assert.equal((await rowsOf(log)).length, 6);
    for (let round = 0; round < 10; round++) await put(log, startMs, `a=${round}`);
    await clean(log, clock);
    assert.equal((await rowsOf(log)).length, 6);
  });

  test('leaves records alone that are younger than min.compaction.lag.ms', async () => {
    const { log, clock } = await openRed({ ...tiny, 'min.compaction.lag.ms': `${hourMs}` });
    await put(log, startMs - 2 * hourMs, 'a=1');
    await put(log, startMs - 2 * hourMs, 'a=2');
    await put(log, startMs, 'a=3');
    await put(log, startMs, 'a=4');

    await clean(log, clock);

    assert.deepEqual(await rowsOf(log), ['1:a=2', '2:a=3', '3:a=4']);
  });

  test('keeps deletions for delete.retention.ms, from when they were last of all', async () => {
    const { log, clock } = await openRed({ ...tiny, 'delete.retention.ms': `${hourMs}` });
    await put(log, startMs, 'a=1');
    await put(log, startMs, 'a');
    await put(log, startMs, 'b=1');
    clock.advance(10 * dayMs);

    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), ['1:a', '2:b=1']);

    clock.advance(hourMs - 200);
    await put(log, startMs, 'c=1');
    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), ['1:a', '2:b=1', '3:c=1']);

    clock.advance(1000);
    await put(log, startMs, 'd=1');
    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), ['2:b=1', '3:c=1', '4:d=1']);
  });

  test('keeps the times of deletions although their horizon stands in the batch', async () => {
    const { log, clock } = await openRed(tiny);
    await put(log, startMs - 5, 'a=1', 'b=1');
    await put(log, startMs - 3, 'a', 'c=2');
    await put(log, startMs, 'd=1');

    await clean(log, clock);

    const times = (await readAll(log)).map(({ key, timestamp }) => [key, timestamp - startMs]);
    assert.deepEqual(times, [
      ['b', -5],
      ['a', -3],
      ['c', -3],
      ['d', 0],
    ]);
  });

  test('keeps records without a key: nothing comes in their place', async () => {
    const { log, clock } = await openRed(tiny);
    const { batchOf } = await import('../contract/log-records.ts');
    for (const value of ['x', 'y', 'z']) await log.producer().append(place, batchOf(value));

    await clean(log, clock);

    assert.equal((await rowsOf(log)).length, 3);
  });

  test('puts small segments together', async () => {
    const { log, disk, clock } = await openRed({ ...eager, 'segment.bytes': '300' });
    for (let round = 0; round < 40; round++) await put(log, startMs, `k${round % 4}=${round}`);
    const before = { segments: segmentsOn(disk).length, bytes: bytesOn(disk) };

    await clean(log, clock);
    for (let round = 0; round < 4; round++) await put(log, startMs, `k${round % 4}=${round}`);
    await clean(log, clock);

    const after = { segments: segmentsOn(disk).length, bytes: bytesOn(disk) };
    assert(before.segments >= 10, `${before.segments} segments before`);
    assert(after.segments <= 5, `${after.segments} segments after`);
    assert(after.bytes < before.bytes / 4, `${after.bytes} of ${before.bytes} bytes`);
  });

  test('goes over all keys, also when few of them fit into memory at once', async () => {
    const { log, clock } = await openRed(tiny, { maxCompactionBytes: 200 });
    for (let round = 0; round < 3; round++) {
      for (let key = 0; key < 30; key++) await put(log, startMs, `key-${key}=${round}`);
    }
    await put(log, startMs, 'last=1');

    await clean(log, clock);

    const rows = await rowsOf(log);
    assert.equal(rows.length, 31);
    assert(rows.slice(0, 30).every((row) => row.endsWith('=2')));
  });

  test('happens again and again, and finds its way among gaps', async () => {
    const { log, disk, clock } = await openRed({ ...eager, 'segment.bytes': '500' });
    let most = 0;
    for (let round = 0; round < 300; round++) {
      await put(log, startMs + round, `k${round % 7}=${round}`, `k${(round * 3) % 7}=${round}`);
      if (round % 5 === 0) await clean(log, clock);
      if (round > 50) most = Math.max(most, bytesOn(disk));
    }

    const last = new Map((await readAll(log)).map(({ key, value }) => [key, value]));
    assert.equal(last.size, 7);
    assert(most < 4000, `${most} bytes at most`);
  });

  test('is seen by readers as nothing but missing records, wherever they stand', async () => {
    const { log, clock } = await openRed(tiny);
    for (let round = 0; round < 8; round++) await put(log, startMs, `k${round % 2}=${round}`);
    const consumer = log.consumer({ maxPartitionBytes: 1 });
    consumer.assign([{ ...place, offset: 0 }]);
    const [first] = await consumer.poll(0);
    assert.equal(first?.nextOffset, 1);

    await clean(log, clock);

    const offsets: number[] = [];
    const { recordsIn } = await import('../contract/log-records.ts');
    for (let next = 1; next < 8; ) {
      const [fetched] = await consumer.poll(0);
      assert(fetched !== undefined);
      offsets.push(...recordsIn([fetched]).map(({ offset }) => offset));
      next = fetched.nextOffset;
    }
    assert.deepEqual(offsets, [5, 6, 7]);
  });

  test('is there after the log was opened again, and goes on', async () => {
    const { log, disk, clock } = await openRed(tiny);
    for (let round = 0; round < 5; round++) await put(log, startMs, `a=${round}`, `b${round}=1`);
    await clean(log, clock);
    const before = await readAll(log);
    await log.close();

    const again = await openOn(disk.copy(), {}, clock);
    assert.deepEqual(await readAll(again), before);
    await put(again, startMs, 'a=9');
    await clean(again, clock);
    await put(again, startMs, 'a=10');
    await clean(again, clock);

    const rows = await rowsOf(again);
    assert.deepEqual(
      rows.filter((row) => row.includes('a=')),
      ['10:a=9', '11:a=10'],
    );
  });

  test('with retention, removes both what is old and what is overwritten', async () => {
    const both = { ...tiny, 'cleanup.policy': 'compact,delete', 'retention.ms': `${dayMs}` };
    const { log, clock } = await openRed(both);
    await put(log, startMs - 2 * dayMs, 'old=1');
    await put(log, startMs, 'a=1');
    await put(log, startMs, 'a=2');
    await put(log, startMs, 'a=3');

    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), ['2:a=2', '3:a=3']);

    clock.advance(dayMs + 1);
    await clean(log, clock);
    assert.deepEqual(await rowsOf(log), []);
  });

  test('finds records by time behind it as before', async () => {
    const { log, clock } = await openRed(tiny);
    for (let round = 0; round < 6; round++) await put(log, startMs + round, `k${round % 3}=1`);

    await clean(log, clock);

    const times = [0, 2, 3, 5, 6].map((ms) => ({ ...place, timestampMs: startMs + ms }));
    assert.deepEqual(await log.admin.offsetsForTimes(times), [2, 2, 3, 5, undefined]);
  });
});

async function openRed(
  config: Readonly<Record<string, string>>,
  options: Partial<EmbeddedLogOptions> = {},
) {
  const disk = new CrashDisk();
  const clock = new ManualClock(startMs);
  const log = await openOn(disk, options, clock);
  await createRed(log, config);
  return { log, disk, clock };
}
