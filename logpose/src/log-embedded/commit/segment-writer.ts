import { LogUnavailableError } from '../../errors/log-errors.ts';
import type { Disk } from '../disk/disk.ts';
import type { OpenFiles } from '../segments/open-files.ts';
import { SegmentIndex, type SegmentIndexes } from '../segments/segment-index.ts';
import type { CommitPlan, SegmentWrite } from './commit-plan.ts';
import type { Syncer } from './syncer.ts';

/** What a segment writer works with. */
export interface SegmentWriterParts {
  readonly disk: Disk;
  readonly files: OpenFiles;
  readonly indexes: SegmentIndexes;
  readonly syncer: Syncer;
}

/** Writes what a plan says behind the log's end, where no reader looks. */
export class SegmentWriter {
  readonly #parts: SegmentWriterParts;
  /** What a failed commit has left and could not be removed yet. */
  #leftOver: readonly SegmentWrite[] = [];

  constructor(parts: SegmentWriterParts) {
    this.#parts = parts;
  }

  /** @throws {LogUnavailableError} When not all can be written; then none of it is there. */
  write(plan: CommitPlan): void {
    this.repair();
    try {
      for (const write of plan.writes) this.#write(write);
    } catch (cause) {
      this.undo(plan);
      throw cause;
    }
  }

  /** Removes what `write` has written. When that fails, it is done before the next write. */
  undo(plan: CommitPlan): void {
    this.#leftOver = plan.writes;
    try {
      this.repair();
    } catch (cause) {
      // What led here is the failure to tell; this one comes again with the next write.
      if (!(cause instanceof LogUnavailableError)) throw cause;
    }
  }

  /** @throws {LogUnavailableError} When bytes of a failed commit cannot be removed. */
  repair(): void {
    if (this.#leftOver.length === 0) return;
    for (const write of this.#leftOver) this.#cut(write);
    this.#leftOver = [];
  }

  /** Makes the batches easy to find, by offset and by time. */
  index(plan: CommitPlan): void {
    const { indexes } = this.#parts;
    for (const { path, partition, baseOffset, startBytes, batches, times } of plan.writes) {
      if (startBytes === 0) indexes.add(path, new SegmentIndex(baseOffset));
      const index = indexes.find(path);
      if (index !== undefined) for (const batch of batches) index.note(batch);
      const segment = partition.segments.find((each) => each.baseOffset === baseOffset);
      // Times of a part that nobody has looked at would be missing.
      if (segment?.sizeBytes === times.sizeBytes) segment.times = times;
    }
  }

  #write({ path, partition, startBytes, parts }: SegmentWrite): void {
    const { disk, files, syncer } = this.#parts;
    if (startBytes === 0) {
      disk.makeDirectory(partition.directory);
      syncer.noteDirectory('topics');
      syncer.noteDirectory(partition.directory);
    }
    files.at(path).write(parts, startBytes);
    syncer.noteFile(path);
  }

  #cut({ path, startBytes }: SegmentWrite): void {
    const { disk, files, syncer } = this.#parts;
    if (startBytes > 0) {
      files.at(path).truncate(startBytes);
      return;
    }
    syncer.forget(path);
    files.close(path);
    disk.remove(path);
  }
}
