import type { Timers } from '../../base/clock.ts';
import { LogUnavailableError } from '../../errors/log-errors.ts';
import type { Disk } from '../disk/disk.ts';
import { JournalFile } from '../journal/journal-file.ts';
import type { FsyncPolicy } from '../options.ts';
import type { OpenFiles } from '../segments/open-files.ts';
import type { SegmentIndexes } from '../segments/segment-index.ts';
import type { Change } from '../state/change.ts';
import type { LogState } from '../state/log-state.ts';
import type { Bells } from './bells.ts';
import { CommitGroup, type LogRequest } from './commit-group.ts';
import type { CommitPlan } from './commit-plan.ts';
import { SegmentWriter } from './segment-writer.ts';
import { Syncer } from './syncer.ts';

// Bytes of records behind a snapshot: what a start after a kill reads to check them.
const maxUncheckedBytes = 128 * 1024 * 1024;
// A group holds the memory of its records; more wait for the next.
const maxGroupBytes = 32 * 1024 * 1024;

/** What a committer works with. */
export interface CommitterParts {
  readonly disk: Disk;
  readonly files: OpenFiles;
  readonly indexes: SegmentIndexes;
  readonly state: LogState;
  readonly bells: Bells;
  readonly timers: Timers;
  readonly settings: {
    readonly fsync: FsyncPolicy;
    readonly segmentBytes: number;
    readonly maxJournalBytes: number;
  };
}

/**
 * The only writer of the log. Takes requests in the order they come; those that wait together are
 * committed together, by one entry of the journal.
 */
export class Committer {
  readonly syncer: Syncer;
  readonly #parts: CommitterParts;
  readonly #writer: SegmentWriter;
  readonly #queue: LogRequest[] = [];
  #journal: JournalFile;
  #rollAtBytes: number;
  #uncheckedBytes = 0;
  #draining: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: CommitterParts, journal: JournalFile) {
    this.#parts = parts;
    this.#journal = journal;
    this.#rollAtBytes = journal.sizeBytes + parts.settings.maxJournalBytes;
    this.syncer = new Syncer({ ...parts, journal: () => this.#journal });
    this.#writer = new SegmentWriter({ ...parts, syncer: this.syncer });
  }

  /** Takes a request over; it is told how it ended. */
  submit(request: LogRequest): void {
    if (this.#isClosed) {
      request.reject(new LogUnavailableError('the log is closed', { retriable: false }));
      return;
    }
    this.#queue.push(request);
    // At the end of the turn's current step: what is asked for together is committed together.
    this.#draining ??= Promise.resolve().then(() => this.#drain());
  }

  /**
   * Ends what was asked for, syncs, and says in the journal that nothing is missing.
   *
   * @throws {LogUnavailableError} When it cannot be synced.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#draining;
    try {
      await this.syncer.now();
      await this.#markClosed();
    } finally {
      await this.syncer.stop();
      this.#journal.close();
    }
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      let group: CommitGroup | undefined;
      try {
        if (this.#isRollDue()) await this.#roll();
        group = this.#takeGroup();
        await this.#commitGroup(group);
      } catch (cause) {
        (group ?? this.#takeGroup()).reject(cause);
      }
    }
    this.#draining = undefined;
  }

  async #commitGroup(group: CommitGroup): Promise<void> {
    if (this.syncer.failure !== undefined) throw this.syncer.failure;
    if (group.isEmpty) group.resolve(Promise.resolve());
    else if (this.#parts.settings.fsync === 'commit') await this.#commitSynced(group);
    else this.#commit(group);
  }

  #takeGroup(): CommitGroup {
    const { state, settings } = this.#parts;
    const group = new CommitGroup(state, settings.segmentBytes);
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (!group.takes(next) || group.plan.sizeBytes > maxGroupBytes) break;
      this.#queue.shift();
      group.add(next);
    }
    return group;
  }

  /** Meets the page cache and nothing slower: it is done when this returns. */
  #commit(group: CommitGroup): void {
    const changes = group.toChanges();
    this.#writer.write(group.plan);
    this.#appendEntry(group.plan, changes);
    this.#publish(group.plan, changes);
    group.resolve(this.#parts.settings.fsync === 'never' ? Promise.resolve() : this.syncer.soon());
  }

  async #commitSynced(group: CommitGroup): Promise<void> {
    const changes = group.toChanges();
    this.#writer.write(group.plan);
    try {
      await this.syncer.records();
    } catch (cause) {
      this.#writer.undo(group.plan);
      throw cause;
    }
    this.#appendEntry(group.plan, changes);
    try {
      await this.syncer.journal();
    } catch (cause) {
      return group.doubt(cause);
    }
    this.#publish(group.plan, changes);
    group.resolve(Promise.resolve());
  }

  #appendEntry(plan: CommitPlan, changes: readonly Change[]): void {
    try {
      this.#journal.append(changes, this.#parts.state.leaderEpoch);
    } catch (cause) {
      this.#writer.undo(plan);
      throw cause;
    }
  }

  /** From here on readers see it. */
  #publish(plan: CommitPlan, changes: readonly Change[]): void {
    const { state, bells } = this.#parts;
    this.syncer.removeSoon(changes.flatMap((change) => state.apply(change)));
    this.#writer.index(plan);
    this.#uncheckedBytes += plan.sizeBytes;
    bells.ring(new Set(plan.writes.map(({ partition }) => partition)));
  }

  #isRollDue(): boolean {
    if (this.syncer.failure !== undefined) return false;
    return this.#journal.sizeBytes > this.#rollAtBytes || this.#uncheckedBytes > maxUncheckedBytes;
  }

  /** Begins the next journal with what the log knows now. Without space the old one goes on. */
  async #roll(): Promise<void> {
    const { disk, state, settings } = this.#parts;
    const old = this.#journal;
    try {
      await this.syncer.now();
      this.#journal = await JournalFile.begin(disk, old.number + 1, state);
    } catch (cause) {
      if (!(cause instanceof LogUnavailableError)) throw cause;
      this.#rollAtBytes = old.sizeBytes + settings.maxJournalBytes / 4;
      this.#uncheckedBytes = 0;
      return;
    }
    this.#rollAtBytes = this.#journal.sizeBytes + settings.maxJournalBytes;
    this.#uncheckedBytes = 0;
    this.syncer.noteDirectory('');
    old.close();
    // A failure is kept, and ends what waits in the queue.
    await this.syncer.records().then(
      () => this.syncer.removeSoon([old.name]),
      () => undefined,
    );
  }

  async #markClosed(): Promise<void> {
    try {
      this.#writer.repair();
      this.#journal.append([{ kind: 'closed' }], this.#parts.state.leaderEpoch);
      await this.syncer.journal();
    } catch (cause) {
      // Without the mark the next opening checks more, and finds everything there.
      if (!(cause instanceof LogUnavailableError)) throw cause;
    }
  }
}
