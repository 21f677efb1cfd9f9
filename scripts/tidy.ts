// Checks the house rules that no linter knows: who may import whom, sizes, documentation, habits.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { documentationProblems } from './tidy/documentation.ts';
import { habitProblems } from './tidy/habits.ts';
import { importProblems } from './tidy/imports.ts';
import { type Finding, folderFindings, sizeFindings } from './tidy/sizes.ts';
import { readSource } from './tidy/source-file.ts';

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== 'package-lock.json' && existsSync(path));
// What is generated has the form that its generator gives it.
const isWritten = (path: string) => !path.startsWith('logpose/api/');
const files = tracked
  .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && isWritten(path))
  .map(readSource);
const others = tracked
  .filter((path) => /\.(md|json)$/.test(path))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

const findings: Finding[] = [
  ...files.flatMap((file) => [...sizeFindings(file)]),
  ...folderFindings(files),
];
const problems = [
  ...importProblems(files),
  ...documentationProblems(files),
  ...[...files, ...others].flatMap((file) => [...habitProblems(file)]),
  ...findings.filter(({ weight }) => weight === 'fail').map(({ text }) => text),
];
if (process.argv.includes('--warnings')) {
  for (const { weight, text } of findings) if (weight === 'warn') console.log(`look at: ${text}`);
}
for (const problem of problems) console.error(problem);
console.log(`tidy: ${files.length + others.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
