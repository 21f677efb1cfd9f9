import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { simulate } from './simulation.ts';

const seeds = 50;
// On a slow machine fewer seeds have to do; it is said how many.
const maxMs = 40_000;

suite('an application on the embedded log, whatever crashes', () => {
  test('loses nothing, doubles nothing and computes what its input says', async (context) => {
    const failed: string[] = [];
    const endMs = performance.now() + maxMs;
    let seed = 1;
    for (; seed <= seeds && performance.now() < endMs; seed++) {
      await simulate({ seed }).catch((error: unknown) => {
        failed.push(error instanceof Error ? error.message : String(error));
      });
    }
    if (seed <= seeds) context.diagnostic(`${seed - 1} of ${seeds} seeds in the time there is`);
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
