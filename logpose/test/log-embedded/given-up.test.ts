import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { CrashDisk } from './crash-disk.ts';
import { checkIsBeginning, liveOn, openOn } from './crashed-log.ts';
import type { LogStep } from './log-steps.ts';

const seeds = Number(process.env['LOGPOSE_SEEDS'] ?? 300);
const firstSeed = Number(process.env['LOGPOSE_SEED'] ?? 1);
const place = { topic: 'red', partition: 0 };
const other = { topic: 'red', partition: 1 };
const blue = { topic: 'blue', partition: 0 };

const lives: Readonly<Record<string, readonly LogStep[]>> = {
  'records that were deleted': [
    { do: 'append', place, values: ['a', 'b'] },
    { do: 'append', place: other, values: ['c'] },
    { do: 'delete-records', place, offset: 2 },
  ],
  'one segment of which a part was deleted': [
    { do: 'append', place, values: ['a', 'b'] },
    { do: 'append', place, values: ['c'] },
    { do: 'delete-records', place, offset: 2 },
  ],
  'a topic that was deleted': [
    { do: 'create', name: 'blue', partitions: 1 },
    { do: 'append', place: blue, values: ['a'] },
    { do: 'append', place: other, values: ['c'] },
    { do: 'delete-topic', name: 'blue' },
  ],
};

suite('a crash of the machine that takes the end of the log', () => {
  for (const [what, steps] of Object.entries(lives)) {
    test(`leaves a beginning that is whole: ${what}`, async () => {
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const disk = new CrashDisk();
        const begun = await openOn(disk);
        await begun.admin.createTopics([{ name: 'red', partitions: 2 }]);
        await begun.close();
        const { acknowledged } = await liveOn(await openOn(disk), steps);
        assert.equal(acknowledged, steps.length);
        const random = new ManualClock(0, seed);
        const found = disk.afterMachineCrash(() => random.random());
        try {
          const created: LogStep = { do: 'create', name: 'red', partitions: 2 };
          await checkIsBeginning(await openOn(found), [created, ...steps], 1);
        } catch (cause) {
          throw new Error(`LOGPOSE_SEED=${seed} LOGPOSE_SEEDS=1`, { cause });
        }
      }
    });
  }
});
