/** Holds up whoever passes while it is shut: an instance behind it is paused, and knows nothing. */
export class Gate {
  #opened: PromiseWithResolvers<void> | undefined = undefined;

  get isShut(): boolean {
    return this.#opened !== undefined;
  }

  shut(): void {
    this.#opened ??= Promise.withResolvers<void>();
  }

  open(): void {
    this.#opened?.resolve();
    this.#opened = undefined;
  }

  /** Resolves when it is open. */
  async pass(): Promise<void> {
    await this.#opened?.promise;
  }

  /** What happens behind the gate happens when it is open. */
  readonly whenOpen = (run: () => void): void => {
    if (this.#opened === undefined) run();
    else this.#opened.promise.then(run, run);
  };
}
