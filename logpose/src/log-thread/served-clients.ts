import { must } from '../base/assert.ts';
import { LogUnavailableError } from '../errors/log-errors.ts';

/**
 * The clients of one kind that a thread holds, by the numbers it gave them.
 *
 * What fails where nobody waits for an answer is kept, and thrown by the client's next call.
 */
export class ServedClients<T> {
  readonly #clients = new Map<number, ServedClient<T>>();

  /** All that could be opened. */
  *all(): Generator<T> {
    for (const { client } of this.#clients.values()) if (client !== undefined) yield client;
  }

  open(id: number, make: () => T): void {
    try {
      this.#clients.set(id, { client: make(), failure: undefined });
    } catch (error) {
      this.#clients.set(id, { client: undefined, failure: { error } });
    }
  }

  /** @throws What failed before; {LogUnavailableError} when it has been closed. */
  get(id: number): T {
    const { client, failure } = this.#clients.get(id) ?? closed;
    if (failure !== undefined) throw failure.error;
    return must(client, 'a client that did not fail is there');
  }

  tell(id: number, what: (client: T) => void): void {
    const served = this.#clients.get(id);
    if (served?.client === undefined) return;
    try {
      what(served.client);
    } catch (error) {
      served.failure ??= { error };
    }
  }

  /** Forgets it. Undefined: it is not there. */
  take(id: number): T | undefined {
    const client = this.#clients.get(id)?.client;
    this.#clients.delete(id);
    return client;
  }
}

const closed: ServedClient<never> = {
  client: undefined,
  failure: { error: new LogUnavailableError('the log is closed', { retriable: false }) },
};

interface ServedClient<T> {
  readonly client: T | undefined;
  failure: { readonly error: unknown } | undefined;
}
