import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Another process has the directory open. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  readonly holderPid: number;

  constructor(directory: string, holderPid: number) {
    super(`${directory} is in use by process ${holderPid}: stop it, or choose another --world`);
    this.holderPid = holderPid;
  }
}

/**
 * Takes `directory` for this process; what a dead process left behind is taken over.
 *
 * The embedded database takes no lock itself, and two processes in one directory damage it.
 *
 * @throws {DirectoryInUseError} When its holder lives.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'shop.lock');
  for (let attempt = 0; attempt < maxLockAttempts; attempt += 1) {
    if (await create(path)) return () => rm(path, { force: true });
    const holderPid = await holderOf(path);
    if (holderPid !== undefined && isAlive(holderPid)) {
      throw new DirectoryInUseError(directory, holderPid);
    }
    await rm(path, { force: true });
  }
  throw new DirectoryInUseError(directory, 0);
}

/** Each attempt fails only when another process starts at the same moment. */
const maxLockAttempts = 3;

async function create(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(`${process.pid}\n`);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function holderOf(path: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(path, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
