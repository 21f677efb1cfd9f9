import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from '../base/clock.ts';
import { writeAtomically } from './write-atomically.ts';

const fileName = 'process-id';
const wellFormed = /^[0-9a-f]{16}$/;

/** An id that tells one instance of an application from the others. */
export function newProcessId(surroundings: Pick<Surroundings, 'random'>): string {
  const half = () => Math.floor(surroundings.random() * 2 ** 32).toString(16);
  return half().padStart(8, '0') + half().padStart(8, '0');
}

/**
 * The id that is kept in an instance's directory; a new one when there is none yet.
 *
 * A damaged file is as good as none: the id only says whose place a restart takes.
 */
export function keptProcessId(directory: string, surroundings: Surroundings): string {
  const path = join(directory, fileName);
  const kept = read(path);
  if (wellFormed.test(kept)) return kept;
  const made = newProcessId(surroundings);
  writeAtomically(path, made);
  return made;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
