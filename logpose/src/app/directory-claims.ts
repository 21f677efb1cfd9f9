import { resolve } from 'node:path';
import { ConfigError } from '../errors/config-errors.ts';

const claimed = new Map<string, DirectoryClaim>();

/** One application's hold on its directory, as far as this process is concerned. */
export class DirectoryClaim {
  readonly #path: string;
  readonly #released = Promise.withResolvers<void>();
  #isLettingGo = false;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Waits for an application that is being closed or abandoned.
   *
   * @throws {ConfigError} When another application has the directory.
   */
  static async take(directory: string): Promise<DirectoryClaim> {
    const path = resolve(directory);
    for (let held = claimed.get(path); held !== undefined; held = claimed.get(path)) {
      if (!held.#isLettingGo) {
        throw new ConfigError([
          `${directory} is used by another instance in this process: close it first, or give ` +
            'this one another stateDirectory or id',
        ]);
      }
      await held.#released.promise;
    }
    const claim = new DirectoryClaim(path);
    claimed.set(path, claim);
    return claim;
  }

  /** It will be released soon: who wants it may wait. */
  letGo(): void {
    this.#isLettingGo = true;
  }

  /** Idempotent. */
  release(): void {
    if (claimed.get(this.#path) === this) claimed.delete(this.#path);
    this.#released.resolve();
  }
}
