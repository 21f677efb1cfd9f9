import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { EmbeddedLogOptions, FsyncPolicy } from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { CrashDisk } from './crash-disk.ts';
import {
  checkIsBeginning,
  isCrash,
  type Lived,
  liveOn,
  openOn,
  smallFiles,
} from './crashed-log.ts';
import type { LogStep } from './log-steps.ts';

const place = { topic: 'red', partition: 0 };
const other = { topic: 'red', partition: 1 };

// Long enough that segments and the journal end on the way, and that files are removed.
const steps: readonly LogStep[] = [
  { do: 'create', name: 'red', partitions: 2 },
  { do: 'append', place, values: ['a', 'b'] },
  {
    do: 'transaction',
    parts: [
      { place, values: ['c'] },
      { place: other, values: ['d', 'e'] },
    ],
    offsets: { groupId: 'group', offsets: [{ ...place, offset: 2, metadata: 'noon' }] },
  },
  { do: 'append', place: other, values: ['f'.repeat(300)] },
  { do: 'delete-records', place: other, offset: 2 },
  {
    do: 'transaction',
    parts: [
      { place, values: ['g'.repeat(300)] },
      { place: other, values: ['h'] },
    ],
    offsets: undefined,
  },
  { do: 'create', name: 'blue', partitions: 1 },
  { do: 'append', place: { topic: 'blue', partition: 0 }, values: ['i'] },
  { do: 'delete-topic', name: 'blue' },
  {
    do: 'offsets',
    offsets: { groupId: 'group', offsets: [{ ...other, offset: 4, metadata: '' }] },
  },
  { do: 'append', place, values: ['j'] },
];

// How much of a write is done when the process dies in it.
const tornBytes = [0, 1, 7, 15, 16, 40, 61, 1_000_000];
const machineSeeds = Number(process.env['LOGPOSE_SEEDS'] ?? 5);

suite('the embedded log, killed at every step of its work', () => {
  for (const fsync of ['interval', 'commit', 'never'] as const) {
    test(`has what it acknowledged, and nothing half (fsync '${fsync}')`, async () => {
      await atEveryStep({ fsync, ...smallFiles }, async (disk, lived) => {
        const log = await openOn(disk.afterKill(), { fsync });
        await checkIsBeginning(log, lived.steps, lived.acknowledged);
        await goesOn(log, lived);
      });
    });

    test(`has what was durable after a crash of the machine (fsync '${fsync}')`, async () => {
      await atEveryStep({ fsync, ...smallFiles }, async (disk, lived) => {
        const least = fsync === 'commit' ? lived.acknowledged : lived.durable;
        for (let seed = 1; seed <= machineSeeds; seed++) {
          const random = new ManualClock(0, seed);
          const log = await openOn(
            disk.afterMachineCrash(() => random.random()),
            { fsync },
          );
          await checkIsBeginning(log, lived.steps, fsync === 'never' ? 0 : least);
          await goesOn(log, lived);
        }
      });
    });
  }

  test('can be killed again at every step of its recovery', async () => {
    await atEveryStep({ ...smallFiles }, async (disk, lived) => {
      const { found } = await disturbedOpenings(disk.afterKill());
      const log = await openOn(found);
      await checkIsBeginning(log, lived.steps, lived.acknowledged);
    });
  });
});

/** Lives the steps once per change of the disk, and dies at it in every way. */
async function atEveryStep(
  options: Partial<EmbeddedLogOptions> & { readonly fsync?: FsyncPolicy },
  check: (disk: CrashDisk, lived: Lived) => Promise<void>,
): Promise<void> {
  const whole = new CrashDisk();
  const all = await lifeOn(whole, options);
  assert.equal(all.acknowledged, steps.length);
  for (const [step, what] of whole.steps.entries()) {
    const ways = what.startsWith('write') ? tornBytes : [0];
    for (const bytes of ways) {
      const disk = new CrashDisk();
      disk.dieAt({ step, bytes });
      const lived = await lifeOn(disk, options);
      try {
        await check(disk, lived);
      } catch (cause) {
        throw new Error(`after dying at ${step} (${what}), of which ${bytes} bytes`, { cause });
      }
    }
  }
}

/** Opens a log and does the steps, syncing now and then; ends early when the process dies. */
async function lifeOn(disk: CrashDisk, options: Partial<EmbeddedLogOptions>): Promise<Lived> {
  const clock = new ManualClock();
  try {
    const log = await openOn(disk, options, clock);
    const first = await liveOn(log, steps.slice(0, 6));
    if (first.acknowledged < 6) return { ...first, steps: steps.slice(0, first.acknowledged + 1) };
    clock.advance(100);
    await log.admin.groups();
    const second = await liveOn(log, steps.slice(6));
    clock.advance(100);
    await new Promise(setImmediate);
    const acknowledged = 6 + second.acknowledged;
    const durable = second.durable > 0 ? 6 + second.durable : first.durable;
    return { steps: steps.slice(0, acknowledged + 1), acknowledged, durable };
  } catch (error) {
    if (!isCrash(error)) throw error;
    return { steps: [], acknowledged: 0, durable: 0 };
  }
}

/** A log that came back takes records, and has them after a clean closing. */
async function goesOn(log: Awaited<ReturnType<typeof openOn>>, lived: Lived): Promise<void> {
  if (lived.acknowledged === 0) return log.close();
  await log.admin.createTopics([{ name: 'later', partitions: 1 }]);
  await log.close();
}

/** Dies once at each change that opening makes, one opening after the other. */
async function disturbedOpenings(disk: CrashDisk): Promise<{ found: CrashDisk }> {
  let found = disk;
  for (let step = 0; ; step++) {
    found.dieAt({ step, bytes: 3 });
    try {
      await openOn(found);
      return { found: found.afterKill() };
    } catch (error) {
      if (!isCrash(error)) throw error;
      found = found.afterKill();
    }
  }
}
