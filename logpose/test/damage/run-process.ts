import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a child process ended, and what it said before. */
export interface Ended {
  readonly lines: readonly unknown[];
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly errors: string;
}

export interface RunOptions {
  /** Called with each line of JSON; may kill the process. */
  readonly onLine?: (line: unknown, kill: () => void) => void;
  /** Put in front of the command, such as limits of the shell. */
  readonly shell?: string;
  readonly deadlineMs?: number;
}

/** Runs `store-process.ts` until it ends or the deadline has come. */
export async function runProcess(
  args: readonly string[],
  { onLine, shell, deadlineMs = 60_000 }: RunOptions = {},
): Promise<Ended> {
  const script = fileURLToPath(new URL('store-process.ts', import.meta.url));
  const command = [process.execPath, '--conditions=source', script, ...args];
  const [file = '', ...rest] = shell === undefined ? command : ['sh', '-c', shell, ...command];
  const child = spawn(file, rest);
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  const lines: unknown[] = [];
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
    const complete = text.split('\n');
    text = complete.pop() ?? '';
    for (const line of complete) {
      if (!/^[{["\d]/.test(line)) continue;
      const parsed: unknown = JSON.parse(line);
      lines.push(parsed);
      onLine?.(parsed, () => child.kill('SIGKILL'));
    }
  });
  const ended = Promise.withResolvers<Ended>();
  child.on('error', ended.reject);
  child.on('close', (code, signal) => ended.resolve({ lines, signal, code, errors }));
  try {
    return await ended.promise;
  } finally {
    clearTimeout(timer);
  }
}
