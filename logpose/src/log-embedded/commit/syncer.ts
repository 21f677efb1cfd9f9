import type { Timers } from '../../base/clock.ts';
import { LogUnavailableError } from '../../errors/log-errors.ts';
import type { Disk } from '../disk/disk.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import type { OpenFiles } from '../segments/open-files.ts';

/** How long what was written waits for its sync. */
const intervalMs = 100;

/** What waits for the next sync. */
interface Ticket {
  readonly synced: PromiseWithResolvers<void>;
  /** Removed from the disk once nothing there can speak of them any more. */
  readonly garbage: string[];
}

/** What a syncer works with. */
export interface SyncerParts {
  readonly disk: Disk;
  readonly files: OpenFiles;
  readonly timers: Timers;
  /** The journal that is written now. */
  journal(): JournalFile;
}

/**
 * Makes written bytes survive a crash of the machine: records first, then the journal that speaks
 * of them. One sync at a time.
 *
 * A sync that fails is final: the system may have thrown away what it could not write, and would
 * report success the next time.
 */
export class Syncer {
  readonly #parts: SyncerParts;
  readonly #dirtyFiles = new Set<string>();
  readonly #dirtyDirectories = new Set<string>();
  #ticket: Ticket | undefined;
  #cancelTimer: (() => void) | undefined;
  #last: Promise<void> = Promise.resolve();
  #failure: LogUnavailableError | undefined;

  constructor(parts: SyncerParts) {
    this.#parts = parts;
  }

  /** Why nothing can be synced any more. */
  get failure(): LogUnavailableError | undefined {
    return this.#failure;
  }

  noteFile(path: string): void {
    this.#dirtyFiles.add(path);
  }

  noteDirectory(path: string): void {
    this.#dirtyDirectories.add(path);
  }

  /** The file is removed, and so needs no sync. */
  forget(path: string): void {
    for (const each of [...this.#dirtyFiles, ...this.#dirtyDirectories]) {
      if (each !== path && !each.startsWith(`${path}/`)) continue;
      this.#dirtyFiles.delete(each);
      this.#dirtyDirectories.delete(each);
    }
  }

  /** Resolves when all that is written until now is synced. Causes a sync within the interval. */
  soon(): Promise<void> {
    return this.#nextTicket().synced.promise;
  }

  /** Removes files when the journal's word that they are of no use is synced. */
  removeSoon(paths: readonly string[]): void {
    if (paths.length > 0) this.#nextTicket().garbage.push(...paths);
  }

  /** Syncs everything at once. */
  now(): Promise<void> {
    return this.#inTurn(async () => {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      const ticket = this.#ticket;
      this.#ticket = undefined;
      const journal = this.#parts.journal();
      const { sizeBytes } = journal;
      try {
        await this.#syncRecords();
        if (sizeBytes > journal.syncedBytes) await journal.sync();
        journal.syncedBytes = sizeBytes;
      } catch (cause) {
        ticket?.synced.reject(cause);
        throw cause;
      }
      this.#remove(ticket?.garbage ?? []);
      ticket?.synced.resolve();
    });
  }

  /** Syncs what was written to files other than the journal. */
  records(): Promise<void> {
    return this.#inTurn(() => this.#syncRecords());
  }

  /** Syncs names in a directory, with everything else but the journal. A failure is final. */
  directory(path: string): Promise<void> {
    this.noteDirectory(path);
    return this.records();
  }

  /** Syncs the journal; the records it speaks of are synced already. */
  journal(): Promise<void> {
    return this.#inTurn(async () => {
      const journal = this.#parts.journal();
      const { sizeBytes } = journal;
      await journal.sync();
      journal.syncedBytes = sizeBytes;
    });
  }

  /** Begins no sync any more, and resolves when none is under way. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    // What failed was told to those who waited for it.
    await this.#last.catch(() => undefined);
  }

  #nextTicket(): Ticket {
    if (this.#ticket !== undefined) return this.#ticket;
    const synced = Promise.withResolvers<void>();
    // A commit's caller may not care; whoever does is told.
    synced.promise.catch(() => undefined);
    this.#ticket = { synced, garbage: [] };
    this.#cancelTimer = this.#parts.timers.after(intervalMs, () => {
      this.#cancelTimer = undefined;
      // The failure is kept, and ends every later commit.
      this.now().catch(() => undefined);
    });
    return this.#ticket;
  }

  async #syncRecords(): Promise<void> {
    const { files, disk } = this.#parts;
    const paths = [...this.#dirtyFiles];
    const directories = [...this.#dirtyDirectories];
    this.#dirtyFiles.clear();
    this.#dirtyDirectories.clear();
    const syncs = [files.sync(paths), ...directories.map((path) => disk.syncDirectory(path))];
    // All of them have ended before anyone goes on: a file under sync must not be closed.
    const failed = (await Promise.allSettled(syncs)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  /** Runs one after the other, and nothing any more after a failure. */
  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        await run();
      } catch (cause) {
        throw (this.#failure = failureOf(cause));
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #remove(paths: readonly string[]): void {
    for (const path of paths) {
      this.forget(path);
      this.#parts.files.close(path);
      try {
        this.#parts.disk.remove(path);
      } catch (cause) {
        // It costs space until the next opening, which removes what the log does not know.
        if (!(cause instanceof LogUnavailableError)) throw cause;
      }
    }
  }
}

function failureOf(cause: unknown): LogUnavailableError {
  const what = 'the log takes no more writes, because a sync failed; close it and open it again';
  return new LogUnavailableError(what, { cause, retriable: false });
}
