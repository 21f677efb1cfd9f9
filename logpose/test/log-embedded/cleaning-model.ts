import assert from 'node:assert/strict';
import type { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import type { FsyncPolicy } from '../../src/log-embedded/options.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import type { ReadRecord, TextRecord } from '../contract/log-records.ts';
import { batchOfRecords } from '../contract/log-records.ts';
import { clean, place, readAll, recordOf, startMs, sync } from './cleaning-kit.ts';
import type { CrashDisk } from './crash-disk.ts';
import { isCrash, openOn } from './crashed-log.ts';

/** What a life with cleaning consists of. */
export type CleaningStep =
  | { readonly do: 'put'; readonly rows: readonly string[]; readonly timestamp: number }
  | { readonly do: 'delete-before'; readonly offset: number }
  | { readonly do: 'pass'; readonly ms: number }
  /** Not waited for, cleaning goes on while the next steps are done. */
  | { readonly do: 'clean'; readonly wait?: 'until-done' | 'one-turn' }
  | { readonly do: 'sync' };

/** How a log is made and opened. */
export interface CleaningSettings {
  readonly config: Readonly<Record<string, string>>;
  readonly fsync: FsyncPolicy;
  readonly options?: Parameters<typeof openOn>[1];
}

/** Cleaning happens when a step says so. */
export function openingOf({ fsync, options }: CleaningSettings): Parameters<typeof openOn>[1] {
  return { fsync, cleaningIntervalMs: Number.MAX_SAFE_INTEGER, ...options };
}

/** What was asked of one partition, and what is known of how far it came. */
export class CleaningModel {
  /** Every record in the order of the log: the offset is its place. */
  readonly written: TextRecord[] = [];
  /** Records that the log said it has. */
  acknowledged = 0;
  /** Records that a crash of the machine cannot take. */
  durable = 0;
  /** Below it, somebody has asked to give records up. */
  deletedBefore = 0;
  nowMs = startMs;

  /** After a crash: what did not come back was never there. */
  cutAt(endOffset: number): void {
    this.written.length = endOffset;
    this.acknowledged = this.durable = endOffset;
  }

  /**
   * Checks that a log has of what was written what compaction and retention may leave of it.
   * Returns where it ends.
   */
  async check(log: EmbeddedLog, least: number, { config }: CleaningSettings): Promise<number> {
    const [range] = await log.admin.offsetRanges([place]);
    assert(range !== undefined, 'the partition is there');
    const { startOffset, endOffset } = range;
    assert(endOffset >= least && endOffset <= this.written.length, `the end is ${endOffset}`);
    const retentionMs = Number(config['retention.ms'] ?? -1);
    if (retentionMs < 0) assert(startOffset <= this.deletedBefore, `the start is ${startOffset}`);
    const records = await readAll(log);
    for (const { offset, topic: _, partition: __, ...found } of records) {
      assert.deepEqual(found, this.written[offset], `offset ${offset} has another record`);
    }
    this.#checkLast(records, { startOffset, endOffset, config });
    await this.#checkTimes(log, records);
    return endOffset;
  }

  /** The last of each key is there, unless it is a deletion that was there for long enough. */
  #checkLast(
    records: readonly ReadRecord[],
    range: {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly config: CleaningSettings['config'];
    },
  ): void {
    const { startOffset, endOffset, config } = range;
    const last = new Map<string | null, number>();
    for (const [offset, { key }] of this.written.slice(0, endOffset).entries()) {
      last.set(key, offset);
    }
    const found = new Set(records.map(({ offset }) => offset));
    const horizonMs = Number(config['delete.retention.ms'] ?? 0);
    for (const [key, offset] of last) {
      const { value, timestamp } = this.written[offset] ?? { value: null, timestamp: 0 };
      const mayBeGone = value === null && this.nowMs - timestamp >= horizonMs;
      const isThere = found.has(offset) || offset < startOffset || mayBeGone;
      assert(isThere, `the last record of ${key} is missing, at ${offset}`);
    }
  }

  async #checkTimes(log: EmbeddedLog, records: readonly ReadRecord[]): Promise<void> {
    const times = [...new Set(records.map(({ timestamp }) => timestamp))];
    const asked = times.flatMap((ms) => [ms, ms + 1]);
    const found = await log.admin.offsetsForTimes(
      asked.map((timestampMs) => ({ ...place, timestampMs })),
    );
    const naive = asked.map((ms) => records.find(({ timestamp }) => timestamp >= ms)?.offset);
    assert.deepEqual(found, naive);
  }
}

/** Opens a log and does the steps; ends early when its process dies. False: it did. */
export async function liveWith(
  disk: CrashDisk,
  model: CleaningModel,
  life: { readonly steps: readonly CleaningStep[]; readonly settings: CleaningSettings },
): Promise<boolean> {
  const { settings, steps } = life;
  const clock = new ManualClock(model.nowMs);
  try {
    const log = await openOn(disk, openingOf(settings), clock);
    await log.admin.createTopics([{ name: 'red', partitions: 1, config: settings.config }]);
    model.durable = model.acknowledged;
    for (const step of steps) await doStep(log, model, { step, clock, fsync: settings.fsync });
    return true;
  } catch (error) {
    if (isCrash(error)) return false;
    throw error;
  } finally {
    model.nowMs = clock.nowMs();
  }
}

async function doStep(
  log: EmbeddedLog,
  model: CleaningModel,
  how: { readonly step: CleaningStep; readonly clock: ManualClock; readonly fsync: FsyncPolicy },
): Promise<void> {
  const { step, clock, fsync } = how;
  switch (step.do) {
    case 'put': {
      const records = step.rows.map((row) => recordOf(row, step.timestamp));
      model.written.push(...records);
      await log.producer().append(place, batchOfRecords(records));
      model.acknowledged = model.written.length;
      if (fsync === 'commit') model.durable = model.acknowledged;
      break;
    }
    case 'delete-before':
      model.deletedBefore = Math.max(model.deletedBefore, step.offset);
      await log.admin.deleteRecords([{ ...place, offset: step.offset }]);
      break;
    case 'pass':
      clock.advance(step.ms);
      break;
    case 'clean':
      if (step.wait === 'one-turn') {
        // What it dies of, others die of too.
        log.housekeeping.run().catch(() => undefined);
        await new Promise(setImmediate);
      } else {
        await clean(log, clock);
      }
      break;
    case 'sync':
      await sync(clock);
      // Fails where the process has died meanwhile.
      await log.admin.commitOffsets({
        groupId: 'group',
        offsets: [{ ...place, offset: 0, metadata: '' }],
      });
      // Without syncs, durable is a word: a crash of the machine takes what it takes.
      if (fsync !== 'never') model.durable = model.acknowledged;
      break;
  }
}
