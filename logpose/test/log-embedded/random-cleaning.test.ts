import { suite, test } from 'node:test';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { dayMs, hourMs, startMs } from './cleaning-kit.ts';
import {
  CleaningModel,
  type CleaningSettings,
  type CleaningStep,
  liveWith,
  openingOf,
} from './cleaning-model.ts';
import { CrashDisk } from './crash-disk.ts';
import { openOn } from './crashed-log.ts';

const seeds = Number(process.env['LOGPOSE_SEEDS'] ?? 60);
const firstSeed = Number(process.env['LOGPOSE_SEED'] ?? 1);
const rounds = 6;
const maxStepsPerRound = 25;
const maxChangesPerRound = 150;

suite('an embedded log that is cleaned at random', () => {
  test('is what was written, but for what may be gone, after each crash', async (t) => {
    t.diagnostic(`LOGPOSE_SEED=${firstSeed} LOGPOSE_SEEDS=${seeds}`);
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      try {
        await live(seed);
      } catch (cause) {
        throw new Error(`LOGPOSE_SEED=${seed} LOGPOSE_SEEDS=1`, { cause });
      }
    }
  });
});

/** Several lives of one directory. Each ends by a kill, a crash of the machine, or its end. */
async function live(seed: number): Promise<void> {
  const chance = new ManualClock(0, seed);
  const random = (): number => chance.random();
  const settings = settingsFor(random);
  const model = new CleaningModel();
  let disk = new CrashDisk();
  for (let round = 0; round < rounds; round++) {
    const steps = Array.from({ length: 1 + Math.floor(random() * maxStepsPerRound) }, () =>
      randomStep(model, random),
    );
    if (random() < 0.8) {
      const step = Math.floor(random() * maxChangesPerRound);
      disk.dieAt({ step, bytes: Math.floor(random() * 200) });
    }
    await liveWith(disk, model, { steps, settings });
    const machineCrashes = random() < 0.5;
    const least = machineCrashes ? model.durable : model.acknowledged;
    disk = machineCrashes ? disk.afterMachineCrash(random) : disk.afterKill();
    const log = await openOn(disk, openingOf(settings), new ManualClock(model.nowMs));
    if ((await log.admin.listTopics()).includes('red')) {
      model.cutAt(await model.check(log, least, settings));
    } else {
      model.cutAt(0);
    }
    disk = disk.afterKill();
  }
}

function settingsFor(random: () => number): CleaningSettings {
  const pick = <T>(...from: readonly [T, ...T[]]): T =>
    from[Math.floor(random() * from.length)] ?? from[0];
  const deletes = random() < 0.3;
  const config = {
    'cleanup.policy': deletes ? 'compact,delete' : 'compact',
    'segment.bytes': pick('1', '200', '600', '5000'),
    'segment.ms': `${pick(hourMs, 7 * dayMs)}`,
    'min.cleanable.dirty.ratio': pick('0', '0.2', '0.5'),
    'delete.retention.ms': `${pick(0, hourMs, dayMs)}`,
    ...(deletes ? { 'retention.ms': `${pick(hourMs, dayMs)}` } : {}),
  };
  const maxCompactionBytes = pick(1, 200, 1_000_000);
  return { config, fsync: pick('interval', 'commit', 'never'), options: { maxCompactionBytes } };
}

function randomStep(model: CleaningModel, random: () => number): CleaningStep {
  const kind = random();
  if (kind < 0.6) {
    const rows = Array.from({ length: 1 + Math.floor(random() * 4) }, () => randomRow(random));
    // Most of them now, some much earlier.
    const earlier = random() < 0.2 ? Math.floor(random() * 2 * dayMs) : 0;
    return { do: 'put', rows, timestamp: model.nowMs - earlier };
  }
  if (kind < 0.78) return { do: 'clean', wait: random() < 0.5 ? 'one-turn' : 'until-done' };
  if (kind < 0.88) return { do: 'pass', ms: Math.floor(random() * dayMs) };
  if (kind < 0.95) return { do: 'sync' };
  return { do: 'delete-before', offset: Math.floor(random() * (model.written.length + 1)) };
}

function randomRow(random: () => number): string {
  const key = `k${Math.floor(random() * 12)}`;
  if (random() < 0.2) return key;
  return `${key}=${'x'.repeat(random() * 60)}${Math.floor(random() * 1000)}`;
}

test('a world of the random test has all kinds of days behind it', () => {
  const chance = new ManualClock(startMs, 3);
  const kinds = new Set(
    Array.from({ length: 200 }, () => randomStep(new CleaningModel(), () => chance.random()).do),
  );
  if (kinds.size < 5) throw new Error(`only ${[...kinds]}`);
});
