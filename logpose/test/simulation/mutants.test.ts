import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { caughtBy } from './caught-by.ts';
import { mutants } from './mutant.ts';
import { simulate } from './simulation.ts';

suite('a simulation notices when', () => {
  for (const mutant of mutants) {
    test(mutant.name, async (context) => {
      const seed = caughtBy(mutant.name);
      assert.ok(seed !== undefined, 'npm run simulation -- --mutants finds the seed and lists it');
      await assert.rejects(simulate({ seed, mutant }), (error: Error) => {
        context.diagnostic(`caught by ${error.message.split('\n')[0]}`);
        return error.name === 'SimulationError';
      });
    });
  }
});
