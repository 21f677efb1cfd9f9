import { join } from 'node:path';
import { LogDamagedError } from 'logpose';
import { adviceFor } from '../one-world.ts';

/** What a person is told of a mistake that ends a program that works on the world `directory`. */
export function explain(error: unknown, directory: string): string {
  const damage = damageIn(error);
  if (damage !== undefined) {
    const what = damage.message.replace(`; ${damage.advice}`, '');
    const where = damage.file === undefined ? ` in ${join(directory, 'log')}` : '';
    return `${what}${where}; nothing was changed: ${adviceFor(directory)}`;
  }
  const place = unwritablePlace(error);
  if (place !== undefined) return `cannot write to ${place}`;
  const problems: unknown =
    typeof error === 'object' && error !== null && 'problems' in error ? error.problems : undefined;
  const details = Array.isArray(problems) ? problems.map((problem) => `\n  ${problem}`) : [];
  const message = error instanceof Error ? error.message : String(error);
  return details.length === 0 ? message : `it cannot start${details.join('')}`;
}

/** The damage that an error goes back to. */
function damageIn(error: unknown): LogDamagedError | undefined {
  if (error instanceof LogDamagedError) return error;
  return error instanceof Error ? damageIn(error.cause) : undefined;
}

const unwritable: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of it is a file',
  EEXIST: 'a file is in its place',
  EISDIR: 'a directory is in its place',
  ENOSPC: 'the disk is full',
};

function unwritablePlace(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  const why = unwritable[String(error.code)];
  return why === undefined ? undefined : `${error.path}: ${why}`;
}
