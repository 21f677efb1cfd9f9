import type { WorkerSettings } from './settings.ts';

/** What speaks for a commit. */
export interface CommitReasons {
  /** Encoded output of the transaction being filled. */
  readonly outputBytes: number;
  /** A processor or a reader asked for it. */
  readonly isRequested: boolean;
}

/** Decides when it is time to commit: by the clock, by size or because someone asks. */
export class CommitSchedule {
  /** Bytes that were fetched since the last commit: a bound for what state has grown by. */
  pendingInputBytes = 0;
  readonly #settings: WorkerSettings;
  #lastMs: number;

  constructor(settings: WorkerSettings, nowMs: number) {
    this.#settings = settings;
    this.#lastMs = nowMs;
  }

  /** Whether the transaction being filled has reached `maxPendingBytes`. */
  isFull(outputBytes: number): boolean {
    return outputBytes + this.pendingInputBytes >= this.#settings.maxPendingBytes;
  }

  isDue(nowMs: number, { outputBytes, isRequested }: CommitReasons): boolean {
    // A clock that was set back does not keep commits waiting.
    this.#lastMs = Math.min(this.#lastMs, nowMs);
    return this.isFull(outputBytes) || nowMs >= this.nextMs(isRequested);
  }

  /** When a commit is due by the clock. */
  nextMs(isRequested: boolean): number {
    const { commitIntervalMs, minCommitIntervalMs } = this.#settings;
    const intervalMs = isRequested
      ? Math.min(minCommitIntervalMs, commitIntervalMs)
      : commitIntervalMs;
    return this.#lastMs + intervalMs;
  }

  begun(nowMs: number): void {
    this.#lastMs = nowMs;
    this.pendingInputBytes = 0;
  }
}
