// Simulates a whole application, its crashes included, as seeds say.
//
//   npm run simulation -- --seed 123
//   npm run simulation -- --seed 1 --seeds 1000 --steps 20
import process from 'node:process';
import { parseArgs } from 'node:util';
import { simulate } from '../logpose/test/simulation/simulation.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string' },
  },
});
const first = Number(values.seed);
const count = Number(values.seeds);
const steps = values.steps === undefined ? {} : { steps: Number(values.steps) };
const startMs = performance.now();
let failed = 0;
for (let seed = first; seed < first + count; seed++) {
  try {
    const { hash, crashes, transactions, records } = await simulate({ seed, ...steps });
    const what = `${crashes} crashes, ${transactions} transactions, ${records} records`;
    console.log(`seed ${seed}: ${hash}, ${what}`);
  } catch (error) {
    failed++;
    console.error(error);
  }
}
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
console.log(`${count} seeds in ${seconds} s, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
