import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { FsyncPolicy } from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { batchOf, readValues } from '../contract/log-records.ts';
import { CrashDisk } from './crash-disk.ts';
import { openOn } from './crashed-log.ts';

const place = { topic: 'red', partition: 0 };

suite('a commit to the embedded log', () => {
  test("with fsync 'interval' is there at once, and durable within 100 ms", async () => {
    const { log, disk, clock } = await openWithRed('interval');
    const { durable } = await commit(log, 'a');
    let isDurable = false;
    const told = durable.then(() => (isDurable = true));

    clock.advance(99);
    await new Promise(setImmediate);
    assert.equal(isDurable, false);
    clock.advance(1);
    await told;

    assert.deepEqual(syncsOf(disk).slice(-1), ['sync journal-000000000001.tmp']);
    assert.deepEqual(await valuesAfterMachineCrash(disk), ['a']);
  });

  test("with fsync 'commit' is durable when it resolves", async () => {
    const { log, disk } = await openWithRed('commit');

    const { durable } = await commit(log, 'a');

    await durable;
    assert.deepEqual(await valuesAfterMachineCrash(disk), ['a']);
  });

  test("with fsync 'never' is called durable at once, and causes no sync", async () => {
    const { log, disk, clock } = await openWithRed('never');
    const before = syncsOf(disk).length;

    const { durable } = await commit(log, 'a');
    await durable;
    clock.advance(10_000);
    await new Promise(setImmediate);

    assert.equal(syncsOf(disk).length, before);
  });

  for (const fsync of ['interval', 'commit', 'never'] as const) {
    test(`survives a crash of the machine after a close (fsync '${fsync}')`, async () => {
      const { log, disk } = await openWithRed(fsync);
      await commit(log, 'a');

      await log.close();

      assert.deepEqual(await valuesAfterMachineCrash(disk), ['a']);
    });
  }
});

suite('commits that wait together', () => {
  test('are written by one call per segment and one entry', async () => {
    const { log, disk } = await openWithRed('commit');
    await log.producer().append(place, batchOf('before'));
    const before = disk.steps.length;
    const values = Array.from({ length: 50 }, (_, index) => `${index}`);

    await Promise.all(values.map((value) => log.producer().append(place, batchOf(value))));

    assert.deepEqual(disk.steps.slice(before), [
      'write topics/0.red/0-00000000000000000000.log',
      'sync topics/0.red/0-00000000000000000000.log',
      'write journal-000000000001.tmp',
      'sync journal-000000000001.tmp',
    ]);
  });

  test('do not fail together when one of them is refused', async () => {
    const { log } = await openWithRed('commit');
    const producer = log.producer();

    const [first, refused, last] = await Promise.allSettled([
      producer.append(place, batchOf('a')),
      producer.append({ topic: 'nowhere', partition: 0 }, batchOf('never')),
      producer.append(place, batchOf('b')),
    ]);

    assert.deepEqual(first, { status: 'fulfilled', value: 0 });
    assert.equal(refused.status, 'rejected');
    assert.deepEqual(last, { status: 'fulfilled', value: 1 });
  });
});

type Log = Awaited<ReturnType<typeof openOn>>;

async function openWithRed(fsync: FsyncPolicy) {
  const disk = new CrashDisk();
  const clock = new ManualClock();
  const log = await openOn(disk, { fsync }, clock);
  await log.admin.createTopics([{ name: 'red', partitions: 1 }]);
  return { log, disk, clock };
}

async function commit(log: Log, value: string) {
  const producer = await log.transactionalProducer({ transactionalId: 'writer' });
  const transaction = producer.begin();
  transaction.append(place, batchOf(value));
  return transaction.commit();
}

/** What is left when the machine loses everything that was not synced. */
async function valuesAfterMachineCrash(disk: CrashDisk): Promise<readonly (string | null)[]> {
  const log = await openOn(disk.afterMachineCrash('keep-nothing'));
  const consumer = log.consumer();
  consumer.assign([{ ...place, offset: 0 }]);
  return readValues(consumer, 1);
}

function syncsOf(disk: CrashDisk): readonly string[] {
  return disk.steps.filter((step) => step.startsWith('sync'));
}
