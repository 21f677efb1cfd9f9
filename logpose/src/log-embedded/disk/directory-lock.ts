import * as fs from 'node:fs';
import { join } from 'node:path';
import { must } from '../../base/assert.ts';
import { currentBootId, isAnotherBoot, processStart } from '../../base/boot-id.ts';
import { ConfigError } from '../../errors/config-errors.ts';
import { codeOf } from './disk-failure.ts';

/** Held by the process that owns a directory. */
export interface DirectoryLock {
  release(): void;
}

interface Owner {
  readonly pid: number;
  readonly bootId: string;
  /** Tells the process from a later one of the same id. */
  readonly startedAt: string | undefined;
  readonly isReleased: boolean;
}

// How often another process may be quicker before we give up.
const maxAttempts = 10;

/**
 * Makes the directory and takes it, also from a process that is no longer there.
 *
 * Each owner has a file of its own, `lock-1`, `lock-2`, …; the highest number counts. It appears
 * with its content or not at all, and is followed by the next number only when its owner is gone,
 * which never changes again. So two processes that find the same dead owner ask for the same name,
 * and one of them gets it.
 *
 * @throws {ConfigError} When another process owns the directory, or it cannot be made.
 */
export function lockDirectory(directory: string): DirectoryLock {
  try {
    fs.mkdirSync(directory, { recursive: true });
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const lock = tryLock(directory);
      if (lock !== undefined) return lock;
    }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError([`the log cannot use the directory ${directory}: ${cause}`], { cause });
  }
  throw new ConfigError([`too many processes open the log in ${directory} at once`]);
}

function tryLock(directory: string): DirectoryLock | undefined {
  const highest = Math.max(0, ...numbersIn(directory));
  if (highest > 0) {
    const owner = ownerIn(lockPath(directory, highest));
    if (owner === undefined) return undefined;
    if (isAlive(owner)) throw ownedBy(owner, directory);
  }
  const path = lockPath(directory, highest + 1);
  if (!writeNew(path, thisProcess(false))) return undefined;
  // Our number may have been given out and taken away between looking and writing.
  if (Math.max(...numbersIn(directory)) > highest + 1) {
    fs.rmSync(path);
    return undefined;
  }
  for (const number of numbersIn(directory)) {
    if (number <= highest) fs.rmSync(lockPath(directory, number), { force: true });
  }
  return { release: () => release(path) };
}

function release(path: string): void {
  try {
    writeOver(path, thisProcess(true));
  } catch {
    // Without room for a word the file itself can go: nobody has looked behind a held one.
    fs.rmSync(path, { force: true });
  }
}

function ownedBy({ pid }: Owner, directory: string): ConfigError {
  const who = pid === process.pid ? 'this process already' : `the process ${pid}`;
  return new ConfigError([`the log in ${directory} is open in ${who}; one at a time may have it`]);
}

function isAlive(owner: Owner): boolean {
  if (owner.isReleased || isAnotherBoot(owner.bootId, currentBootId())) return false;
  if (owner.startedAt !== undefined) return processStart(owner.pid) === owner.startedAt;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === 'EPERM';
  }
}

function thisProcess(isReleased: boolean): Owner {
  const { pid } = process;
  return { pid, bootId: currentBootId(), startedAt: processStart(pid), isReleased };
}

function numbersIn(directory: string): readonly number[] {
  return fs
    .readdirSync(directory)
    .map((name) => /^lock-(\d+)$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number);
}

function lockPath(directory: string, number: number): string {
  return join(directory, `lock-${number}`);
}

/** Undefined when the file went away meanwhile. */
function ownerIn(path: string): Owner | undefined {
  try {
    return parseOwner(fs.readFileSync(path, 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new ConfigError([`cannot tell who owns the log: ${path} is not readable`], { cause });
  }
}

function parseOwner(text: string): Owner {
  const [pid, bootId, startedAt, state] = text.split('\n');
  return {
    pid: Number(must(pid, 'a text has a first line')),
    bootId: bootId ?? '',
    startedAt: startedAt === '' ? undefined : startedAt,
    isReleased: state === 'released',
  };
}

function textOf({ pid, bootId, startedAt, isReleased }: Owner): string {
  return `${pid}\n${bootId}\n${startedAt ?? ''}\n${isReleased ? 'released' : 'held'}\n`;
}

/** False when there is such a file already. */
function writeNew(path: string, owner: Owner): boolean {
  const temporary = `${path}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, textOf(owner));
  try {
    // A second name appears with the content at once, and only where none is.
    fs.linkSync(temporary, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function writeOver(path: string, owner: Owner): void {
  const temporary = `${path}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, textOf(owner));
  fs.renameSync(temporary, path);
}
