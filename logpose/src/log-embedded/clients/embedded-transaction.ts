import { assert } from '../../base/assert.ts';
import {
  FencedError,
  LogUnavailableError,
  NotAMemberError,
  TransactionAbortedError,
  TransactionInDoubtError,
} from '../../errors/log-errors.ts';
import type { StreamsError } from '../../errors/streams-error.ts';
import type { BatchBuilder } from '../../log/batch-builder.ts';
import type { CommitReceipt, GroupOffsets, LogTransaction } from '../../log/log-port.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { PlacedBatch, RecordsRequest } from '../commit/commit-group.ts';

/** What a transaction is made with. */
export interface TransactionParts {
  readonly maxBytes: number;
  /** True when it has been open for too long. */
  isLate(): boolean;
  /** Throws when another producer has taken over, or the offsets' member is one no more. */
  check(offsets: GroupOffsets | undefined): void;
  /** Hands in a request that calls its argument when it has ended. */
  submit(request: (ended: () => void) => RecordsRequest): void;
}

/** Batches in memory until they are committed; nobody else knows of them. */
export class EmbeddedTransaction implements LogTransaction {
  readonly #parts: TransactionParts;
  #batches: PlacedBatch[] = [];
  #sizeBytes = 0;
  #isOpen = true;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  append(place: TopicPartition, batch: BatchBuilder): void {
    assert(this.#isOpen, 'a transaction is open while it is written to');
    this.#sizeBytes += batch.sizeBytes;
    // What cannot be committed is not kept either.
    if (this.#sizeBytes > this.#parts.maxBytes) this.#batches = [];
    else this.#batches.push({ place, batch });
  }

  async commit(offsets?: GroupOffsets): Promise<CommitReceipt> {
    this.#end();
    const { maxBytes } = this.#parts;
    if (this.#sizeBytes > maxBytes) {
      throw new TransactionAbortedError(`it has more than ${maxBytes} bytes of records`);
    }
    if (this.#parts.isLate()) throw new TransactionAbortedError('it was open for too long');
    const batches = this.#batches;
    if (batches.length === 0 && offsets === undefined) return nothing;
    return new Promise((resolve, reject) => {
      this.#parts.submit((ended) => ({
        kind: 'records',
        batches,
        offsets,
        check: () => this.#parts.check(offsets),
        resolve: (committed) => {
          ended();
          resolve(committed);
        },
        reject: (cause) => {
          ended();
          reject(failureFrom(cause));
        },
        doubt: (cause) => {
          ended();
          reject(new TransactionInDoubtError({ cause }));
        },
      }));
    });
  }

  async abort(): Promise<void> {
    this.#isOpen = false;
    this.#batches = [];
  }

  #end(): void {
    assert(this.#isOpen, 'a transaction ends once');
    this.#isOpen = false;
  }
}

const nothing: CommitReceipt = { endOffsets: [], durable: Promise.resolve() };

/** Aborted means that another try may succeed; a log that takes no more writes says so itself. */
function failureFrom(cause: unknown): StreamsError {
  if (cause instanceof FencedError || cause instanceof NotAMemberError) return cause;
  if (cause instanceof LogUnavailableError && !cause.retriable) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TransactionAbortedError(why, { cause });
}
