import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { clean, hourMs, put, startMs } from './cleaning-kit.ts';
import {
  CleaningModel,
  type CleaningSettings,
  type CleaningStep,
  liveWith,
  openingOf,
} from './cleaning-model.ts';
import { CrashDisk } from './crash-disk.ts';
import { isCrash, openOn } from './crashed-log.ts';

const compacted = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'delete.retention.ms': `${hourMs}`,
  'segment.bytes': '300',
};
const both = { ...compacted, 'cleanup.policy': 'compact,delete', 'retention.ms': `${3 * hourMs}` };

const putAt = (timestamp: number, ...rows: readonly string[]): CleaningStep => ({
  do: 'put',
  rows,
  timestamp: startMs + timestamp,
});

// Deletions, several segments per group, a second and third cleaning, and what retention takes.
const steps: readonly CleaningStep[] = [
  putAt(0, 'a=1', 'b=1', 'c=1'),
  putAt(1, `d=${'x'.repeat(200)}`),
  putAt(2, 'a', 'b=2'),
  putAt(3, `d=${'y'.repeat(200)}`),
  putAt(4, 'e=1'),
  { do: 'clean' },
  putAt(5, 'c=2', `e=${'z'.repeat(200)}`),
  { do: 'delete-before', offset: 2 },
  putAt(6, 'f=1', 'e'),
  { do: 'pass', ms: 2 * hourMs },
  putAt(hourMs, `d=${'w'.repeat(250)}`),
  putAt(hourMs, 'g=1'),
  { do: 'clean' },
  { do: 'pass', ms: 3 * hourMs },
  putAt(5 * hourMs, 'g=2', `a=${'v'.repeat(250)}`),
  putAt(5 * hourMs, 'g=3'),
  { do: 'clean' },
];

// How much of a write is done when the process dies in it.
const tornBytes = [0, 60, 150, 1_000_000];
const machineSeeds = Number(process.env['LOGPOSE_SEEDS'] ?? 2);

const worlds = [
  ['compacted', compacted, 'interval'],
  ['compacted', compacted, 'commit'],
  ['compacted and deleted', both, 'interval'],
] as const;

suite('an embedded log, killed at every step of its cleaning', () => {
  for (const [name, config, fsync] of worlds) {
    const settings = { config, fsync, options: { maxJournalBytes: 2000 } };

    test(`has the old or the new (${name}, fsync '${fsync}')`, async () => {
      await atEveryStep(settings, async (disk, model) => {
        await goesOn(disk.afterKill(), model, { settings, least: model.acknowledged });
      });
    });

    test(`also after a crash of the machine (${name}, fsync '${fsync}')`, async () => {
      await atEveryStep(settings, async (disk, model) => {
        for (let seed = 1; seed <= machineSeeds; seed++) {
          const random = new ManualClock(0, seed);
          const found = disk.afterMachineCrash(() => random.random());
          await goesOn(found, copyOf(model), { settings, least: model.durable });
        }
        const least = disk.afterMachineCrash('keep-nothing');
        await goesOn(least, copyOf(model), { settings, least: model.durable });
      });
    });
  }

  test('can be killed again at every step of the next opening', async () => {
    const settings = { config: compacted, fsync: 'interval' } as const;
    await atEveryStep(settings, async (disk, model) => {
      let found = disk.afterKill();
      for (let step = 0; ; step++) {
        found.dieAt({ step, bytes: 3 });
        try {
          await openOn(found, {}, new ManualClock(model.nowMs));
          break;
        } catch (error) {
          if (!isCrash(error)) throw error;
          found = found.afterKill();
        }
      }
      await goesOn(found.afterKill(), model, { settings, least: model.acknowledged });
    });
  });
});

/** Lives the steps once per change of the disk, and dies at it in every way. */
async function atEveryStep(
  settings: CleaningSettings,
  check: (disk: CrashDisk, model: CleaningModel) => Promise<void>,
): Promise<void> {
  const whole = new CrashDisk();
  assert(await liveWith(whole, new CleaningModel(), { steps, settings }));
  assert(
    whole.steps.some((step) => /^write .*\.1\.log$/.test(step)),
    'something was compacted',
  );
  for (const [step, what] of whole.steps.entries()) {
    for (const bytes of what.startsWith('write') ? tornBytes : [0]) {
      const disk = new CrashDisk();
      disk.dieAt({ step, bytes });
      const model = new CleaningModel();
      await liveWith(disk, model, { steps, settings });
      try {
        await check(disk, model);
      } catch (cause) {
        throw new Error(`after dying at ${step} (${what}), of which ${bytes} bytes`, { cause });
      }
    }
  }
}

/** What was left opens, is what it may be, and can be written and cleaned. */
async function goesOn(
  disk: CrashDisk,
  model: CleaningModel,
  { settings, least }: { readonly settings: CleaningSettings; readonly least: number },
): Promise<void> {
  const clock = new ManualClock(model.nowMs);
  const log = await openOn(disk, openingOf(settings), clock);
  if (!(await log.admin.listTopics()).includes('red')) {
    assert.equal(least, 0);
    return;
  }
  model.cutAt(await model.check(log, least, settings));
  model.written.push({ key: 'a', value: 'late', timestamp: clock.nowMs(), header: undefined });
  await put(log, clock.nowMs(), 'a=late');
  await clean(log, clock);
  model.nowMs = clock.nowMs();
  await model.check(log, model.written.length, settings);
  await log.close();
}

function copyOf(model: CleaningModel): CleaningModel {
  const copy = new CleaningModel();
  copy.written.push(...model.written);
  copy.acknowledged = model.acknowledged;
  copy.durable = model.durable;
  copy.deletedBefore = model.deletedBefore;
  copy.nowMs = model.nowMs;
  return copy;
}
