// Simulates a whole application, its crashes included, as seeds say. A run that fails is made
// smaller, and its settings are printed as a file for logpose/test/regression.
//
//   npm run simulation -- --seed 123
//   npm run simulation -- --seed 1 --seeds 1000 --steps 20
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type SimulationSettings, settingsOfSeed } from '../logpose/test/simulation/settings.ts';
import { shrink } from '../logpose/test/simulation/shrink.ts';
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
const steps = values.steps === undefined ? undefined : Number(values.steps);
const startMs = performance.now();
const met = new Map<string, number>();
let failed = 0;
for (let seed = first; seed < first + count; seed++) {
  const settings = settingsOfSeed(seed, steps);
  try {
    const { hash, crashes, transactions, records, met: here } = await simulate({ seed, settings });
    const what = `${crashes} crashes, ${transactions} transactions, ${records} records`;
    console.log(`seed ${seed}: ${hash}, ${what}`);
    for (const [kind, times] of here) met.set(kind, (met.get(kind) ?? 0) + times);
  } catch (error) {
    failed++;
    console.error(error);
    const smallest = await shrink(settings, (smaller) => failsAlike(smaller, error));
    console.error(JSON.stringify({ sentence: '', settings: smallest }, undefined, 2));
  }
}
const kinds = [...met].filter(([kind]) => kind.includes(':')).toSorted();
console.log(kinds.map(([kind, times]) => `${kind} ${times}`).join(', '));
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
console.log(`${count} seeds in ${seconds} s, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Whether the run fails, and for the same kind of reason. */
async function failsAlike(settings: SimulationSettings, error: unknown): Promise<boolean> {
  const again = await simulate({ seed: settings.seed, settings }).catch(
    (thrown: unknown) => thrown,
  );
  return again instanceof Error && kindOf(again) === kindOf(error);
}

/** The name of what is behind it, and the beginning of what it says. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error.cause instanceof Error ? error.cause : error;
  return `${name} ${message.slice(0, 20)}`;
}
