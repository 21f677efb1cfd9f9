import { setImmediate } from 'node:timers/promises';
import { LogUnavailableError, PositionOutOfRangeError } from '../../errors/log-errors.ts';
import { BatchColumns, decodeBatch } from '../../log/batch-columns.ts';
import type { Compressions } from '../../log/compression.ts';
import type { FetchedBatches, LogConsumer, LogPort } from '../../log/log-port.ts';
import type { TopicPartition } from '../../record/topic-partition.ts';
import type { Checkpoint, EngineWrite, StoreEngine } from '../../store/store-engine.ts';
import type { AnyOpenStore } from '../task/task-parts.ts';

/** One store to bring up to the end of its changelog. */
export interface RestoreParts {
  readonly log: LogPort;
  readonly compressions: Compressions;
  readonly changelog: TopicPartition;
  readonly engine: StoreEngine;
  /** Knows the form of the rows. */
  readonly store: AnyOpenStore;
  /** Where to begin, and what the checkpoints say besides their offset. */
  readonly from: Checkpoint;
  readonly endOffset: number;
  /** Called with the records that are left, at the beginning and behind each run of batches. */
  readonly progress: (lag: number) => void;
  readonly signal: AbortSignal;
}

const pollTimeoutMs = 1000;
// So few that what becomes of them is garbage before the collector would move it.
const maxPartitionBytes = 512 * 1024;
/** The event loop has its turn this often. */
const recordsPerTurn = 20_000;

/**
 * Reads a changelog into an engine, as many batches at once as that likes, each time with the
 * checkpoint that is reached: what is interrupted goes on there.
 *
 * The next batches are fetched while others are written. Returns the offset reached.
 *
 * @throws {LogUnavailableError} {@link LogDamagedError} {@link StoreUnavailableError}
 */
export async function restore(parts: RestoreParts): Promise<number> {
  const { from, endOffset, changelog } = parts;
  let offset = from.offset;
  parts.progress(Math.max(0, endOffset - offset));
  if (offset >= endOffset) return offset;
  const consumer = parts.log.consumer({ maxPartitionBytes });
  const wake = () => consumer.wake();
  parts.signal.addEventListener('abort', wake);
  try {
    consumer.assign([{ ...changelog, offset }]);
    let next = fetchOne(consumer);
    let writes = new RestoredWrites(parts);
    while (offset < endOffset && !parts.signal.aborted) {
      const fetched = await next;
      if (fetched === undefined || fetched.nextOffset < endOffset) next = fetchOne(consumer);
      if (fetched === undefined) continue;
      await writes.take(fetched);
      const { nextOffset } = fetched;
      if (nextOffset < endOffset && writes.bytes < (parts.engine.bytesPerApply ?? 0)) continue;
      await parts.engine.apply(writes.list, { ...from, offset: nextOffset });
      offset = nextOffset;
      writes = new RestoredWrites(parts);
      parts.progress(Math.max(0, endOffset - offset));
    }
  } finally {
    parts.signal.removeEventListener('abort', wake);
    consumer.close();
  }
  return offset;
}

function fetchOne(consumer: LogConsumer): Promise<FetchedBatches | undefined> {
  const fetched = consumer.poll(pollTimeoutMs).then(([first]) => first, rethrow);
  // Who awaits it hears of a failure; when the restoring has ended nobody does.
  fetched.catch(() => undefined);
  return fetched;
}

/** What retention took from the beginning meanwhile may have said that rows are gone. */
function rethrow(error: unknown): never {
  if (!(error instanceof PositionOutOfRangeError)) throw error;
  const what = 'a changelog was shortened while it was read: it is read from its beginning again';
  throw new LogUnavailableError(what, { cause: error, retriable: true });
}

/** Turns batches into writes. */
export class RestoredWrites {
  readonly list: EngineWrite[] = [];
  /** Of the batches that were taken. */
  bytes = 0;
  #sinceTurn = 0;
  readonly #parts: Pick<RestoreParts, 'changelog' | 'compressions' | 'store'>;
  readonly #columns = new BatchColumns();

  constructor(parts: Pick<RestoreParts, 'changelog' | 'compressions' | 'store'>) {
    this.#parts = parts;
  }

  async take(fetched: FetchedBatches): Promise<void> {
    this.bytes += fetched.bytes.length;
    for (let at = 0; at < fetched.bytes.length; ) {
      at = this.#add(fetched, at);
      if (this.#sinceTurn < recordsPerTurn) continue;
      this.#sinceTurn = 0;
      await setImmediate();
    }
  }

  /** Adds the batch at `at` and returns where the next one begins. */
  #add({ bytes, fromOffset }: FetchedBatches, at: number): number {
    const { changelog, compressions, store } = this.#parts;
    const columns = this.#columns;
    const next = decodeBatch(bytes, at, columns, { ...changelog, compressions });
    const { count, offsets, timestamps, keyStart, keyLength, valueStart, valueLength } = columns;
    for (let index = 0; index < count; index++) {
      const length = keyLength[index] ?? -1;
      // A row without a key is nobody's: only foreign writers make them.
      if ((offsets[index] ?? 0) < fromOffset || length < 0) continue;
      const start = keyStart[index] ?? 0;
      const valueBytes = valueLength[index] ?? -1;
      const valueAt = valueStart[index] ?? 0;
      this.list.push(
        store.engineWrite({
          bytes: columns.bytes,
          keyStart: start,
          keyEnd: start + length,
          valueStart: valueBytes < 0 ? -1 : valueAt,
          valueEnd: valueAt + Math.max(valueBytes, 0),
          timestamp: timestamps[index] ?? 0,
        }),
      );
    }
    this.#sinceTurn += count;
    return next;
  }
}
