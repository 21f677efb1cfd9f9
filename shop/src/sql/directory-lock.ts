import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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
    const holder = await holderOf(path);
    if (holder !== undefined && (await isAlive(holder))) {
      throw new DirectoryInUseError(directory, holder.pid);
    }
    await rm(path, { force: true });
  }
  throw new DirectoryInUseError(directory, 0);
}

/** Each attempt fails only when another process starts at the same moment. */
const maxLockAttempts = 3;

async function create(path: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${process.pid} ${(await startOf(process.pid)) ?? ''}\n`);
  try {
    // It appears with its content: an empty one would seem to be nobody's.
    await link(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

interface Holder {
  readonly pid: number;
  /** When it began; undefined where the system does not say. */
  readonly startedAt: string | undefined;
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const [pid, startedAt] = (await readFile(path, 'utf8')).trim().split(' ');
    return Number(pid) > 0 ? { pid: Number(pid), startedAt } : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A number is given out again, in a container even to the same program at each start. */
async function isAlive({ pid, startedAt }: Holder): Promise<boolean> {
  if (startedAt !== undefined && (await startOf(pid)) !== startedAt) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}

/** When a process began, in the system's own unit; undefined where the system does not say. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold spaces: what is wanted are fields 3 and 22 of all.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A killed process keeps its entry until its parent looks at it.
  return 'ZX'.includes(fields[0] ?? '') ? undefined : fields[19];
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
