// Everything that has to hold before a commit.
//
//   npm run check
//   npm run check -- --without-tests
import process from 'node:process';
import { runNode } from './run.ts';

interface Step {
  readonly name: string;
  readonly run: () => Promise<number>;
}

const steps: Step[] = [
  { name: 'tidy', run: () => runNode(['scripts/tidy.ts']) },
  {
    name: 'format and lint',
    run: () => runNode(['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']),
  },
  { name: 'types', run: () => runNode(['scripts/types.ts']) },
  { name: 'API snapshot', run: () => runNode(['scripts/api-snapshot.ts']) },
  { name: 'documentation', run: () => runNode(['scripts/docs-check.ts']) },
];
if (!process.argv.includes('--without-tests')) {
  steps.push({ name: 'tests', run: () => runNode(['scripts/test.ts']) });
}

const failed: string[] = [];
for (const step of steps) {
  const start = performance.now();
  if ((await step.run()) !== 0) failed.push(step.name);
  console.log(`check: ${step.name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}
if (failed.length > 0) console.error(`check: failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
