// Type-checks every part of the repository.
import { existsSync } from 'node:fs';
import process from 'node:process';
import { runNode } from './run.ts';

const compiler = 'node_modules/typescript/bin/tsc';
const projects = ['.', 'logpose', 'shop', 'shop/web'].filter((project) =>
  existsSync(`${project}/tsconfig.json`),
);
for (const project of projects) {
  const code = await runNode([compiler, '--noEmit', '-p', project]);
  if (code !== 0) process.exitCode = code;
  console.log(`types: ${project} ${code === 0 ? 'checked' : 'failed'}`);
}
