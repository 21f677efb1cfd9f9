import { FencedError, NotAMemberError, TransactionInDoubtError } from '../../errors/log-errors.ts';
import { StoreDamagedError } from '../../errors/store-errors.ts';
import { StreamsError } from '../../errors/streams-error.ts';

/**
 * How a worker goes on behind a failure: not at all; not at all, because another has taken its
 * place; as a new member of its group, without tasks; by opening its tasks anew; by doing so with a
 * new producer; by rebuilding a store first.
 */
export type Recovery = 'fail' | 'lost' | 'rejoin' | 'reopen' | 'new-producer' | 'rebuild';

/** What an error leaves to do. Mistakes of ours and unknown errors end the application. */
export function recoveryFrom(error: unknown): Recovery {
  if (error instanceof FencedError) return 'lost';
  if (error instanceof NotAMemberError) return 'rejoin';
  // Taking over the own id settles what was in doubt before the committed offsets are read.
  if (error instanceof TransactionInDoubtError) return 'new-producer';
  if (error instanceof StoreDamagedError) return 'rebuild';
  return error instanceof StreamsError && error.retriable ? 'reopen' : 'fail';
}

/** When to try again, and when no more. */
export class Retries {
  readonly #limits: { readonly retryDelayMs: number; readonly maxRetryMs: number };
  #failures = 0;
  #sinceMs = 0;

  constructor(limits: { readonly retryDelayMs: number; readonly maxRetryMs: number }) {
    this.#limits = limits;
  }

  /** Something was committed since: the next failure is a first one. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** How long to wait before the next attempt; undefined: no more attempts. */
  failed(nowMs: number): number | undefined {
    const { retryDelayMs, maxRetryMs } = this.#limits;
    if (this.#failures === 0) this.#sinceMs = nowMs;
    if (nowMs - this.#sinceMs > maxRetryMs) return undefined;
    const delayMs = this.#failures === 0 ? 0 : retryDelayMs * 2 ** Math.min(this.#failures - 1, 5);
    this.#failures++;
    return delayMs;
  }
}
