/**
 * Keeps commits and the taking of a share apart: a commit under a generation that ends while it is
 * on its way would be refused, though its partitions stay where they are.
 */
export class CommitGate {
  readonly #commits = new Set<Promise<unknown>>();
  #taking: Promise<unknown> | undefined;

  /** Runs a commit when no share is being taken. */
  async commit<R>(run: () => Promise<R>): Promise<R> {
    while (this.#taking !== undefined) await this.#taking;
    const commit = run();
    this.#commits.add(commit);
    try {
      return await commit;
    } finally {
      this.#commits.delete(commit);
    }
  }

  /** Takes a share when what is on its way has ended; later commits wait for it. */
  async take<R>(run: () => Promise<R>): Promise<R> {
    const taken = this.idle().then(run);
    const ended = taken.then(nothing, nothing);
    this.#taking = ended;
    try {
      return await taken;
    } finally {
      this.#taking = undefined;
    }
  }

  /** Resolves when the commits that are on their way have ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#commits);
  }
}

function nothing(): void {}
