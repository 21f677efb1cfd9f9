import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '../../src/simulate/random.ts';

const main = new URL('../../src/replay/main.ts', import.meta.url).pathname;
const week = new URL('../../data/online-retail-week.csv.gz', import.meta.url).pathname;
const kills = 4;

function start(directory: string, ...more: readonly string[]): ChildProcess {
  const program = ['--conditions=source', main, week, '--data-dir', directory, ...more];
  return spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Resolves when the child says that rows are in the log. */
async function hasBegun(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.stderr?.on('data', (text) => String(text).includes(' rows ') && resolve());
    child.once('exit', () => resolve());
  });
}

test('a replay that is killed again and again loses no row and doubles none', async (t) => {
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const directory = await mkdtemp(join(tmpdir(), 'replay-kill-'));

  for (let kill = 0; kill < kills; kill++) {
    // Slow enough to be somewhere in the week, with a commit for each stretch of rows.
    const child = start(directory, '--speed', '20000x', '--no-check');
    const ended = once(child, 'exit');
    await hasBegun(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), random.integer(0, 400));
    await ended;
    clearTimeout(timer);
  }
  const last = start(directory);
  let text = '';
  last.stdout?.on('data', (chunk) => (text += String(chunk)));
  last.stderr?.on('data', (chunk) => (text += String(chunk)));
  const [code] = await once(last, 'exit');

  // The recount at the end compares every number, and finds events that are there twice.
  assert.equal(code, 0, text);
  assert.match(text, /19,950 rows · order 19,690 · cancel 230 · stock_adjust 30/);
  assert.match(text, / of these were there already/);
  assert.match(text, /^events +3 +19,950 /m);
  assert.match(text, /wrong 0/);
  await rm(directory, { recursive: true });
});
