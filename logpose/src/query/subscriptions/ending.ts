/** One signal that is aborted as soon as one of several is, and lets go of them afterwards. */
export class Ending implements Disposable {
  readonly #controller = new AbortController();
  readonly #causes: readonly AbortSignal[];
  readonly #end = (): void => this.#controller.abort();

  constructor(causes: readonly AbortSignal[]) {
    this.#causes = causes;
    for (const cause of causes) {
      if (cause.aborted) this.#end();
      cause.addEventListener('abort', this.#end);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const cause of this.#causes) cause.removeEventListener('abort', this.#end);
  }
}

/** Runs a generator that waits for things, so that leaving it ends its waiting. */
export class Iteration<E> implements AsyncIterableIterator<E, undefined> {
  readonly #left = new AbortController();
  readonly #events: AsyncGenerator<E, undefined>;

  constructor(events: (left: AbortSignal) => AsyncGenerator<E, undefined>) {
    this.#events = events(this.#left.signal);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<E, undefined>> {
    return this.#events.next();
  }

  return(): Promise<IteratorResult<E, undefined>> {
    this.#left.abort();
    return this.#events.return(undefined);
  }
}
