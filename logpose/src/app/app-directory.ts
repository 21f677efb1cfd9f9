import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Surroundings } from '../base/clock.ts';
import { DirectoryClaim } from './directory-claims.ts';
import type { Layout } from './layout.ts';
import { keptProcessId } from './process-id.ts';
import { checkLayout, writeLayout } from './topology-file.ts';

/** Where everything of one application is: its stores, and what its topology was. */
export class AppDirectory {
  readonly path: string;
  #claim: DirectoryClaim | undefined = undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /** Undefined: nothing is kept. */
  static of(options: {
    readonly stateDirectory?: string;
    readonly id: string;
  }): AppDirectory | undefined {
    const { stateDirectory, id } = options;
    return stateDirectory === undefined ? undefined : new AppDirectory(join(stateDirectory, id));
  }

  /**
   * Claims it for a topology of that layout.
   *
   * @throws {ConfigError} When another instance in this process has it.
   * @throws {TopologyError} `TOPOLOGY_CHANGED`: there is state of another topology.
   */
  async open(layout: Layout): Promise<void> {
    this.#claim = await DirectoryClaim.take(this.path);
    checkLayout(this.path, layout);
  }

  /** Writes down what is there from now on. */
  write(layout: Layout): void {
    writeLayout(this.path, layout);
  }

  /** The id that the directory's instance has had since its first start, or has from now on. */
  processId(surroundings: Surroundings): string {
    return keptProcessId(this.path, surroundings);
  }

  /** It will be released soon: who wants it may wait. */
  letGo(): void {
    this.#claim?.letGo();
  }

  /** Idempotent. */
  release(): void {
    this.#claim?.release();
  }

  /** @throws {ConfigError} When another instance in this process has it. */
  async delete(): Promise<void> {
    const claim = await DirectoryClaim.take(this.path);
    // A start that comes meanwhile waits.
    claim.letGo();
    try {
      await rm(this.path, { recursive: true, force: true });
    } finally {
      claim.release();
    }
  }
}
