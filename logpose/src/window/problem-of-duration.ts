import { ConfigError } from '../errors/config-errors.ts';

/** What is wrong with a duration, as a sentence; undefined when nothing is. */
export function problemOfDuration(name: string, value: number, min: 0 | 1): string | undefined {
  if (Number.isSafeInteger(value) && value >= min) return undefined;
  return `${name} is ${String(value)}: give a whole number of milliseconds, ${min} or more`;
}

/** @throws {ConfigError} With every problem that there is. */
export function refuseProblems(problems: readonly (string | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new ConfigError(found);
}
