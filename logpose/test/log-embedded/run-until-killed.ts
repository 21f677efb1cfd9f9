import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

const compiled = await mkdtemp(join(tmpdir(), 'logpose-compiled-'));
after(() => rm(compiled, { recursive: true }));

/** Runs a program to where it stops by itself, and kills it there. */
export async function runUntilKilled(
  child: string,
  args: readonly string[],
): Promise<{ readonly acknowledged: number; readonly stoppedAt: string }> {
  const process_ = spawn(process.execPath, ['--conditions=source', child, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Dozens of processes compile the same files: once is enough.
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  const ended = once(process_, 'exit');
  let acknowledged = 0;
  let stoppedAt = '';
  for await (const line of createInterface({ input: process_.stdout })) {
    if (line.startsWith('done ')) acknowledged = Number(line.slice(5));
    if (!line.startsWith('at ')) continue;
    stoppedAt = line.slice(3);
    process_.kill('SIGKILL');
  }
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL');
  return { acknowledged, stoppedAt };
}
