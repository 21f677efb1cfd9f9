import { renameSync, writeFileSync } from 'node:fs';

/** Writes a small file so that it is there as a whole, or as it was before. */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, text, { flush: true });
  renameSync(temporary, path);
}
