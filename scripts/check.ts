// Everything that has to hold before a commit, in under two minutes on two cores.
//
//   npm run check
//   npm run check -- --without-tests
//   npm run check:full       all tests, a thousand seeds, benchmarks against what was recorded
import { once } from 'node:events';
import process from 'node:process';
import { output } from './run.ts';

interface Step {
  readonly name: string;
  /** What Node is to run. */
  readonly program: readonly string[];
  /** Nothing else runs meanwhile: it measures. */
  readonly alone?: true;
}

const isFull = process.argv.includes('--full');
const hasTests = !process.argv.includes('--without-tests');

// The longest first, so that the others fit in beside it.
const steps: readonly Step[] = [
  ...(hasTests ? [tests(), ...(isFull ? long() : [])] : []),
  { name: 'documentation', program: ['scripts/docs-check.ts'] },
  { name: 'types', program: ['scripts/types.ts'] },
  { name: 'tidy', program: ['scripts/tidy.ts'] },
  { name: 'API snapshot', program: ['scripts/api-snapshot.ts'] },
  {
    name: 'format and lint',
    program: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  },
];

// The test runner has a process for each core already; another lane fills in where they wait.
const lanes = 2;
const failed: string[] = [];
const startMs = performance.now();
const waiting = steps.filter(({ alone }) => alone === undefined);
await Promise.all(Array.from({ length: lanes }, async () => runSteps(waiting)));
await runSteps(steps.filter(({ alone }) => alone === true));
console.log(`check: all of it (${secondsSince(startMs)} s)`);
if (failed.length > 0) console.error(`check: failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

function tests(): Step {
  return {
    name: isFull ? 'tests' : 'quick tests',
    program: ['scripts/test.ts', '--failures', ...(isFull ? [] : ['--quick'])],
  };
}

/** What would take too long before each commit. */
function* long(): Generator<Step> {
  const simulation = ['scripts/simulation.ts', '--seeds', '500', '--seed'];
  yield { name: 'seeds 1 to 500', program: [...simulation, '1'] };
  yield { name: 'seeds 501 to 1,000', program: [...simulation, '501'] };
  const benchmarks = ['pipeline', 'count', 'restore', 'log-embedded'];
  yield {
    name: 'benchmarks',
    program: ['scripts/bench.ts', ...benchmarks, '--against'],
    alone: true,
  };
}

async function runSteps(list: Step[]): Promise<void> {
  for (let step = list.shift(); step !== undefined; step = list.shift()) await run(step);
}

/** What a step says is shown when it has ended: two at a time would be unreadable. */
async function run({ name, program }: Step): Promise<void> {
  const stepMs = performance.now();
  const { code, text } = await output(program);
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  if (code !== 0) failed.push(name);
  console.log(`check: ${name} (${secondsSince(stepMs)} s)${code === 0 ? '' : ': FAILED'}`);
}

function secondsSince(ms: number): string {
  return ((performance.now() - ms) / 1000).toFixed(1);
}
