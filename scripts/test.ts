// Runs the tests: all of them, or the files and folders that are named.
//
//   npm test
//   npm test -- logpose/test/spec shop/test/domain/states.test.ts
import { globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';

// A test file that hangs is ended, and its tests fail, after this.
const maxFileMs = 10 * 60_000;

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = (named.length > 0 ? named : ['logpose', 'shop', 'scripts', 'examples']).flatMap(
  (place) =>
    statSync(place).isDirectory()
      ? globSync(`${place}/**/*.test.ts`, { exclude: (name) => /node_modules|dist/.test(name) })
      : [place],
);
if (files.length === 0) {
  console.error(`no test files below ${named.join(', ')}`);
  process.exit(1);
}

const skipped: string[] = [];
let failed = 0;
const stream = runTests({
  files: files.toSorted(),
  concurrency: Math.max(2, availableParallelism()),
  execArgv: ['--conditions=source'],
  timeout: maxFileMs,
});
stream.on('test:fail', () => {
  failed++;
});
stream.on('test:pass', ({ name, skip }) => {
  if (skip !== undefined) skipped.push(`${name}: ${skip === true ? 'no reason' : skip}`);
});
stream.compose(spec).pipe(process.stdout);
stream.on('end', () => {
  process.exitCode = failed > 0 ? 1 : 0;
});
process.on('exit', () => {
  if (skipped.length === 0) return;
  console.log(`\nskipped:\n  ${skipped.join('\n  ')}`);
  if (process.env['CI'] === 'true') {
    console.error('nothing is skipped in CI: make what these tests need available');
    process.exitCode = 1;
  }
});
