import { setImmediate } from 'node:timers/promises';
import type { Surroundings } from '../../base/clock.ts';
import { LogDamagedError, LogUnavailableError } from '../../errors/log-errors.ts';
import { partitionKey } from '../../record/topic-partition.ts';
import type { Committer } from '../commit/committer.ts';
import type { Disk } from '../disk/disk.ts';
import type { SegmentReader } from '../segments/segment-reader.ts';
import type { TimeSearch } from '../segments/time-search.ts';
import type { Change } from '../state/change.ts';
import type { LogState } from '../state/log-state.ts';
import { isTimed, type PartitionState } from '../state/partition-state.ts';
import { isLastDue } from './compaction-plan.ts';
import { CompactionInterrupted, Compactor } from './compactor.ts';
import { startAfterRetention } from './retention.ts';

/** What housekeeping works with. */
export interface HousekeepingParts {
  readonly disk: Disk;
  readonly state: LogState;
  readonly reader: SegmentReader;
  readonly times: TimeSearch;
  readonly committer: Committer;
  readonly surroundings: Surroundings;
  readonly settings: {
    readonly segmentBytes: number;
    readonly maxCompactionBytes: number;
    readonly cleaningIntervalMs: number;
  };
}

/**
 * Removes what topics keep no longer: by time, by size, and by compaction. One partition at a time,
 * in small pieces between which everybody else has a turn.
 */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  readonly #compactor: Compactor;
  readonly #abort = new AbortController();
  /** Damaged ones: nothing is removed of them until the log is opened again. */
  readonly #stopped = new WeakSet<PartitionState>();
  /** Those that could not be compacted, of which that was said. */
  readonly #delayed = new WeakSet<PartitionState>();
  /** When compaction last asked for the end of a segment. */
  readonly #closedAtMs = new WeakMap<PartitionState, number>();
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(parts: HousekeepingParts) {
    const { surroundings: clock } = parts;
    this.#parts = parts;
    this.#compactor = new Compactor({ ...parts, clock, signal: this.#abort.signal });
  }

  /** Works at every interval from now on. */
  start(): void {
    const { surroundings, settings } = this.#parts;
    const again = (): void => {
      if (!this.#abort.signal.aborted) this.start();
    };
    // A program that has ended otherwise does not wait for it.
    const whenDue = (): void => void this.run().then(again, (cause) => this.#failed(cause));
    this.#cancelTimer = surroundings.after(settings.cleaningIntervalMs, whenDue, 'lets-end');
  }

  /** Does now what is due, and resolves when it is done. What fails is tried again next time. */
  run(): Promise<void> {
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends it at its next turn; resolves when it has. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#cancelTimer?.();
    // Whoever asked for it has been told.
    await this.#running?.catch(() => undefined);
  }

  async #runOnce(): Promise<void> {
    // What frees space at once comes before what needs some first.
    for (const partition of this.#partitions()) {
      const { deletes, compacts, retentionMs, retentionBytes } = partition.rules;
      const isKept = retentionMs < 0 && retentionBytes < 0;
      if (compacts || (deletes && !isKept)) await this.#try(partition, () => this.#keep(partition));
    }
    for (const partition of this.#partitions()) {
      if (partition.rules.compacts) await this.#try(partition, () => this.#compact(partition));
    }
  }

  #partitions(): readonly PartitionState[] {
    return [...this.#parts.state.topics.values()].flatMap((topic) => topic.partitions);
  }

  async #keep(partition: PartitionState): Promise<void> {
    await this.#learnTimes(partition);
    const startOffset = (): number | undefined =>
      startAfterRetention(partition, this.#parts.surroundings.nowMs());
    if (startOffset() === undefined) return;
    await this.#change(partition, () => {
      const moved = startOffset();
      if (moved === undefined) return [];
      return [{ kind: 'start-moved', ...partition.number, startOffset: moved }];
    });
  }

  async #compact(partition: PartitionState): Promise<void> {
    await this.#learnTimes(partition);
    await this.#closeLast(partition);
    await this.#compactor.compact(partition);
    this.#delayed.delete(partition);
  }

  async #learnTimes(partition: PartitionState): Promise<void> {
    for (const segment of partition.segments.filter((each) => !isTimed(each))) {
      while (partition.segments.includes(segment)) {
        if (this.#parts.times.learn(partition, segment)) break;
        await setImmediate();
        if (this.#abort.signal.aborted) throw new CompactionInterrupted();
      }
    }
  }

  /** At most once in `segment.ms`: of old records each would be due as soon as it is written. */
  async #closeLast(partition: PartitionState): Promise<void> {
    const nowMs = this.#parts.surroundings.nowMs();
    const closedAtMs = this.#closedAtMs.get(partition) ?? Number.NEGATIVE_INFINITY;
    const { segmentMs, maxCompactionLagMs } = partition.rules;
    const isSoon = Math.abs(nowMs - closedAtMs) < Math.min(segmentMs, maxCompactionLagMs);
    if (isSoon || !isLastDue(partition, nowMs)) return;
    this.#closedAtMs.set(partition, nowMs);
    // In the row of commits: none that began before is still to come to this segment.
    await this.#change(partition, () => {
      partition.closeLast();
      return [];
    });
  }

  #change(partition: PartitionState, decide: () => readonly Change[]): Promise<void> {
    const { committer } = this.#parts;
    return new Promise((resolve, reject) => {
      committer.submit({
        kind: 'changes',
        decide: (state) => (state.findNumbered(partition.number) === partition ? decide() : []),
        resolve,
        reject,
        doubt: reject,
      });
    });
  }

  async #try(partition: PartitionState, work: () => Promise<void>): Promise<void> {
    if (this.#stopped.has(partition) || this.#abort.signal.aborted) return;
    try {
      await work();
    } catch (cause) {
      // Everybody who writes is told that the log has ended.
      if (this.#parts.committer.syncer.failure !== undefined) this.#abort.abort();
      if (cause instanceof CompactionInterrupted) return;
      if (cause instanceof LogDamagedError) this.#stop(partition, cause);
      else if (cause instanceof LogUnavailableError) this.#delay(partition, cause);
      else throw cause;
    }
  }

  #stop(partition: PartitionState, cause: LogDamagedError): void {
    this.#stopped.add(partition);
    const { topic, partition: number } = partition.place;
    process.emitWarning(
      `nothing is removed of ${partitionKey(topic, number)} any more, by retention or compaction, ` +
        `because it is damaged: ${cause.message}`,
      { code: 'LOGPOSE_CLEANING_STOPPED' },
    );
  }

  #delay(partition: PartitionState, cause: LogUnavailableError): void {
    if (this.#delayed.has(partition) || this.#abort.signal.aborted) return;
    this.#delayed.add(partition);
    const { topic, partition: number } = partition.place;
    process.emitWarning(
      `${partitionKey(topic, number)} could not be cleaned, and is tried again: ${cause.message}`,
      { code: 'LOGPOSE_CLEANING_DELAYED' },
    );
  }

  /** A mistake of ours: it is said, and nothing more is removed. */
  #failed(cause: unknown): void {
    this.#abort.abort();
    process.emitWarning(cause instanceof Error ? cause : String(cause));
  }
}
