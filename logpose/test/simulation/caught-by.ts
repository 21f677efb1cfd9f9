import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('caught-by.json', import.meta.url);

/** The seed that the list has for a mutant: the first one that catches it. */
export function caughtBy(mutant: string): number | undefined {
  const list: Readonly<Record<string, number>> = JSON.parse(readFileSync(file, 'utf8'));
  return list[mutant];
}

/** Writes the list anew. */
export function listCaught(seeds: Readonly<Record<string, number>>): void {
  writeFileSync(file, `${JSON.stringify(seeds, undefined, 2)}\n`);
}
