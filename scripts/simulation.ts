// Simulates a whole application, its crashes included, as seeds say. A run that fails is made
// smaller, and its settings are printed as a file for logpose/test/regression.
//
//   npm run simulation -- --seed 123
//   npm run simulation -- --seed 1 --seeds 1000 --steps 20
//   npm run simulation -- --mutants
import process from 'node:process';
import { parseArgs } from 'node:util';
import { listCaught } from '../logpose/test/simulation/caught-by.ts';
import { mutants } from '../logpose/test/simulation/mutant.ts';
import { type SimulationSettings, settingsOfSeed } from '../logpose/test/simulation/settings.ts';
import { shrink } from '../logpose/test/simulation/shrink.ts';
import { simulate } from '../logpose/test/simulation/simulation.ts';

const usage = `npm run simulation -- [--seed N] [--seeds COUNT] [--steps COUNT]

  --seed   the first seed, default 1; equal seeds, equal runs
  --seeds  how many seeds, one after the other, default 1
  --steps  how many things happen in a run; by default the seed says
  --mutants  instead, build each of the deliberate mistakes in and list the seed that catches it

Each line has the seed, a hash of all that happened, crashes, transactions and records. At the end
stands how often what was met, over all seeds:
  died:WHERE       the process ended at this step of the log's disk
  restart:HOW      an instance was closed, abandoned or paused
  survived:CODE    it went on after this error
`;

const maxMutantSeeds = 200;
const given = argumentsOf();
if (given.help) {
  console.log(usage);
  process.exit();
}
// Deaths are what is simulated; other warnings are shown.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'Crash') console.error(String(warning));
});
process.exitCode = (await (given.mutants ? runMutants() : runSeeds())) ? 0 : 1;

/** Returns whether all is well. */
async function runSeeds(): Promise<boolean> {
  const { seed: first, seeds: count, steps } = given;
  const startMs = performance.now();
  const met = new Map<string, number>();
  let failed = 0;
  for (let seed = first; seed < first + count; seed++) {
    const settings = settingsOfSeed(seed, steps);
    try {
      const {
        hash,
        crashes,
        transactions,
        records,
        met: here,
      } = await simulate({ seed, settings });
      const what = `${crashes} crashes, ${transactions} transactions, ${records} records`;
      console.log(`seed ${seed}: ${hash}, ${what}`);
      for (const [kind, times] of here) met.set(kind, (met.get(kind) ?? 0) + times);
    } catch (error) {
      failed++;
      await tell(settings, error);
    }
  }
  const kinds = [...met].filter(([kind]) => /^(?:died|restart|survived):/.test(kind)).toSorted();
  console.log('met:', kinds.map(([kind, times]) => `${kind} ${times}`).join(', '));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${count} seeds in ${seconds} s, ${failed} failed`);
  return failed === 0;
}

async function tell(settings: SimulationSettings, error: unknown): Promise<void> {
  console.error(error);
  const smallest = await shrink(settings, (smaller) => failsAlike(smaller, error));
  console.error(JSON.stringify({ sentence: '', settings: smallest }, undefined, 2));
}

/** Returns whether all are caught. */
async function runMutants(): Promise<boolean> {
  const seeds: Record<string, number> = {};
  for (const mutant of mutants) {
    for (let seed = 1; seed <= maxMutantSeeds && seeds[mutant.name] === undefined; seed++) {
      await simulate({ seed, mutant }).catch((error: unknown) => {
        seeds[mutant.name] = seed;
        console.log(`${mutant.name}: ${error instanceof Error ? error.message : error}`);
      });
    }
    if (seeds[mutant.name] === undefined) console.error(`${mutant.name}: NOT CAUGHT`);
  }
  listCaught(seeds);
  return mutants.every(({ name }) => seeds[name] !== undefined);
}

/** What is asked for; the usage and the end when that cannot be read. */
function argumentsOf() {
  const options = {
    help: { type: 'boolean', short: 'h', default: false },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string' },
    mutants: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ options });
    return {
      help: values.help,
      mutants: values.mutants,
      seed: wholeNumber('seed', values.seed, 0),
      seeds: wholeNumber('seeds', values.seeds, 1),
      steps: values.steps === undefined ? undefined : wholeNumber('steps', values.steps, 1),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return process.exit(2);
  }
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= min) return value;
  throw new RangeError(`--${name} is a whole number, at least ${min}, not '${text}'`);
}

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
