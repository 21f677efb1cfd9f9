import { readFile, rm, writeFile } from 'node:fs/promises';

/**
 * Counts the openings in a row that did not live long, in a file: what is damaged enough to kill
 * the process that reads it must not do so for ever.
 */
export class OpeningCount {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Openings so far; more than anyone counts to when the file says something else. */
  async read(): Promise<number> {
    const text = await readFile(this.#path, 'latin1').catch(() => '0');
    return /^\d{1,3}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  }

  async write(count: number): Promise<void> {
    await writeFile(this.#path, String(count));
  }

  /** This one has lived. */
  async clear(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}
