import type { Timers } from '../../base/clock.ts';
import type { BatchBuilder } from '../../log/batch-builder.ts';
import type { LogProducer } from '../../log/log-port.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { RecordsRequest } from '../commit/commit-group.ts';
import type { Committer } from '../commit/committer.ts';

/** Writes batches as they come; those of one turn, or of `lingerMs`, are committed together. */
export class EmbeddedProducer implements LogProducer {
  readonly #committer: Committer;
  readonly #timers: Timers;
  readonly #lingerMs: number;
  readonly #lingering: RecordsRequest[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: { committer: Committer; timers: Timers }, lingerMs = 0) {
    this.#committer = parts.committer;
    this.#timers = parts.timers;
    this.#lingerMs = lingerMs;
  }

  append(place: TopicPartition, batch: BatchBuilder): Promise<number> {
    const appended = new Promise<number>((resolve, reject) => {
      this.#submit({
        kind: 'records',
        batches: [{ place, batch }],
        offsets: undefined,
        check: () => undefined,
        resolve: ({ baseOffsets: [offset = 0] }) => resolve(offset),
        reject,
        doubt: reject,
      });
    });
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  async close(): Promise<void> {
    this.#flush();
    await this.#last;
  }

  #submit(request: RecordsRequest): void {
    this.#lingering.push(request);
    if (this.#lingerMs === 0) this.#flush();
    else if (this.#lingering.length === 1) {
      this.#timers.after(this.#lingerMs, () => this.#flush());
    }
  }

  #flush(): void {
    for (const request of this.#lingering.splice(0)) this.#committer.submit(request);
  }
}
