import type { MessagePort, Transferable } from 'node:worker_threads';
import { unreachable } from '../base/assert.ts';
import { errorFrom } from './error-data.ts';
import type { AnyResult, CallMessage, CallTypes, ResultMessage, ToCaller } from './messages.ts';

/** How a caller deals with what it is not answered. */
export interface CallerOptions<Event> {
  /** Calls without an answer; one more is refused. */
  readonly maxCallsInFlight: number;
  /** What calls fail with from the closing of the port on. */
  closed(): Error;
  /** What a call fails with that would be one too many. */
  refused(maxCallsInFlight: number): Error;
  event(event: Event): void;
}

/**
 * The asking side of a port: typed calls, each with one answer, and notices.
 *
 * Every call ends: with its answer, or when the port is closed by either side or with its thread.
 * An answer that nobody waits for is left out.
 */
export class Caller<C extends CallTypes<C>, Notice = never, Event = never> {
  readonly #port: MessagePort;
  readonly #options: CallerOptions<Event>;
  readonly #waiting = new Map<number, Waiting<C>>();
  #nextId = 0;
  #ended: Error | undefined = undefined;

  constructor(port: MessagePort, options: CallerOptions<Event>) {
    this.#port = port;
    this.#options = options;
    port.on('message', (message: ToCaller<C, Event>) => this.#received(message));
    port.on('close', () => this.end(options.closed()));
  }

  /** Why there are no more answers, when there are none. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /** @param transfer - Memory in `args` that moves to the other side. */
  call<K extends keyof C>(
    name: K,
    args: C[K]['args'],
    transfer: readonly Transferable[] = [],
  ): Promise<C[K]['result']> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const { maxCallsInFlight } = this.#options;
    if (this.#waiting.size >= maxCallsInFlight) {
      return Promise.reject(this.#options.refused(maxCallsInFlight));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const result = (message: AnyResult<C>): void => {
        if (isResultOf(message, name)) resolve(message.result);
      };
      const message: CallMessage<C, K> = { kind: 'call', id, name, args };
      this.#port.postMessage(message, transfer);
      this.#waiting.set(id, { result, reject });
    });
  }

  notify(notice: Notice, transfer: readonly Transferable[] = []): void {
    if (this.#ended !== undefined) return;
    this.#port.postMessage({ kind: 'notice', notice }, transfer);
  }

  /** No call or notice more: calls fail with an error. Those that wait go on. */
  refuse(error: Error): void {
    this.#ended ??= error;
  }

  /** Ends every call that waits, and those to come, with an error. Idempotent. */
  end(error: Error): void {
    this.refuse(error);
    this.#port.close();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  #received(message: ToCaller<C, Event>): void {
    switch (message.kind) {
      case 'event':
        this.#options.event(message.event);
        break;
      case 'failure':
        this.#take(message.id)?.reject(errorFrom(message.error));
        break;
      case 'result':
        this.#take(message.id)?.result(message);
        break;
      default:
        unreachable(message);
    }
  }

  #take(id: number): Waiting<C> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

interface Waiting<C extends CallTypes<C>> {
  result(message: AnyResult<C>): void;
  reject(error: Error): void;
}

function isResultOf<C extends CallTypes<C>, K extends keyof C>(
  message: AnyResult<C>,
  name: K,
): message is ResultMessage<C, K> {
  return message.name === name;
}
