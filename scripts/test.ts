// Runs the tests: all of them, or the files and folders that are named.
//
//   npm test
//   npm test -- logpose/test/spec shop/test/domain/states.test.ts
//   npm test -- --quick      without those of scripts/long-tests.ts
//   npm test -- --failures   shows failures only
import { existsSync, globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { longTests } from './long-tests.ts';

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const all = (named.length > 0 ? named : ['logpose', 'shop', 'scripts', 'examples']).flatMap(
  (place) =>
    statSync(place).isDirectory()
      ? globSync(`${place}/**/*.test.ts`, { exclude: (name) => /node_modules|dist/.test(name) })
      : [place],
);
const isQuick = process.argv.includes('--quick');
// A test file that hangs is ended, and its tests fail, after this.
const maxFileMs = (isQuick ? 2 : 10) * 60_000;
const files = all.filter((file) => !(isQuick && file in longTests));
const gone = Object.keys(longTests).filter((file) => !existsSync(file));
if (gone.length > 0) {
  console.error(`scripts/long-tests.ts names files that are not there: ${gone.join(', ')}`);
  process.exit(1);
}
if (files.length === 0) {
  console.error(`no test files below ${named.join(', ')}`);
  process.exit(1);
}

const skipped: string[] = [];
let failed = 0;
let passed = 0;
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
  passed++;
  if (skip !== undefined) skipped.push(`${name}: ${skip === true ? 'no reason' : skip}`);
});
if (process.argv.includes('--failures')) showFailures();
else stream.compose(spec).pipe(process.stdout);
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

/** Each failure by file and sentence, with what was thrown, as soon as it is known. */
function showFailures(): void {
  // Nobody reads it, and it ends only when it has been read.
  stream.resume();
  stream.on('test:fail', ({ name, file, details: { error } }) => {
    // A suite fails with its tests, which have said why.
    if ('failureType' in error && error.failureType === 'subtestsFailed') return;
    console.error(`\nfailed: ${name} (${file})\n`, error.cause ?? error);
  });
  stream.on('end', () => {
    console.log(`tests: ${files.length} files, ${passed} passed, ${failed} failed`);
  });
}
