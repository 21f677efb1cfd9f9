import { setImmediate } from 'node:timers/promises';
import { must } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { builtInCompressions } from '../../compression/built-in-compressions.ts';
import { BatchColumns, decodeBatch } from '../../log/batch-columns.ts';
import { deleteHorizonOf } from '../../log/batch-header.ts';
import type { Committer } from '../commit/committer.ts';
import type { Disk } from '../disk/disk.ts';
import type { SegmentReader } from '../segments/segment-reader.ts';
import type { ReadPlace } from '../segments/segment-scan.ts';
import type { KeptSegment } from '../state/change.ts';
import type { LogState } from '../state/log-state.ts';
import type { PartitionState, Segment } from '../state/partition-state.ts';
import { CleanedSegment } from './cleaned-segment.ts';
import { type DirtyRange, dirtyRange, groupsBelow } from './compaction-plan.ts';
import { KeyOffsets } from './key-offsets.ts';
import { RecordFilter } from './record-filter.ts';

// What is read, and done with, in one turn of the event loop.
const sliceBytes = 256 * 1024;

/** What compaction works with. */
export interface CompactorParts {
  readonly disk: Disk;
  readonly state: LogState;
  readonly reader: SegmentReader;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly settings: { readonly segmentBytes: number; readonly maxCompactionBytes: number };
  /** Ends the work at its next turn. */
  readonly signal: AbortSignal;
}

/** What was to be compacted is another now, or the log is closed: nothing has happened. */
export class CompactionInterrupted extends Error {
  override readonly name = 'CompactionInterrupted';
}

/**
 * Leaves of each key its last record, where that is due.
 *
 * What is left of some segments is written into a new file beside them. An entry of the journal
 * puts it in their place: before it the old ones count, behind it the new one, whatever happens.
 */
export class Compactor {
  readonly #parts: CompactorParts;

  constructor(parts: CompactorParts) {
    this.#parts = parts;
  }

  /**
   * @throws {CompactionInterrupted}
   * @throws {LogDamagedError} When records are not what was written; they are left as they are.
   * @throws {LogUnavailableError} When the disk has no room, or fails.
   */
  async compact(partition: PartitionState): Promise<void> {
    const due = dirtyRange(partition, this.#parts.clock.nowMs());
    if (due === undefined) return;
    const { toOffset } = due;
    // More keys than fit into memory at once take several passes.
    for (let fromOffset = due.fromOffset; fromOffset < toOffset; ) {
      fromOffset = await this.#pass(partition, { fromOffset, toOffset });
    }
  }

  /** Returns how far it came. */
  async #pass(partition: PartitionState, range: DirtyRange): Promise<number> {
    const { clock, settings } = this.#parts;
    const keys = new KeyOffsets(settings.maxCompactionBytes);
    const toOffset = await this.#collectKeys(partition, range, keys);
    const segmentBytes = partition.rules.segmentBytes ?? settings.segmentBytes;
    const groups = groupsBelow(partition, { toOffset, segmentBytes });
    const nowMs = clock.nowMs();
    for (const group of groups) {
      const filter = new RecordFilter(partition, { keys, toOffset, nowMs });
      const isLast = group === groups.at(-1);
      const cleanOffset = isLast ? toOffset : partition.cleanOffset;
      await this.#clean(group, filter, { partition, cleanOffset, isLast });
    }
    return toOffset;
  }

