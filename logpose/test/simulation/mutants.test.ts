import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mutants } from './mutant.ts';
import { SimulationError, simulate } from './simulation.ts';

const maxSeeds = 100;

suite('a simulation notices when', () => {
  for (const mutant of mutants) {
    test(mutant.name, async (context) => {
      for (let seed = 1; seed <= maxSeeds; seed++) {
        const error = await simulate({ seed, mutant }).catch((thrown: unknown) => thrown);
        if (!(error instanceof Error)) continue;
        assert.ok(error instanceof SimulationError, String(error));
        const [first = ''] = error.message.split('\n');
        context.diagnostic(`caught by ${first}`);
        return;
      }
      assert.fail(`${maxSeeds} seeds see nothing`);
    });
  }
});
