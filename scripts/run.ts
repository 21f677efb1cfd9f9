import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/** Runs a program with this terminal and resolves with its exit code. */
export async function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  try {
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : 1;
  } finally {
    process.off('SIGINT', forward);
    process.off('SIGTERM', forward);
  }
}

/** Runs a TypeScript program of this repository in this Node. */
export function runNode(args: readonly string[]): Promise<number> {
  return run(process.execPath, ['--conditions=source', ...args]);
}

/** The same, and resolves with what it said as well. */
export async function output(
  args: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  const child = spawn(process.execPath, ['--conditions=source', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => said.push(chunk));
  }
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  try {
    const [code] = await once(child, 'close');
    return { code: typeof code === 'number' ? code : 1, text: Buffer.concat(said).toString() };
  } finally {
    process.off('SIGINT', forward);
    process.off('SIGTERM', forward);
  }
}