  /** Notes the last offset of each key; returns the offset at which there was no room for one. */
  async #collectKeys(
    partition: PartitionState,
    { fromOffset, toOffset }: DirtyRange,
    keys: KeyOffsets,
  ): Promise<number> {
    let reached = toOffset;
    const from = partition.segmentOf(fromOffset)?.baseOffset ?? fromOffset;
    await this.#eachBatch(partition, { fromOffset: from, toOffset }, (columns) => {
      const { count, bytes, offsets, keyStart, keyLength } = columns;
      for (let index = 0; index < count; index++) {
        const offset = offsets[index] ?? 0;
        const length = keyLength[index] ?? -1;
        if (offset < fromOffset || offset >= toOffset || length < 0) continue;
        const start = keyStart[index] ?? 0;
        if (keys.note(bytes.subarray(start, start + length), offset)) continue;
        reached = offset;
        return 'stop';
      }
      return 'go-on';
    });
    return reached;
  }

  async #clean(
    group: readonly Segment[],
    filter: RecordFilter,
    { partition, cleanOffset, isLast }: CleanParts,
  ): Promise<void> {
    const [first, last] = [must(group[0], 'a group has segments'), must(group.at(-1), 'it has')];
    const { baseOffset } = first;
    const endOffset = partition.endOf(last);
    const generation = 1 + Math.max(...group.map((segment) => segment.generation));
    const path = partition.pathOf(baseOffset, generation);
    const { disk, state } = this.#parts;
    const { leaderEpoch } = state;
    const output = new CleanedSegment(disk, { path, baseOffset, generation, leaderEpoch });
    try {
      const range = { fromOffset: baseOffset, toOffset: endOffset };
      await this.#copy(partition, range, { filter, output });
      const isSame = group.length === 1 && first.generation > 0 && !filter.hasChanged;
      if (isSame && !isLast) return output.discard();
      const kept = output.end(endOffset);
      await output.sync();
      await this.#parts.committer.syncer.directory(partition.directory);
      await this.#swap(group, output, { partition, cleanOffset, kept });
    } catch (cause) {
      output.discard();
      throw cause;
    }
  }

  async #copy(
    partition: PartitionState,
    range: DirtyRange,
    { filter, output }: { readonly filter: RecordFilter; readonly output: CleanedSegment },
  ): Promise<void> {
    await this.#eachBatch(partition, range, (columns, deleteHorizonMs) => {
      filter.copy(columns, deleteHorizonMs, output);
      return 'go-on';
    });
  }

  /** Lets the new segment count, if the old ones still do. */
  #swap(
    group: readonly Segment[],
    output: CleanedSegment,
    { partition, cleanOffset, kept }: SwapParts,
  ): Promise<void> {
    const { committer } = this.#parts;
    const replaced = group.map(({ baseOffset }) => baseOffset);
    return new Promise((resolve, reject) => {
      committer.submit({
        kind: 'changes',
        decide: () => {
          this.#check(partition);
          if (!group.every((each) => partition.segments.includes(each))) {
            throw new CompactionInterrupted();
          }
          const segments = [kept];
          const { number } = partition;
          return [{ kind: 'segments-cleaned', ...number, cleanOffset, replaced, segments }];
        },
        resolve,
        reject,
        doubt: (cause) => {
          // The entry may be there, and then speaks of the file.
          output.release();
          reject(cause);
        },
      });
    });
  }

  /** Decodes batch after batch, and lets the event loop have its turns. */
  async #eachBatch(
    partition: PartitionState,
    { fromOffset, toOffset }: DirtyRange,
    see: (columns: BatchColumns, deleteHorizonMs: number | undefined) => 'go-on' | 'stop',
  ): Promise<void> {
    const columns = new BatchColumns();
    const source = { ...partition.place, compressions: builtInCompressions };
    let place: ReadPlace | undefined;
    for (let offset = fromOffset; offset < toOffset; ) {
      this.#check(partition);
      const run = this.#parts.reader.read(partition, { offset, place }, sliceBytes);
      if (run === undefined) throw new CompactionInterrupted();
      for (let at = 0; at < run.bytes.length; ) {
        const deleteHorizonMs = deleteHorizonOf(run.bytes, at);
        at = decodeBatch(run.bytes, at, columns, source);
        if (see(columns, deleteHorizonMs) === 'stop') return;
      }
      offset = run.nextOffset;
      place = run.next;
      await setImmediate();
    }
  }

  #check(partition: PartitionState): void {
    const { state, signal } = this.#parts;
    const isThere = state.findNumbered(partition.number) === partition;
    if (!isThere || signal.aborted) throw new CompactionInterrupted();
  }
}

interface CleanParts {
  readonly partition: PartitionState;
  /** How far compaction has been with this group. */
  readonly cleanOffset: number;
  readonly isLast: boolean;
}

interface SwapParts {
  readonly partition: PartitionState;
  readonly cleanOffset: number;
  readonly kept: KeptSegment;
}
