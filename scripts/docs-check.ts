// Keeps the documents true: runs the programs they show, follows their links, and looks for the
// files they name (`bench/results/serdes.json`).
//
// A block ```ts that has an import is a program: it is run in a new directory. When the
// next block is ```text, its lines are what the program prints. Blocks marked ```ts fragment are
// not programs.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';

const maxProgramMs = 60_000;
const documents = globSync(['*.md', 'docs/**/*.md', 'logpose/*.md', 'shop/*.md']);
const problems: string[] = [];
let programs = 0;

for (const document of documents) {
  const text = readFileSync(document, 'utf8');
  const missing = [...brokenLinks(document, text), ...missingPaths(text)];
  for (const path of missing) problems.push(`${document}: no file ${path}`);
  for (const { code, printed } of programsOf(text)) {
    programs++;
    const problem = problemOfProgram(code, printed);
    if (problem !== undefined) problems.push(`${document}: ${problem}`);
  }
}
for (const problem of problems) console.error(problem);
console.log(`documents: ${documents.length}, programs run: ${programs}`);
process.exitCode = problems.length > 0 ? 1 : 0;

function* brokenLinks(document: string, text: string): Generator<string> {
  for (const [, link = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    if (/^[a-z]+:/.test(link)) continue;
    if (!existsSync(join(dirname(document), link))) yield link;
  }
}

/** Paths from the root, in code spans. */
function* missingPaths(text: string): Generator<string> {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  for (const [, path = ''] of prose.matchAll(
    /`((?:bench|docs|logpose|shop|scripts)\/[\w./-]+)`/g,
  )) {
    const isModule = /^logpose\/\w+$/.test(path);
    if (!isModule && !existsSync(path)) yield path;
  }
}

interface Program {
  readonly code: string;
  readonly printed: string | undefined;
}

function* programsOf(text: string): Generator<Program> {
  const blocks = [...text.matchAll(/^```(\w*)( fragment)?\n([\s\S]*?)^```$/gm)];
  for (const [at, [, language, fragment, code = '']] of blocks.entries()) {
    if (language !== 'ts' || fragment !== undefined || !/^import /m.test(code)) continue;
    const next = blocks[at + 1];
    yield { code, printed: next?.[1] === 'text' ? next[3] : undefined };
  }
}

function problemOfProgram(code: string, printed: string | undefined): string | undefined {
  // Below the workspace, so that the package is found by its name.
  const directory = mkdtempSync(resolve('.cache-docs-'));
  try {
    writeFileSync(join(directory, 'program.ts'), code);
    const output = execFileSync(process.execPath, ['--conditions=source', 'program.ts'], {
      cwd: directory,
      encoding: 'utf8',
      timeout: maxProgramMs,
    });
    if (printed === undefined || output === printed) return undefined;
    return `the program prints\n${output}instead of\n${printed}`;
  } catch (error) {
    return `the program fails: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
