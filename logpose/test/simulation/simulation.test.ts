import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { simulate } from './simulation.ts';

const seeds = Number(process.env['LOGPOSE_SEEDS'] ?? 100);
const firstSeed = Number(process.env['LOGPOSE_SEED'] ?? 1);

suite('an application on the embedded log, whatever crashes', () => {
  test('loses nothing, doubles nothing and computes what its input says', async () => {
    const failed: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      await simulate({ seed }).catch((error: unknown) => {
        failed.push(error instanceof Error ? error.message : String(error));
      });
    }
    assert.deepEqual(failed, []);
  });

  test('runs the same way again from the same seed', async () => {
    for (const seed of [1, 2, 3]) {
      const first = await simulate({ seed });
      const second = await simulate({ seed });
      assert.equal(second.hash, first.hash);
    }
  });
});
