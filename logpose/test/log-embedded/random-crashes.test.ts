import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { CrashDisk } from './crash-disk.ts';
import {
  checkIsBeginning,
  isCrash,
  liveOn,
  openOn,
  referenceAfter,
  smallFiles,
} from './crashed-log.ts';
import { doStep, dumpOf, type LogStep, randomStep } from './log-steps.ts';

const seeds = Number(process.env['LOGPOSE_SEEDS'] ?? 60);
const firstSeed = Number(process.env['LOGPOSE_SEED'] ?? 1);
const rounds = 6;
const maxStepsPerRound = 12;
const maxChangesPerRound = 90;

suite('the embedded log, used and crashed at random', () => {
  for (const fsync of ['interval', 'commit', 'never'] as const) {
    test(`gives the reference log's answers after each crash (fsync '${fsync}')`, async () => {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        try {
          await live({ seed, fsync });
        } catch (cause) {
          throw new Error(`LOGPOSE_SEED=${seed} LOGPOSE_SEEDS=1 with fsync '${fsync}'`, { cause });
        }
      }
    });
  }
});

interface World {
  readonly seed: number;
  readonly fsync: 'interval' | 'commit' | 'never';
}

/** Several lives of one directory. Each ends by a kill, a crash of the machine, or in order. */
async function live({ seed, fsync }: World): Promise<void> {
  const chance = new ManualClock(0, seed);
  const random = (): number => chance.random();
  let disk = new CrashDisk();
  let done: readonly LogStep[] = [];
  for (let round = 0; round < rounds; round++) {
    const planned = await plan(done, random, `${round}`);
    if (random() < 0.8) {
      const step = Math.floor(random() * maxChangesPerRound);
      disk.dieAt({ step, bytes: Math.floor(random() * 200) });
    }
    const { acknowledged, durable } = await liveOnce({ disk, planned, random, fsync });
    const machineCrashes = random() < 0.5;
    const least = machineCrashes && fsync !== 'commit' ? durable : acknowledged;
    disk = machineCrashes ? disk.afterMachineCrash(random) : disk.afterKill();
    const log = await openOn(disk, { fsync, ...smallFiles });
    const steps = [...done, ...planned];
    const count = await checkIsBeginning(log, steps, done.length + least);
    done = steps.slice(0, count);
    disk = disk.afterKill();
  }
}

/** Steps that make sense one after the other, behind those that were done. */
async function plan(
  done: readonly LogStep[],
  random: () => number,
  name: string,
): Promise<readonly LogStep[]> {
  const reference = await referenceAfter(done);
  const planned: LogStep[] = [];
  for (let left = Math.floor(random() * maxStepsPerRound); left > 0; left--) {
    const step = await randomStep(reference, random, `${name}${left}`);
    await doStep(reference, step);
    planned.push(step);
  }
  return planned;
}

interface Life {
  readonly disk: CrashDisk;
  readonly planned: readonly LogStep[];
  readonly random: () => number;
  readonly fsync: World['fsync'];
}

/** One life of the log. Some steps are asked for together, and sometimes a sync comes between. */
async function liveOnce({ disk, planned, random, fsync }: Life) {
  const clock = new ManualClock(0, Math.floor(random() * 1_000_000));
  let acknowledged = 0;
  let durable = 0;
  try {
    const log = await openOn(disk, { fsync, ...smallFiles }, clock);
    while (acknowledged < planned.length) {
      const steps = planned.slice(acknowledged, acknowledged + 1 + Math.floor(random() * 3));
      const lived = await liveOn(log, steps, random() < 0.5 ? 'together' : 'one-by-one');
      // Without syncs, durable is a word: a crash of the machine takes what it takes.
      if (lived.durable > 0 && fsync !== 'never') durable = acknowledged + lived.durable;
      acknowledged += lived.acknowledged;
      if (lived.acknowledged < steps.length) return { acknowledged, durable };
      if (random() < 0.4) await sync(clock);
    }
    if (random() < 0.5) return { acknowledged, durable };
    await log.close();
    return { acknowledged, durable: acknowledged };
  } catch (error) {
    if (!isCrash(error)) throw error;
    return { acknowledged, durable };
  }
}

/** Lets the log's timers run, and what follows. */
async function sync(clock: ManualClock): Promise<void> {
  clock.advance(100);
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}

test('a world without crashes is the reference log', async () => {
  const chance = new ManualClock(0, 7);
  const planned = await plan([], () => chance.random(), 'only');
  const log = await openOn(new CrashDisk(), smallFiles);

  const lived = await liveOn(log, planned);

  assert.equal(lived.acknowledged, planned.length);
  assert.equal(await dumpOf(log), await dumpOf(await referenceAfter(planned)));
});
