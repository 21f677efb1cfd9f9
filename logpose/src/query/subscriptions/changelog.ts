import type { Timers } from '../../base/clock.ts';
import { PositionOutOfRangeError } from '../../errors/log-errors.ts';
import type { RecordPosition } from '../../errors/record-position.ts';
import { BatchColumns } from '../../log/batch-columns.ts';
import type { Compressions } from '../../log/compression.ts';
import type { LogPort, OffsetRange } from '../../log/log-port.ts';
import type { AnyStoreDefinition } from '../../topology/topology.ts';
import type { EncodedRow } from '../store-peer.ts';
import { pollPatiently } from './poll-patiently.ts';
import { changesIn, gap, type RowChange } from './row-change.ts';
import type { RowFilter } from './row-filter.ts';
import { placeOf } from './row-places.ts';

/** A store's changelog, to be read by subscribers. */
export interface Changelog {
  readonly log: LogPort;
  readonly compressions: Compressions;
  readonly timers: Timers;
  readonly topic: string;
  readonly partitions: number;
  readonly definition: AnyStoreDefinition;
}

/** Which part of each partition the log has now. */
export async function rangesOf(
  { log, topic }: Changelog,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, OffsetRange>> {
  const ranges = await log.admin.offsetRanges(
    partitions.map((partition) => ({ topic, partition })),
  );
  return new Map(ranges.flatMap((range, at) => [[partitions[at] ?? 0, range] as const]));
}

/** What is read of a changelog. */
export interface ChangelogReading {
  /** Where to begin in each partition. */
  readonly from: readonly RecordPosition[];
  readonly filter: Pick<RowFilter, 'wants'>;
  readonly signal: AbortSignal;
}

/** Where a reading has come to in a partition, when there was no wanted change on the way. */
export interface Passed {
  readonly partition: number;
  readonly next: number;
}

/** One poll brings so much of each partition: what a slow reader holds on to. */
const maxPartitionBytes = 128 * 1024;
const pollTimeoutMs = 1000;

/**
 * Reads on and on, at the reader's pace: changes, `gap` where records are missing, `Passed` behind
 * each run of batches and `'idle'` when there was nothing to read for a second. Ends when `signal`
 * is aborted.
 *
 * @throws {LogUnavailableError} {@link LogDamagedError}
 */
export async function* readChangelog(
  { log, compressions, timers }: Changelog,
  { from, filter, signal }: ChangelogReading,
): AsyncGenerator<RowChange | Passed | typeof gap | 'idle'> {
  const consumer = log.consumer({ maxPartitionBytes });
  const wake = () => consumer.wake();
  signal.addEventListener('abort', wake);
  const reading = { columns: new BatchColumns(), compressions, wants: filter.wants };
  try {
    consumer.assign(from);
    while (!signal.aborted) {
      const poll = { timeoutMs: pollTimeoutMs, isWanted: () => !signal.aborted };
      const fetched = await pollPatiently(consumer, timers, poll);
      for (const run of fetched) {
        yield* changesIn(run, reading);
        yield { partition: run.partition, next: run.nextOffset };
      }
      if (fetched.length === 0) yield 'idle';
    }
  } catch (error) {
    // The log has given up what was to be read next.
    if (!(error instanceof PositionOutOfRangeError)) throw error;
    yield gap;
  } finally {
    signal.removeEventListener('abort', wake);
    consumer.close();
  }
}

/**
 * The rows of a partition as its changelog has them, for when no instance can be asked: reads all
 * of it, and keeps the rows that are wanted.
 *
 * @throws {LogUnavailableError} {@link LogDamagedError}
 */
export async function foldChangelog(
  partition: number,
  filter: RowFilter,
  { changelog, signal }: { readonly changelog: Changelog; readonly signal: AbortSignal },
): Promise<{ readonly rows: readonly EncodedRow[]; readonly next: number }> {
  const { topic, definition } = changelog;
  for (;;) {
    const range = (await rangesOf(changelog, [partition])).get(partition);
    const { startOffset = 0, endOffset = 0 } = range ?? {};
    const fold = new Fold(definition, filter);
    const from = [{ topic, partition, offset: startOffset }];
    const reading = { from, filter: fold, signal };
    const isComplete =
      startOffset >= endOffset ||
      (await foldTo(endOffset, fold, readChangelog(changelog, reading)));
    if (isComplete || signal.aborted) return { rows: fold.rows(), next: endOffset };
  }
}

/** Returns false when the log's beginning was given up meanwhile: begin again. */
async function foldTo(
  endOffset: number,
  fold: Fold,
  changes: ReturnType<typeof readChangelog>,
): Promise<boolean> {
  for await (const change of changes) {
    // Compaction has removed what later records replace, or what is no row any more.
    if (change === gap) continue;
    if (change === 'idle') return true;
    if ('next' in change) {
      if (change.next >= endOffset) return true;
    } else if (change.offset < endOffset) {
      fold.add(change);
    }
  }
  return false;
}

/** The last change of each key, as rows. */
class Fold {
  readonly #definition: AnyStoreDefinition;
  readonly #filter: RowFilter;
  readonly #changes = new Map<string, RowChange>();
  #latestStartMs = Number.NEGATIVE_INFINITY;

  constructor(definition: AnyStoreDefinition, filter: RowFilter) {
    this.#definition = definition;
    this.#filter = filter;
  }

  /** Other windows tell what time it is. */
  readonly wants = (order: string): boolean =>
    this.#definition.windows !== undefined || this.#filter.wants(order);

  add(change: RowChange): void {
    const { windowStartMs } = this.#place(change);
    this.#latestStartMs = Math.max(this.#latestStartMs, windowStartMs ?? this.#latestStartMs);
    if (!this.#filter.wants(change.order)) return;
    if (change.value === undefined) this.#changes.delete(change.order);
    else this.#changes.set(change.order, change);
  }

  rows(): readonly EncodedRow[] {
    const { windows, storeKind } = this.#definition;
    const expiredUpToMs = this.#latestStartMs - (windows?.retentionMs ?? 0);
    const isTimestamped = storeKind.startsWith('timestamped');
    const ordered = [...this.#changes.values()].toSorted(byOrder);
    return ordered.flatMap((change) => {
      const place = this.#place(change);
      const { value, timestamp } = change;
      const isExpired = place.windowStartMs !== undefined && place.windowStartMs <= expiredUpToMs;
      if (value === undefined || isExpired) return [];
      return { ...place, value, timestamp: isTimestamped ? timestamp : undefined };
    });
  }

  #place({ order }: RowChange) {
    return placeOf(order, this.#definition.windows === undefined ? 'plain' : 'windowed');
  }
}

function byOrder(left: RowChange, right: RowChange): number {
  return left.order < right.order ? -1 : left.order > right.order ? 1 : 0;
}
