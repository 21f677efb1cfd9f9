import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LogDamagedError } from '../../src/errors/log-errors.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { CrashDisk } from './crash-disk.ts';
import { checkIsBeginning, liveOn, openOn, referenceAfter, smallFiles } from './crashed-log.ts';
import { dumpOf, type LogStep } from './log-steps.ts';

const seeds = Number(process.env['LOGPOSE_SEEDS'] ?? 300);
const firstSeed = Number(process.env['LOGPOSE_SEED'] ?? 1);
const place = { topic: 'red', partition: 0 };
const steps: readonly LogStep[] = [
  { do: 'create', name: 'red', partitions: 1 },
  ...['a', 'b', 'c', 'd', 'e', 'f'].map(
    (value): LogStep => ({ do: 'append', place, values: [value, value.repeat(60)] }),
  ),
  {
    do: 'offsets',
    offsets: { groupId: 'group', offsets: [{ ...place, offset: 3, metadata: '' }] },
  },
];

suite('a byte that changes in the files of the embedded log', () => {
  for (const ending of ['closed', 'killed', 'machine crashed'] as const) {
    test(`is never a wrong answer (${ending})`, async () => {
      const disk = await diskAfter(ending);
      // Only a crash of the machine may cost commits, and only the last ones.
      const allowed = await dumpsOfBeginnings(ending === 'machine crashed' ? 2 : 0);
      const counts = { same: 0, refused: 0 };
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const damaged = disk.copy();
        const what = flipSomewhere(damaged, new ManualClock(0, seed));
        const found = await answerOf(damaged);
        if (found === 'refused') counts.refused++;
        else {
          counts.same++;
          assert(allowed.includes(found), `LOGPOSE_SEED=${seed} LOGPOSE_SEEDS=1: ${what}`);
        }
      }
      // What lies outside of a log's contents may change without harm: no more than the lock has.
      assert(counts.refused > seeds / 2, `${JSON.stringify(counts)}`);
    });
  }

  test('in records names the file, the position and what to do', async () => {
    const disk = await diskAfter('killed', {});
    disk.flip('topics/0.red/0-00000000000000000000.log', 200, 1);

    await assert.rejects(openOn(disk), (error) => {
      assert(error instanceof LogDamagedError);
      assert.equal(error.file, 'crash:topics/0.red/0-00000000000000000000.log');
      assert.deepEqual(error.position, { ...place, offset: 2 });
      assert.match(error.message, /nothing was changed: put the directory back from a copy/);
      return true;
    });
  });

  test('leaves the directory as it is when it is refused', async () => {
    const disk = await diskAfter('killed', {});
    disk.flip('topics/0.red/0-00000000000000000000.log', 0, 1);
    const before = disk.sizes();

    await assert.rejects(openOn(disk), LogDamagedError);

    assert.deepEqual(disk.sizes(), before);
  });
});

suite('what a crash leaves', () => {
  test('a torn last entry goes, and with it the records nobody was told of', async () => {
    const disk = await diskAfter('killed', {});
    const journal = journalOf(disk);
    const file = disk.open(journal);
    file.truncate((disk.sizeOf(journal) ?? 0) - 1);

    const log = await openOn(disk);

    await checkIsBeginning(log, steps.slice(0, -1), steps.length - 1);
  });

  test('bytes and files that belong to nothing are removed', async () => {
    const disk = await diskAfter('killed');
    const before = new Map(disk.sizes());
    const [last = ''] = [...before.keys()].filter((path) => path.startsWith('topics')).slice(-1);
    disk.open(last).write([Buffer.from('torn')], before.get(last) ?? 0);
    for (const path of [
      'topics/0.red/0-00000000000000000099.log',
      'topics/9.gone/0-0.log',
      'journal-000000000009.tmp',
    ]) {
      disk.open(path).write([Buffer.from('left')], 0);
    }

    await openOn(disk);

    const records = [...disk.sizes()].filter(([path]) => !path.startsWith('journal'));
    assert.deepEqual(
      records,
      [...before].filter(([path]) => !path.startsWith('journal')),
    );
  });

  test('a missing segment is damage, also after a clean closing', async () => {
    const disk = await diskAfter('closed');
    disk.remove('topics/0.red/0-00000000000000000000.log');

    await assert.rejects(openOn(disk), LogDamagedError);
  });

  test('records without a journal are damage', async () => {
    const disk = await diskAfter('closed');
    disk.remove(journalOf(disk));

    await assert.rejects(openOn(disk), LogDamagedError);
  });

  test('a crash of the machine raises the epoch, a killed process does not', async () => {
    const killed = await openOn(await diskAfter('killed'));
    const crashed = await openOn(await diskAfter('machine crashed'));

    const [same] = await killed.admin.offsetRanges([place]);
    const [raised] = await crashed.admin.offsetRanges([place]);

    assert.equal(same?.leaderEpoch, 0);
    assert.equal(raised?.leaderEpoch, 1);
  });

  test('commits that a crash of the machine took are reported', async () => {
    const disk = new CrashDisk();
    const log = await openOn(disk, { fsync: 'never' });
    await liveOn(log, steps);
    const [segment = ''] = [...disk.sizes().keys()].filter((path) => path.startsWith('topics'));
    // The journal reached the device, and the last records did not.
    const lost = disk.copy().onAnotherBoot();
    lost.open(segment).truncate((lost.sizeOf(segment) ?? 0) - 1);
    const losses: unknown[] = [];

    const again = await openOn(lost, { onRecovery: (loss) => losses.push(loss) });

    const partition = { ...place, endOffset: 10, lostEndOffset: 12 };
    assert.deepEqual(losses, [{ commits: 2, partitions: [partition] }]);
    await checkIsBeginning(again, steps.slice(0, -2), steps.length - 2);
  });
});

/** What a log may answer that has lost up to `maxLost` of the last steps. */
async function dumpsOfBeginnings(maxLost: number): Promise<readonly string[]> {
  const dumps: string[] = [];
  for (let lost = 0; lost <= maxLost; lost++) {
    dumps.push(await dumpOf(await referenceAfter(steps.slice(0, steps.length - lost))));
  }
  return dumps;
}

type Ending = 'closed' | 'killed' | 'machine crashed';

/** A disk on which all steps were done and synced. */
async function diskAfter(ending: Ending, files: object = smallFiles): Promise<CrashDisk> {
  const disk = new CrashDisk();
  const log = await openOn(disk, { fsync: 'commit', ...files });
  await liveOn(log, steps);
  if (ending === 'closed') await log.close();
  return ending === 'machine crashed' ? disk.afterMachineCrash(() => 0.9) : disk.afterKill();
}

function flipSomewhere(disk: CrashDisk, chance: ManualClock): string {
  const files = [...disk.sizes()];
  const [path, size] = files[Math.floor(chance.random() * files.length)] ?? ['', 0];
  const at = Math.floor(chance.random() * size);
  const mask = 1 << Math.floor(chance.random() * 8);
  disk.flip(path, at, mask);
  return `${path} at ${at} ^ ${mask}`;
}

async function answerOf(disk: CrashDisk): Promise<string> {
  try {
    return await dumpOf(await openOn(disk));
  } catch (error) {
    if (error instanceof LogDamagedError) return 'refused';
    throw error;
  }
}

function journalOf(disk: CrashDisk): string {
  return [...disk.sizes().keys()].find((path) => path.startsWith('journal')) ?? '';
}
