// Compares what the library exports with what is written down in logpose/api, and shows each
// difference. A change that is meant is written down with
//
//   npm run api -- --update
//
// and committed with the code: who reads the change sees what users will see.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Modules } from './api/declarations.ts';
import { rollUp } from './api/roll-up.ts';

const { values } = parseArgs({
  options: {
    update: { type: 'boolean', default: false },
    // Where the snapshots are; tests have their own.
    in: { type: 'string', default: 'logpose/api' },
  },
});

// What the first has is not said again by the others.
const entries = ['index', 'embedded', 'testing'];
const head = '// Written by `npm run api -- --update`: what users of this entry point see.\n\n';

const directory = mkdtempSync(join(tmpdir(), 'logpose-api-'));
try {
  emitDeclarations(join(directory, 'types'));
  const modules = new Modules(join(directory, 'types'));
  const known = new Set<string>();
  const changed = entries.filter((entry) => {
    const now = formatted(head + rollUp(modules, `${entry}.ts`, known));
    const place = join(values.in, `${entry}.d.ts`);
    if (values.update) return written(place, now);
    return isChanged(place, now, join(directory, `${entry}.d.ts`));
  });
  report(changed);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Comments are left out: they may change without anything changing for a program. */
function emitDeclarations(into: string): void {
  const flags = ['--emitDeclarationOnly', '--removeComments', '--outDir', into];
  const compiler = ['node_modules/typescript/bin/tsc', '-p', 'logpose/tsconfig.build.json'];
  const { status, stdout } = spawnSync(process.execPath, [...compiler, ...flags], {
    encoding: 'utf8',
  });
  // What does not compile is the business of `npm run types`; declarations are written anyway.
  if (status !== 0 && !existsSync(into))
    throw new Error(`no declarations were written:\n${stdout}`);
}

function formatted(text: string): string {
  const biome = ['node_modules/@biomejs/biome/bin/biome', 'format', '--stdin-file-path=api.d.ts'];
  return execFileSync(process.execPath, biome, { encoding: 'utf8', input: text });
}

function written(place: string, now: string): boolean {
  if (existsSync(place) && readFileSync(place, 'utf8') === now) return false;
  mkdirSync(values.in, { recursive: true });
  writeFileSync(place, now);
  return true;
}

function isChanged(place: string, now: string, beside: string): boolean {
  if (existsSync(place) && readFileSync(place, 'utf8') === now) return false;
  writeFileSync(beside, now);
  const before = existsSync(place) ? place : '/dev/null';
  const git = ['diff', '--no-index', '--unified=2', '--no-color', before, beside];
  console.log(
    spawnSync('git', git, { encoding: 'utf8' }).stdout.replace(/^(diff|index).*\n/gm, ''),
  );
  return true;
}

function report(changed: readonly string[]): void {
  if (changed.length === 0) {
    console.log(`api: ${entries.length} entry points as they were`);
  } else if (values.update) {
    console.log(`api: written down: ${changed.join(', ')}`);
  } else {
    console.error(`api: changed: ${changed.join(', ')}`);
    console.error('is it meant? then: npm run api -- --update, and commit what that writes');
    process.exitCode = 1;
  }
}
