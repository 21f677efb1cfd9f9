// Runs benchmarks: those that are named, or all of them, one after the other.
//
//   npm run bench -- count
//   npm run bench -- count restore --record
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { runNode } from './run.ts';

const all = globSync('bench/*.ts').map((file) => basename(file, '.ts'));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const unknown = named.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${all.toSorted().join(', ')}`);
  process.exit(1);
}
for (const name of named.length > 0 ? named : all.toSorted()) {
  const code = await runNode(['--expose-gc', `bench/${name}.ts`, ...options]);
  if (code !== 0) process.exitCode = code;
}
