import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { currentBootId, processStart } from '../../src/base/boot-id.ts';
import { openEmbeddedLog } from '../../src/embedded.ts';
import { ConfigError } from '../../src/errors/config-errors.ts';

const child = fileURLToPath(new URL('./holding-child.ts', import.meta.url));
const nodeArguments = ['--conditions=source', child];

suite('the directory of an embedded log', () => {
  test('belongs to one process, whose id a second one is told', async (context) => {
    const directory = await newDirectory(context);
    const holder = spawn(process.execPath, [...nodeArguments, directory], { stdio: [...piped] });
    const pid = await firstLine(holder);

    await assert.rejects(openEmbeddedLog({ directory }), (error) => {
      assert(error instanceof ConfigError);
      assert.match(error.message, new RegExp(`is open in the process ${pid};`));
      return true;
    });

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await using _log = await openEmbeddedLog({ directory });
  });

  test('is free when its process was killed, even if nobody looked at that yet', {
    skip: process.platform === 'linux' ? false : 'only Linux tells such processes apart',
  }, async (context) => {
    const directory = await newDirectory(context);
    // The shell turns into one that never asks for its child's end.
    const command = '"$0" "$@" & exec sleep 60';
    const args = ['-c', command, process.execPath, ...nodeArguments, directory];
    const parent = spawn('sh', args, { stdio: [...piped] });
    context.after(() => parent.kill('SIGKILL'));
    const pid = Number(await firstLine(parent));

    process.kill(pid, 'SIGKILL');

    await assert.doesNotReject(async () => {
      await using _log = await openWhenDead(directory, pid);
    });
  });

  test('is free when another process has the number of the dead one', async (context) => {
    const directory = await newDirectory(context);
    const lock = [process.pid, currentBootId(), 'started at another time', 'held', ''].join('\n');
    await writeFile(join(directory, 'lock-1'), lock);

    await using _log = await openEmbeddedLog({ directory });
  });

  test('is free after the machine was started again', async (context) => {
    const directory = await newDirectory(context);
    const lock = [process.pid, 'another boot', processStart(process.pid), 'held', ''].join('\n');
    await writeFile(join(directory, 'lock-1'), lock);

    await using _log = await openEmbeddedLog({ directory });
  });

  test('keeps one lock, however often it was opened', async (context) => {
    const directory = await newDirectory(context);
    for (let round = 0; round < 4; round++) {
      await using _log = await openEmbeddedLog({ directory });
    }

    const names = await readdir(directory);

    assert.equal(names.filter((name) => name.startsWith('lock')).length, 1);
  });

  test('that cannot be made is a configuration to mend', async (context) => {
    const directory = await newDirectory(context);
    await writeFile(join(directory, 'file'), '');

    await assert.rejects(openEmbeddedLog({ directory: join(directory, 'file') }), ConfigError);
  });
});

const piped: readonly ('ignore' | 'pipe' | 'inherit')[] = ['ignore', 'pipe', 'inherit'];
const deadlineMs = 10_000;

/** Opens the log once the process does not hold it any more: it dies a moment after the signal. */
async function openWhenDead(directory: string, pid: number) {
  const endMs = Date.now() + deadlineMs;
  while (processStart(pid) !== undefined && Date.now() < endMs) await new Promise(setImmediate);
  return openEmbeddedLog({ directory });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  assert(stdout !== null);
  const lines = createInterface({ input: stdout });
  const [line] = await once(lines, 'line');
  return String(line);
}

async function newDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'logpose-log-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}
