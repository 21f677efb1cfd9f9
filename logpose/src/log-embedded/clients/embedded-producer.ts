import type { BatchBuilder } from '../../log/batch-builder.ts';
import type { LogProducer } from '../../log/log-port.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { Committer } from '../commit/committer.ts';

/** Writes batches as they come; those of one turn are committed together. */
export class EmbeddedProducer implements LogProducer {
  readonly #committer: Committer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(committer: Committer) {
    this.#committer = committer;
  }

  append(place: TopicPartition, batch: BatchBuilder): Promise<number> {
    const appended = new Promise<number>((resolve, reject) => {
      this.#committer.submit({
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
    await this.#last;
  }
}
