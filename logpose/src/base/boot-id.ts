import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

const bootIdFile = '/proc/sys/kernel/random/boot_id';
const approximate = 'started-';

/**
 * Names the running of this machine, from its start to its end.
 *
 * Where the system has no such name, the minute of its start stands in. A clock that was set makes
 * that another one, which costs a more careful recovery and no more.
 */
export function currentBootId(): string {
  return readOrNothing(bootIdFile)?.trim() ?? `${approximate}${startMinute()}`;
}

/** True when two ids surely name different runnings of the machine. */
export function isAnotherBoot(left: string, right: string): boolean {
  // The minute of a start is rounded, and two looks at the clock may round it differently.
  return left !== right && !left.startsWith(approximate);
}

/**
 * When a process began, in the system's own unit: tells it from another one of the same id.
 * Undefined where it does not run, or the system does not say.
 */
export function processStart(pid: number): string | undefined {
  // The name in parentheses may hold spaces; what counts comes behind it: fields 3 and 22 of all.
  const fields = readOrNothing(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  const state = fields?.[0] ?? '';
  // A killed process keeps its entry until its parent looks at it, and does nothing any more.
  return 'ZX'.includes(state) ? undefined : fields?.[19];
}

function startMinute(): number {
  return Math.round((Date.now() / 1000 - uptime()) / 60);
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Other systems than Linux do not have it.
    return undefined;
  }
}
