import type { RankCandidates } from '../rows.ts';
import type { LocalTop } from './local-top.ts';

/** How long a partition waits between two lists of one ranking. */
export const minPublishIntervalMs = 250;

/** Where a partition's lists go. */
export interface PublishTo {
  readonly partition: number;
  readonly forward: (record: { readonly key: string; readonly value: RankCandidates }) => void;
}

/** Sends a partition's lists on, each when it has changed and no more than four times a second. */
export class RankingPublisher {
  readonly #lists: ReadonlyMap<string, LocalTop>;
  readonly #to: PublishTo;
  #nextMs = Number.NEGATIVE_INFINITY;

  /** @param lists - By `rankingKey`. */
  constructor(lists: ReadonlyMap<string, LocalTop>, to: PublishTo) {
    this.#lists = lists;
    this.#to = to;
  }

  /** Publishes what has changed, unless it is too early; `nowMs` is wall-clock time. */
  publish(nowMs: number, day?: string): void {
    if (nowMs < this.#nextMs && this.#nextMs - nowMs <= minPublishIntervalMs) return;
    this.#nextMs = nowMs + minPublishIntervalMs;
    for (const [key, list] of this.#lists) {
      const rows = list.takeChange();
      if (rows === undefined) continue;
      const value = { partition: this.#to.partition, rows: [...rows] };
      this.#to.forward({ key, value: day === undefined ? value : { ...value, day } });
    }
  }
}
